/// The kind of a token of Lua 5.4.
enum TokenKind: String, Sendable {
    case and, `break`, `do`, `else`, elseif, end, `false`, `for`, function, goto, `if`, `in`
    case local, `nil`, not, or, `repeat`, `return`, then, `true`, until, `while`
    case integerDivision = "//"
    case concat = ".."
    case dots = "..."
    case equal = "=="
    case greaterEqual = ">="
    case lessEqual = "<="
    case notEqual = "~="
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case doubleColon = "::"
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case caret = "^"
    case hash = "#"
    case ampersand = "&"
    case tilde = "~"
    case pipe = "|"
    case less = "<"
    case greater = ">"
    case assign = "="
    case leftParen = "("
    case rightParen = ")"
    case leftBrace = "{"
    case rightBrace = "}"
    case leftBracket = "["
    case rightBracket = "]"
    case semicolon = ";"
    case colon = ":"
    case comma = ","
    case dot = "."
    case endOfFile = "<eof>"
    case name = "<name>"
    case string = "<string>"
    case integer = "<integer>"
    case float = "<number>"
    /// A byte that starts no token, such as `@`.
    case unknown

    /// The kind as the compiler's messages show it.
    var display: String {
        switch self {
        case .endOfFile, .name, .string, .integer, .float: rawValue
        default: "'\(rawValue)'"
        }
    }

    /// The reserved words by their spelling.
    static let reserved: [String: TokenKind] = Dictionary(
        uniqueKeysWithValues: [
            TokenKind.and, .break, .do, .else, .elseif, .end, .false, .for, .function, .goto, .if, .in, .local, .nil,
            .not, .or, .repeat, .return, .then, .true, .until, .while,
        ].map { ($0.rawValue, $0) })
}

/// One token with its place and value.
struct Token: Sendable {
    var kind: TokenKind
    /// The byte offset of its first byte.
    var start: Int
    /// The byte offset after its last byte.
    var end: Int
    /// The line of its last byte, which is the one that the compiler reports.
    var line: Int
    /// The name, or the content of the string.
    var text = ""
    var integer: Int64 = 0
    var float: Double = 0
}
