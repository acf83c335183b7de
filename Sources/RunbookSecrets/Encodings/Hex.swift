/// Hexadecimal spellings.
enum Hex {
    private static let lowerDigits = Array("0123456789abcdef".utf8)
    private static let upperDigits = Array("0123456789ABCDEF".utf8)

    /// The two digits of a byte.
    static func digits(_ byte: UInt8, upper: Bool) -> [UInt8] {
        let digits = upper ? upperDigits : lowerDigits
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// The digits of all bytes, with nothing between them.
    static func encode(_ value: [UInt8], upper: Bool) -> [UInt8] {
        value.flatMap { digits($0, upper: upper) }
    }

    /// The digits of all bytes with a space between bytes, as Node prints a buffer.
    static func spaced(_ value: [UInt8]) -> [UInt8] {
        Array(value.map { digits($0, upper: false) }.joined(separator: [UInt8(ascii: " ")]))
    }

    /// A number of at least `width` digits.
    static func number(_ value: UInt32, upper: Bool, width: Int) -> [UInt8] {
        let text = String(value, radix: 16, uppercase: upper)
        return Array((String(repeating: "0", count: max(0, width - text.utf8.count)) + text).utf8)
    }
}
