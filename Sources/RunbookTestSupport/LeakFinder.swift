import Foundation

/// Finds secrets in what a run left behind, in any encoding, by decoding what it finds.
///
/// Shares nothing with the redactor, which goes the other way and lists encodings. Every reading of the data
/// (base64, hex, percent, escapes, entities, quotes) is searched for the values, and read again twice.
public struct LeakFinder: Sendable {
    /// A secret that was found.
    public struct Leak: Sendable, Hashable, CustomStringConvertible {
        /// The name of the secret.
        public let name: String
        /// How the data was read, outermost first; empty for the value itself.
        public let encodings: [String]
        /// Where it was found: a path, or the label that the caller gave.
        public let place: String

        /// The name, the place and the encodings; not the value.
        public var description: String {
            "\(name) in \(place)\(encodings.isEmpty ? "" : " as \(encodings.joined(separator: " of "))")"
        }
    }

    private let values: [(name: String, bytes: [UInt8])]
    /// The values, as indexes, by their first two bytes.
    private let byStart: [UInt16: [Int]]
    /// Whether a value begins with two bytes, which most places in the data rule out.
    private let begins: [Bool]

    /// A finder of some values; a line of 8 bytes or more of a value that has several counts as the value.
    public init(secrets: [String: [UInt8]]) {
        var values: [(name: String, bytes: [UInt8])] = []
        for (name, value) in secrets.sorted(by: { $0.key < $1.key }) where value.count >= 2 {
            values.append((name, value))
            let lines = value.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
            guard lines.count > 1 else { continue }
            for line in lines where line.count >= 8 && !line.starts(with: Array("-----".utf8)) {
                values.append((name, Array(line)))
            }
        }
        var byStart: [UInt16: [Int]] = [:]
        for (index, value) in values.enumerated() {
            byStart[UInt16(value.bytes[0]) | UInt16(value.bytes[1]) << 8, default: []].append(index)
        }
        self.values = values
        self.byStart = byStart
        var begins = [Bool](repeating: false, count: 1 << 16)
        for start in byStart.keys { begins[Int(start)] = true }
        self.begins = begins
    }

    /// The leaks in some bytes, each once; texts inside of lines of JSON are searched as what they say, too.
    /// - Parameter layers: How many encodings one in the other are looked into; by default three in 2 KiB, two in 8 KiB and
    ///   one in more, since each takes some thirty times as long as the one before.
    public func leaks(in data: [UInt8], place: String = "data", layers: Int? = nil) -> [Leak] {
        var found: Set<Leak> = []
        let layers = layers ?? (data.count <= 2 << 10 ? 3 : data.count <= 8 << 10 ? 2 : 1)
        search(data, encodings: [], layers: layers, place: place, into: &found)
        let texts = Self.jsonTexts(data)
        if !texts.isEmpty { search(texts, encodings: ["JSON"], layers: layers + 1, place: place, into: &found) }
        return found.sorted { ($0.name, $0.encodings.count) < ($1.name, $1.encodings.count) }
    }

    /// The leaks in a text, each once.
    public func leaks(in text: String, place: String = "text", layers: Int? = nil) -> [Leak] {
        leaks(in: Array(text.utf8), place: place, layers: layers)
    }

    /// The leaks in a file, or in all files below a directory, and in their names.
    /// - Throws: An error of the file system.
    public func leaks(atPath path: String, layers: Int? = nil) throws -> [Leak] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw CocoaError(.fileNoSuchFile)
        }
        guard isDirectory.boolValue else { return try leaks(inFile: path, layers) }
        return try FileManager.default.subpathsOfDirectory(atPath: path).sorted().flatMap { name in
            let names = leaks(in: name, place: "the name of a file in \(path)")
            return try names + leaks(inFile: path + "/" + name, layers)
        }
    }

    private func leaks(inFile path: String, _ layers: Int?) throws -> [Leak] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular:
            return leaks(in: Array(try Data(contentsOf: URL(filePath: path))), place: path, layers: layers)
        case .typeSymbolicLink:
            return leaks(in: try FileManager.default.destinationOfSymbolicLink(atPath: path), place: path)
        default: return []
        }
    }

    private func search(
        _ data: [UInt8], encodings: [String], layers: Int, place: String, into found: inout Set<Leak>
    ) {
        for name in names(in: data, isDecoded: !encodings.isEmpty) {
            found.insert(Leak(name: name, encodings: encodings, place: place))
        }
        guard encodings.count < layers else { return }
        for reading in Reading.all {
            for decoded in reading.decode(data) where decoded != data && decoded.count >= 2 {
                search(decoded, encodings: encodings + [reading.name], layers: layers, place: place, into: &found)
            }
        }
    }

    /// The texts of the lines that are JSON, one a line.
    private static func jsonTexts(_ data: [UInt8]) -> [UInt8] {
        var texts: [UInt8] = []
        func collect(_ value: Any) {
            switch value {
            case let text as String: texts += Array(text.utf8) + [0x0a]
            case let list as [Any]: list.forEach(collect)
            case let table as [String: Any]:
                for (key, value) in table {
                    texts += Array(key.utf8) + [0x0a]
                    collect(value)
                }
            default: break
            }
        }
        for line in data.split(separator: 0x0a) where line.first == UInt8(ascii: "{") {
            if let value = try? JSONSerialization.jsonObject(with: Data(line)) { collect(value) }
        }
        return texts
    }

    /// Short values turn up by chance in what random digits decode to: there they count amid text only.
    private static func isAmidText(_ data: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        // What stands on another line was decoded from something else.
        func isText(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) || byte == 0x09 }
        let before = data[max(0, start - 4)..<start].reversed().prefix { $0 != 0x0a }
        let after = data[end..<min(data.count, end + 4)].prefix { $0 != 0x0a }
        return before.allSatisfy(isText) && after.allSatisfy(isText)
    }

    private func names(in data: [UInt8], isDecoded: Bool) -> Set<String> {
        var found: Set<String> = []
        data.withUnsafeBufferPointer { bytes in
            var start = 0
            while start + 1 < bytes.count {
                let pair = UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
                if begins[Int(pair)] {
                    for index in byStart[pair, default: []] where bytes[start...].starts(with: values[index].bytes) {
                        let size = values[index].bytes.count
                        if isDecoded && size < 8 && !Self.isAmidText(bytes, start, start + size) { continue }
                        found.insert(values[index].name)
                    }
                }
                start += 1
            }
        }
        return found
    }
}

extension LeakFinder {
    /// One secret of the canary file, `Tests/Fixtures/canary/secrets.json`.
    public struct Canary: Sendable, Decodable {
        /// The name of the secret.
        public let name: String
        /// What it tests, such as `quotes`.
        public let kind: String
        private let text: String?
        private let base64: Data?

        /// The value.
        public var value: [UInt8] { text.map { Array($0.utf8) } ?? base64.map { Array($0) } ?? [] }
    }

    /// The secrets of a canary file.
    /// - Throws: An error of the file system or of the decoder.
    public static func canaries(atPath path: String) throws -> [Canary] {
        try JSONDecoder().decode([Canary].self, from: Data(contentsOf: URL(filePath: path)))
    }
}
