/// Splits a source text into the tokens of Lua 5.4.
///
/// The rules, limits and messages are those of the reference implementation's `llex.c`.
struct Lexer {
    let source: SourceText
    let bytes: [UInt8]
    var offset = 0
    var line = 1
    /// The comments passed so far, in order.
    var comments: [Comment] = []

    /// Starts at the first byte, or after a first line that begins with `#` (the line of an interpreter).
    init(_ source: SourceText) {
        self.source = source
        bytes = source.bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        if current == UInt8(ascii: "#") {
            while let byte = current, byte != 0x0A, byte != 0x0D { offset += 1 }
        }
    }

    var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func peek(_ distance: Int) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    mutating func next() throws(LuaSyntaxError) -> Token {
        try skipBlanks()
        let start = offset
        guard let byte = current else { return Token(kind: .endOfFile, start: start, end: start, line: line) }
        if byte.isNameStart { return readName(start) }
        if byte.isDigit || (byte == UInt8(ascii: ".") && (peek(1)?.isDigit ?? false)) {
            return try readNumber(start)
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try readQuoted(start, quote: byte)
        case UInt8(ascii: "["):
            if let level = longBracketLevel() {
                let content = try readLong(level: level, start: start, what: "string")
                return Token(kind: .string, start: start, end: offset, line: line, text: source.text(content))
            }
            if peek(1) == UInt8(ascii: "=") {
                while peek(1) == UInt8(ascii: "=") { offset += 1 }
                throw error("invalid long string delimiter", near: "'\(source.text(start..<(offset + 1)))'", at: start)
            }
        default: break
        }
        return readSymbol(start, byte)
    }

    private mutating func skipBlanks() throws(LuaSyntaxError) {
        while let byte = current {
            switch byte {
            case 0x0A, 0x0D: passLineBreak()
            case 0x20, 0x09, 0x0B, 0x0C: offset += 1
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(LuaSyntaxError) {
        let start = offset
        let firstLine = line
        offset += 2
        if current == UInt8(ascii: "["), let level = longBracketLevel() {
            _ = try readLong(level: level, start: start, what: "comment")
        } else {
            while let byte = current, byte != 0x0A, byte != 0x0D { offset += 1 }
        }
        comments.append(Comment(range: start..<offset, line: firstLine, lastLine: line))
    }

    /// Passes one line break, which may be a pair of bytes.
    mutating func passLineBreak() {
        let first = bytes[offset]
        offset += 1
        if let second = current, second == 0x0A || second == 0x0D, second != first { offset += 1 }
        line += 1
    }

    private mutating func readName(_ start: Int) -> Token {
        while let byte = current, byte.isNamePart { offset += 1 }
        let text = source.text(start..<offset)
        return Token(kind: TokenKind.reserved[text] ?? .name, start: start, end: offset, line: line, text: text)
    }

    private mutating func readSymbol(_ start: Int, _ byte: UInt8) -> Token {
        let (kind, length) = symbol(byte)
        offset += length
        return Token(kind: kind, start: start, end: offset, line: line)
    }

    private func symbol(_ byte: UInt8) -> (TokenKind, Int) {
        let second = peek(1)
        func follows(_ scalar: Unicode.Scalar) -> Bool { second == UInt8(ascii: scalar) }
        switch Unicode.Scalar(byte) {
        case "=": return follows("=") ? (.equal, 2) : (.assign, 1)
        case "<": return follows("=") ? (.lessEqual, 2) : follows("<") ? (.shiftLeft, 2) : (.less, 1)
        case ">": return follows("=") ? (.greaterEqual, 2) : follows(">") ? (.shiftRight, 2) : (.greater, 1)
        case "/": return follows("/") ? (.integerDivision, 2) : (.slash, 1)
        case "~": return follows("=") ? (.notEqual, 2) : (.tilde, 1)
        case ":": return follows(":") ? (.doubleColon, 2) : (.colon, 1)
        case ".":
            guard follows(".") else { return (.dot, 1) }
            return peek(2) == UInt8(ascii: ".") ? (.dots, 3) : (.concat, 2)
        default:
            return (TokenKind(rawValue: String(Unicode.Scalar(byte))) ?? .unknown, 1)
        }
    }

    /// A compiler message about the text that starts at `start`.
    func error(_ message: String, near: String, at start: Int) -> LuaSyntaxError {
        LuaSyntaxError(message: "\(message) near \(near)", position: source.position(at: start), offset: start)
    }

    /// A token as messages show it after `near`.
    func display(_ token: Token) -> String {
        switch token.kind {
        case .name, .string, .integer, .float: return "'\(source.text(token.start..<token.end))'"
        case .unknown:
            let byte = bytes[token.start]
            return (0x20..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "'<\\\(byte)>'"
        default: return token.kind.display
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isNameStart: Bool { (0x61...0x7A).contains(self | 0x20) && self < 0x80 || self == 0x5F }
    var isNamePart: Bool { isNameStart || isDigit }
    /// The value of a hexadecimal digit.
    var hexValue: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x61...0x66: Int(self) - 0x61 + 10
        case 0x41...0x46: Int(self) - 0x41 + 10
        default: nil
        }
    }
}
