extension String {
    /// The text without blanks at both ends.
    func trimmingBlanks() -> String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }

    /// What stands before and after the first place of a text.
    func split(around mark: String) -> (String, String)? {
        guard let range = firstRange(of: mark) else { return nil }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}

/// Texts and numbers of the kind that a cluster makes up.
enum Names {
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    /// A random ending, as `generateName` appends it.
    static func suffix(_ length: Int = 5) -> String {
        String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    /// A text of digits in the letters that names may have.
    static func safe(_ number: UInt32) -> String {
        String(String(number).utf8.map { alphabet[Int($0) % alphabet.count] })
    }

    /// A random identifier.
    static func uid() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = (generator.next() as UInt64) & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = (generator.next() as UInt64) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let text = hex(high) + hex(low)
        let bytes = Array(text.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return "\(part(0..<8))-\(part(8..<12))-\(part(12..<16))-\(part(16..<20))-\(part(20..<32))"
    }

    /// A random text of hexadecimal digits, as long as a container's identifier.
    static func containerID() -> String {
        (0..<4).map { _ in hex(UInt64.random(in: .min ... .max)) }.joined()
    }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The 32-bit FNV-1a hash of a text.
    static func hash(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    /// Whether a text is a DNS-1123 label.
    static func isLabel(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether a text is a DNS-1123 subdomain.
    static func isSubdomain(_ text: String) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let bytes = part.utf8
            guard let first = bytes.first, let last = bytes.last else { return false }
            func isAlphanumeric(_ byte: UInt8) -> Bool {
                (97...122).contains(byte) || (48...57).contains(byte)
            }
            return isAlphanumeric(first) && isAlphanumeric(last) && bytes.allSatisfy { isAlphanumeric($0) || $0 == 45 }
        }
    }
}
