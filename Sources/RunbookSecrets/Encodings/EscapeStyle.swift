/// How a quoted string of some language spells the characters that it cannot hold as they are.
struct EscapeStyle {
    /// How a character without a short escape is spelled by its number.
    enum Numeric {
        /// As it is.
        case raw
        /// `\xHH` for each byte.
        case hexByte(upper: Bool)
        /// `\ooo` for each byte.
        case octalByte
        /// `\uHHHH`, in two halves above U+FFFF.
        case utf16(upper: Bool)
        /// `\u{H}`, with at least so many digits.
        case braced(upper: Bool, width: Int)
        /// `\xHH`, `\uHHHH` or `\UHHHHHHHH`, whichever is the shortest.
        case widening(upper: Bool)
        /// `\d`, or `\ddd` before a digit, as Lua's `%q` does.
        case decimal
    }

    /// Short escapes, by the byte that they stand for; empty where there is none.
    let short: [[UInt8]]
    /// Bytes below U+0020 and U+007F without a short escape.
    var control: Numeric
    /// Characters above U+007F.
    var wide: Numeric
    /// Bytes that are not UTF-8.
    var invalid: Numeric = .raw
    /// ASCII bytes beside control characters that are spelled by number.
    var numbered: [UInt8] = []
    /// Whether U+007F counts as a control character.
    var escapesDelete = false

    /// Describes a style; `short` lists the byte and the letter after the backslash, in pairs: `"\"\"\nn"`.
    init(
        short pairs: String, control: Numeric, wide: Numeric = .raw, invalid: Numeric = .raw, numbered: String = "",
        escapesDelete: Bool = false
    ) {
        var short = [[UInt8]](repeating: [], count: 256)
        let bytes = Array(pairs.utf8)
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            short[Int(bytes[index])] = [UInt8(ascii: "\\"), bytes[index + 1]]
        }
        self.short = short
        self.control = control
        self.wide = wide
        self.invalid = invalid
        self.numbered = Array(numbered.utf8)
        self.escapesDelete = escapesDelete
    }

    /// The spelling of a value.
    func apply(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count + 8)
        var index = 0
        while index < value.count {
            let byte = value[index]
            let next = index + 1 < value.count ? value[index + 1] : 0
            var length = 1
            if !short[Int(byte)].isEmpty {
                result.append(contentsOf: short[Int(byte)])
            } else if byte < 0x20 || (byte == 0x7f && escapesDelete) || (!numbered.isEmpty && numbered.contains(byte)) {
                append(UInt32(byte), of: [byte], as: control, before: next, to: &result)
            } else if byte < 0x80 {
                result.append(byte)
            } else if let scalar = value.scalar(at: index) {
                length = UTF8.width(scalar)
                append(scalar.value, of: value[index..<index + length], as: wide, before: next, to: &result)
            } else {
                append(0xfffd, of: [byte], as: invalid, before: next, to: &result)
            }
            index += length
        }
        return result
    }

    private func append(
        _ code: UInt32, of bytes: ArraySlice<UInt8>, as numeric: Numeric, before next: UInt8, to result: inout [UInt8]
    ) {
        switch numeric {
        case .raw:
            result += bytes
        case .hexByte(let upper):
            for byte in bytes { result += Array("\\x".utf8) + Hex.digits(byte, upper: upper) }
        case .octalByte:
            for byte in bytes { result += Array("\\".utf8) + [byte >> 6, byte >> 3 & 7, byte & 7].map { $0 + 0x30 } }
        case .utf16(let upper):
            for unit in String(Unicode.Scalar(code) ?? "\u{fffd}").utf16 {
                result += Array("\\u".utf8) + Hex.number(UInt32(unit), upper: upper, width: 4)
            }
        case .braced(let upper, let width):
            result += Array("\\u{".utf8) + Hex.number(code, upper: upper, width: width) + Array("}".utf8)
        case .widening(let upper):
            let (letter, width) = code < 0x100 ? ("x", 2) : code < 0x10000 ? ("u", 4) : ("U", 8)
            result += Array("\\\(letter)".utf8) + Hex.number(code, upper: upper, width: width)
        case .decimal:
            let digits = Array(String(code).utf8)
            let padding = (0x30...0x39).contains(next) ? max(0, 3 - digits.count) : 0
            result += Array("\\".utf8) + [UInt8](repeating: 0x30, count: padding) + digits
        }
    }
}

extension [UInt8] {
    /// The UTF-8 character that begins at an index; `nil` where the bytes are not UTF-8.
    func scalar(at index: Int) -> Unicode.Scalar? {
        var iterator = self[index...].prefix(4).makeIterator()
        var decoder = UTF8()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
        return nil
    }
}
