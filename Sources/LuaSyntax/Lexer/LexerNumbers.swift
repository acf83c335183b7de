extension Lexer {
    /// Reads a numeral: decimal or hexadecimal, integer or float.
    mutating func readNumber(_ start: Int) throws(LuaSyntaxError) -> Token {
        let isHex = current == 0x30 && (peek(1) ?? 0) | 0x20 == UInt8(ascii: "x")
        if isHex { offset += 2 }
        let exponent = UInt8(ascii: isHex ? "p" : "e")
        while let byte = current {
            if byte | 0x20 == exponent, byte.isNameStart {
                offset += 1
                if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            } else if byte.hexValue != nil || byte == UInt8(ascii: ".") {
                offset += 1
            } else {
                break
            }
        }
        // A letter that touches a numeral belongs to it, which makes it malformed.
        if let byte = current, byte.isNameStart { offset += 1 }
        guard let value = Self.number(bytes[start..<offset]) else {
            throw error("malformed number", near: "'\(source.text(start..<offset))'", at: start)
        }
        switch value {
        case .integer(let integer):
            return Token(kind: .integer, start: start, end: offset, line: line, integer: integer)
        case .float(let float):
            return Token(kind: .float, start: start, end: offset, line: line, float: float)
        }
    }

    enum Number {
        case integer(Int64)
        case float(Double)
    }

    /// The value of a numeral, or nil where it is malformed.
    private static func number(_ text: ArraySlice<UInt8>) -> Number? {
        let isHex = text.count > 1 && text[text.startIndex + 1] | 0x20 == UInt8(ascii: "x")
        let digits = isHex ? text.dropFirst(2) : text
        let exponentMark = UInt8(ascii: isHex ? "p" : "e")
        var mantissa = digits
        var isFloat = false
        if let mark = digits.firstIndex(where: { $0 | 0x20 == exponentMark && $0.isNameStart }) {
            mantissa = digits[..<mark]
            isFloat = true
            var power = digits[(mark + 1)...]
            if let sign = power.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { power.removeFirst() }
            guard !power.isEmpty, power.allSatisfy(\.isDigit) else { return nil }
        }
        let points = mantissa.count { $0 == UInt8(ascii: ".") }
        let isDigit: (UInt8) -> Bool = isHex ? { $0.hexValue != nil } : { $0.isDigit }
        guard points <= 1, mantissa.count > points,
            mantissa.allSatisfy({ $0 == UInt8(ascii: ".") || isDigit($0) })
        else { return nil }
        if isFloat || points == 1 { return .float(floatValue(text, isHex: isHex)) }
        if isHex { return .integer(hexInteger(digits)) }
        return Int64(String(decoding: digits, as: UTF8.self)).map(Number.integer)
            ?? .float(floatValue(text, isHex: false))
    }

    /// Hexadecimal integers wrap around, as in Lua.
    private static func hexInteger(_ digits: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: digits.reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexValue ?? 0) })
    }

    /// The value of a well-formed float numeral; one that has too many digits for the parser is infinite.
    private static func floatValue(_ text: ArraySlice<UInt8>, isHex: Bool) -> Double {
        var spelled = String(decoding: text, as: UTF8.self)
        if isHex, !spelled.lowercased().contains("p") { spelled += "p0" }
        return Double(spelled) ?? .infinity
    }
}
