/// The state of reading one `.env` file; see ``DotEnv`` for the grammar.
struct DotEnvParser {
    private let bytes: [UInt8]
    private let file: String
    private let interpolation: DotEnv.Interpolation
    private var index = 0
    private var line = 1
    private var entries: [DotEnv.Entry] = []
    private var positions: [String: Int] = [:]
    /// The class that a comment gave to the next name.
    private var pendingClass: DotEnv.Classification?
    /// Whether the value being read refers to a secret.
    private var refersToSecret = false

    init(bytes: [UInt8], file: String, interpolation: DotEnv.Interpolation) {
        self.bytes = bytes
        self.file = file
        self.interpolation = interpolation
    }

    mutating func parse() throws(DotEnvError) -> [DotEnv.Entry] {
        try checkBytes()
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        while index < bytes.count { try parseLine() }
        return entries
    }

    /// Refuses what no line may have, before anything is read.
    private func checkBytes() throws(DotEnvError) {
        var line = 1
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var length = 1
            switch byte {
            case 0: throw error(.nul, line)
            case .carriageReturn where index + 1 >= bytes.count || bytes[index + 1] != .lineFeed:
                throw error(.loneCarriageReturn, line)
            case .lineFeed: line += 1
            case 0x80...:
                guard let scalar = bytes.scalar(at: index) else { throw error(.notUTF8, line) }
                length = UTF8.width(scalar)
            default: break
            }
            index += length
        }
    }

    private func error(_ problem: DotEnvError.Problem, _ line: Int) -> DotEnvError {
        DotEnvError(file: file, line: line, problem: problem)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var isAtLineEnd: Bool { current == nil || current == .lineFeed || current == .carriageReturn }

    private mutating func skipBlanks() {
        while let byte = current, byte.isBlank { index += 1 }
    }

    /// Goes to the beginning of the next line; checked before to be at the end of this one.
    private mutating func endLine() {
        if current == .carriageReturn { index += 1 }
        if current == .lineFeed { index += 1 }
        line += 1
    }

    private mutating func skipComment() -> ArraySlice<UInt8> {
        let start = index
        while !isAtLineEnd { index += 1 }
        return bytes[start..<index]
    }

    private mutating func parseLine() throws(DotEnvError) {
        skipBlanks()
        if isAtLineEnd {
            pendingClass = nil
        } else if current == UInt8(ascii: "#") {
            try noteClass(in: skipComment())
        } else {
            try parseAssignment()
        }
        endLine()
    }

    /// Reads `# class: secret` and `# class: config`; other comments say nothing.
    private mutating func noteClass(in comment: ArraySlice<UInt8>) throws(DotEnvError) {
        let text = comment.drop { $0 == UInt8(ascii: "#") || $0.isBlank }
        let key = Array("class:".utf8)
        guard text.starts(with: key) else { return }
        let name = text.dropFirst(key.count).drop { $0.isBlank }.prefix { !$0.isBlank }
        guard let classification = DotEnv.Classification(rawValue: String(decoding: name, as: UTF8.self)) else {
            throw error(.unknownClass, line)
        }
        pendingClass = classification
    }

    private mutating func parseAssignment() throws(DotEnvError) {
        let firstLine = line
        skipExport()
        let name = try parseName()
        if let position = positions[name] { throw error(.duplicate(firstLine: entries[position].line), firstLine) }
        refersToSecret = false
        let value = try parseValue()
        let byComment = pendingClass
        let classification =
            byComment
            ?? (refersToSecret ? .secret : CredentialHeuristics.classification(name: name, value: value))
        positions[name] = entries.count
        entries.append(
            DotEnv.Entry(
                name: name, value: value, line: firstLine, classification: classification,
                isClassifiedByComment: byComment != nil))
        pendingClass = nil
    }

    private mutating func skipExport() {
        let keyword = Array("export".utf8)
        let end = index + keyword.count
        guard end < bytes.count, bytes[index..<end].elementsEqual(keyword), bytes[end].isBlank else { return }
        var next = end
        while next < bytes.count, bytes[next].isBlank { next += 1 }
        // `export = x` sets a variable of that name.
        guard next < bytes.count, bytes[next] != UInt8(ascii: "=") else { return }
        index = next
    }

    private mutating func parseName() throws(DotEnvError) -> String {
        let start = index
        while let byte = current, byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") { index += 1 }
        let name = bytes[start..<index]
        skipBlanks()
        guard current == UInt8(ascii: "=") else {
            let rest = bytes[index...].prefix { $0 != .lineFeed }
            throw error(rest.contains(UInt8(ascii: "=")) ? .invalidName : .missingEquals, line)
        }
        guard let first = name.first else { throw error(.emptyName, line) }
        guard !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw error(.invalidName, line) }
        index += 1
        return String(decoding: name, as: UTF8.self)
    }

    private mutating func parseValue() throws(DotEnvError) -> [UInt8] {
        let afterEquals = index
        skipBlanks()
        if isAtLineEnd { return [] }
        switch current {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return try parseQuoted()
        case UInt8(ascii: "#") where index > afterEquals:
            _ = skipComment()
            return []
        default:
            return try parseUnquoted()
        }
    }

    private mutating func parseUnquoted() throws(DotEnvError) -> [UInt8] {
        let start = index
        while !isAtLineEnd, !(bytes[index] == UInt8(ascii: "#") && index > start && bytes[index - 1].isBlank) {
            index += 1
        }
        var value = bytes[start..<index]
        while let last = value.last, last.isBlank { value.removeLast() }
        _ = skipComment()
        return try resolve(value)
    }

    private mutating func parseQuoted() throws(DotEnvError) -> [UInt8] {
        let firstLine = line
        let quote = bytes[index]
        index += 1
        var value: [UInt8] = []
        while let byte = current, byte != quote {
            index += 1
            switch byte {
            case .carriageReturn:
                break  // Of a CRLF; the bytes were checked.
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                value.append(try parseEscape(firstLine))
            case UInt8(ascii: "$") where quote == UInt8(ascii: "\"") && current == UInt8(ascii: "{"):
                index = try appendReference(at: index, in: bytes, to: &value)
            default:
                if byte == .lineFeed { line += 1 }
                value.append(byte)
            }
        }
        guard current == quote else { throw error(.unterminatedQuote, firstLine) }
        index += 1
        let end = index
        skipBlanks()
        if current == UInt8(ascii: "#"), index > end { _ = skipComment() }
        guard isAtLineEnd else { throw error(.textAfterQuote, line) }
        return value
    }

    private mutating func parseEscape(_ firstLine: Int) throws(DotEnvError) -> UInt8 {
        guard let byte = current else { throw error(.unterminatedQuote, firstLine) }
        index += 1
        switch byte {
        case UInt8(ascii: "n"): return .lineFeed
        case UInt8(ascii: "r"): return .carriageReturn
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "$"): return byte
        default: throw error(.unknownEscape, line)
        }
    }

    private mutating func resolve(_ text: ArraySlice<UInt8>) throws(DotEnvError) -> [UInt8] {
        let source = Array(text)
        var value: [UInt8] = []
        value.reserveCapacity(source.count)
        var position = 0
        while position < source.count {
            let byte = source[position]
            position += 1
            if byte == UInt8(ascii: "$"), position < source.count, source[position] == UInt8(ascii: "{") {
                position = try appendReference(at: position, in: source, to: &value)
            } else {
                value.append(byte)
            }
        }
        return value
    }

    /// Resolves `{NAME}` after a dollar and gives the position after it; without interpolation takes the dollar only.
    private mutating func appendReference(
        at position: Int, in source: [UInt8], to value: inout [UInt8]
    ) throws(DotEnvError) -> Int {
        guard case .on(let lookup) = interpolation else {
            value.append(UInt8(ascii: "$"))
            return position
        }
        let rest = source[(position + 1)...]
        let name = rest.prefix { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
        guard let first = name.first, !(0x30...0x39).contains(first), name.endIndex < rest.endIndex,
            rest[name.endIndex] == UInt8(ascii: "}")
        else { throw error(.invalidReference, line) }
        let text = String(decoding: name, as: UTF8.self)
        if let index = positions[text] {
            value += entries[index].value
            if entries[index].classification == .secret { refersToSecret = true }
        } else if let found = lookup(text) {
            value += found
            if CredentialHeuristics.classification(name: text, value: found) == .secret { refersToSecret = true }
        } else {
            throw error(.undefinedReference, line)
        }
        return name.endIndex + 1
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    /// Whether the byte is a space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
}
