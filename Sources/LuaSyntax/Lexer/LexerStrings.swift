extension Lexer {
    /// The number of `=` signs of the long bracket that opens here, if one does.
    func longBracketLevel() -> Int? {
        var level = 0
        while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
        return peek(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Reads a long bracket and returns the byte range of its content.
    mutating func readLong(level: Int, start: Int, what: String) throws(LuaSyntaxError) -> Range<Int> {
        let firstLine = line
        offset += level + 2
        if let byte = current, byte == 0x0A || byte == 0x0D { passLineBreak() }
        let contentStart = offset
        while let byte = current {
            switch byte {
            case 0x0A, 0x0D: passLineBreak()
            case UInt8(ascii: "]"):
                var signs = 0
                while peek(1 + signs) == UInt8(ascii: "=") { signs += 1 }
                if signs == level, peek(1 + signs) == UInt8(ascii: "]") {
                    let content = contentStart..<offset
                    offset += level + 2
                    return content
                }
                offset += 1 + signs
            default: offset += 1
            }
        }
        throw error("unfinished long \(what) (starting at line \(firstLine))", near: "<eof>", at: start)
    }

    /// Reads a string between quotes.
    mutating func readQuoted(_ start: Int, quote: UInt8) throws(LuaSyntaxError) -> Token {
        offset += 1
        var content: [UInt8] = []
        while let byte = current, byte != quote {
            switch byte {
            case 0x0A, 0x0D:
                throw error("unfinished string", near: "'\(source.text(start..<offset))'", at: start)
            case UInt8(ascii: "\\"):
                try readEscape(start, into: &content)
            default:
                content.append(byte)
                offset += 1
            }
        }
        guard current != nil else { throw error("unfinished string", near: "<eof>", at: start) }
        offset += 1
        let text = String(decoding: content, as: UTF8.self)
        return Token(kind: .string, start: start, end: offset, line: line, text: text)
    }

    private mutating func readEscape(_ start: Int, into content: inout [UInt8]) throws(LuaSyntaxError) {
        offset += 1
        guard let byte = current else { return }
        switch Unicode.Scalar(byte) {
        case "a": content.append(0x07)
        case "b": content.append(0x08)
        case "f": content.append(0x0C)
        case "n": content.append(0x0A)
        case "r": content.append(0x0D)
        case "t": content.append(0x09)
        case "v": content.append(0x0B)
        case "\\", "\"", "'": content.append(byte)
        case "x": return try readHexEscape(start, into: &content)
        case "u": return try readUnicodeEscape(start, into: &content)
        case "\n", "\r":
            passLineBreak()
            content.append(0x0A)
            return
        case "z":
            offset += 1
            skipWhitespace()
            return
        default:
            guard byte.isDigit else { throw escapeError("invalid escape sequence", start) }
            return try readDecimalEscape(start, into: &content)
        }
        offset += 1
    }

    private mutating func skipWhitespace() {
        while let byte = current {
            if byte == 0x0A || byte == 0x0D {
                passLineBreak()
            } else if byte == 0x20 || (0x09...0x0D).contains(byte) {
                offset += 1
            } else {
                return
            }
        }
    }

    private mutating func readHexEscape(_ start: Int, into content: inout [UInt8]) throws(LuaSyntaxError) {
        var value = 0
        for _ in 0..<2 {
            offset += 1
            guard let digit = current?.hexValue else { throw escapeError("hexadecimal digit expected", start) }
            value = value * 16 + digit
        }
        offset += 1
        content.append(UInt8(value))
    }

    private mutating func readDecimalEscape(_ start: Int, into content: inout [UInt8]) throws(LuaSyntaxError) {
        var value = 0
        var digits = 0
        while digits < 3, let byte = current, byte.isDigit {
            value = value * 10 + Int(byte - 0x30)
            digits += 1
            offset += 1
        }
        guard value <= 255 else { throw escapeError("decimal escape too large", start) }
        content.append(UInt8(value))
    }

    private mutating func readUnicodeEscape(_ start: Int, into content: inout [UInt8]) throws(LuaSyntaxError) {
        offset += 1
        guard current == UInt8(ascii: "{") else { throw escapeError("missing '{'", start) }
        offset += 1
        guard let first = current?.hexValue else { throw escapeError("hexadecimal digit expected", start) }
        var value = first
        offset += 1
        while let digit = current?.hexValue {
            guard value <= 0x7FF_FFFF else { throw escapeError("UTF-8 value too large", start) }
            value = value * 16 + digit
            offset += 1
        }
        guard current == UInt8(ascii: "}") else { throw escapeError("missing '}'", start) }
        offset += 1
        content.append(contentsOf: Self.encode(UInt32(value)))
    }

    /// The bytes of a code point up to 2^31 as Lua encodes it, surrogates and values beyond Unicode included.
    private static func encode(_ value: UInt32) -> [UInt8] {
        if value < 0x80 { return [UInt8(value)] }
        var rest = value
        var tail: [UInt8] = []
        var firstLimit: UInt32 = 0x3F
        repeat {
            tail.append(UInt8(0x80 | (rest & 0x3F)))
            rest >>= 6
            firstLimit >>= 1
        } while rest > firstLimit
        tail.append(UInt8(truncatingIfNeeded: (~firstLimit << 1) | rest))
        return tail.reversed()
    }

    /// The message about an escape, which quotes the string up to the byte that is wrong.
    private func escapeError(_ message: String, _ start: Int) -> LuaSyntaxError {
        error(message, near: "'\(source.text(start..<min(offset + 1, bytes.count)))'", at: start)
    }
}
