/// Hexadecimal spellings.
enum Hex {
    private static let lowerDigits = Array("0123456789abcdef".utf8)
    private static let upperDigits = Array("0123456789ABCDEF".utf8)

    /// The two digits of a byte.
    static func digits(_ byte: UInt8, upper: Bool) -> [UInt8] {
        let digits = upper ? upperDigits : lowerDigits
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// Adds the two digits of a byte at the end.
    static func append(_ byte: UInt8, upper: Bool, to result: inout [UInt8]) {
        let digits = upper ? upperDigits : lowerDigits
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
    }

    /// The digits of all bytes, with nothing between them.
    static func encode(_ value: [UInt8], upper: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count * 2)
        for byte in value { append(byte, upper: upper, to: &result) }
        return result
    }

    /// The digits of all bytes with something between bytes: a space in Node and `od`, a colon in openssl.
    static func separated(_ value: [UInt8], by separator: Character, upper: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count * 3)
        for byte in value {
            if !result.isEmpty { result += Array(separator.utf8) }
            append(byte, upper: upper, to: &result)
        }
        return result
    }

    /// A number of at least `width` digits.
    static func number(_ value: UInt32, upper: Bool, width: Int) -> [UInt8] {
        let text = String(value, radix: 16, uppercase: upper)
        return Array((String(repeating: "0", count: max(0, width - text.utf8.count)) + text).utf8)
    }
}
