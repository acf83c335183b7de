/// The head of an HTTP request, as its bytes say it.
struct RequestHead: Sendable {
    let method: String
    let target: String
    /// The fields by their names in lower case; of several with one name, the values joined by commas.
    let fields: [String: String]

    /// Reads a head that ends with an empty line; nil when it is none.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        method = String(words[0])
        target = String(words[1])
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            let value = String(line[line.index(after: colon)...]).trimmingBlanks()
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        self.fields = fields
    }

    /// Where the head of a request ends in the bytes that came; nil when more has to come.
    static func end(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let mark: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        for start in 0...(bytes.count - 4) where bytes[start] == 0x0D {
            if bytes[start..<start + 4].elementsEqual(mark) { return start + 4 }
        }
        return nil
    }

    /// The protocol that the client wants to go over to, in lower case.
    var upgrade: String? { fields["upgrade"]?.lowercased() }

    /// The values of a field that lists several.
    func list(_ name: String) -> [String] {
        (fields[name] ?? "").split(separator: ",").map { String($0).trimmingBlanks() }
    }
}
