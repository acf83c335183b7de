import RunbookLua
import Yams

/// Makes nodes of values, so that whoever reads them back reads the same.
enum YAMLWriter {
    /// - Throws: `RunbookError` with code `argument` for a function.
    static func node(of value: LuaValue) throws -> Node {
        switch value {
        case .nil, .null: return Node("null", Tag(.null))
        case .boolean(let flag): return Node(flag ? "true" : "false", Tag(.bool))
        case .integer(let number): return Node(String(number), Tag(.int))
        case .number(let number): return Node(self.number(number), Tag(.float))
        case .list(let items): return Node(try items.map(node), Tag(.seq))
        case .table(let table):
            return Node(
                try table.entries.map { (text(Arguments.plain($0.key) ?? ""), try node(of: $0.value)) }, Tag(.map))
        case .function: throw RunbookError(.argument, "YAML has no form for a function")
        default: return text(Display.text(value))
        }
    }

    private static func number(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return String(number)
    }

    // A text that some reader would take for something else is quoted: YAML 1.1 knows more such words than 1.2.
    private static func text(_ text: String) -> Node {
        let style: Node.Scalar.Style =
            if text.contains("\n"), isSafeBlock(text) {
                .literal
            } else if looksOtherwise(text)
                || text.unicodeScalars.contains(where: { $0.properties.isWhitespace && $0 != " " })
            {
                .doubleQuoted
            } else {
                .any
            }
        return .scalar(Node.Scalar(text, Tag(.str), style))
    }

    private static func looksOtherwise(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        if (48...57).contains(first) || "+-.".utf8.contains(first) { return !isPlainName(text) }
        return [
            "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=",
        ].contains(text.lowercased())
    }

    /// A word such as `2nd-node` that begins like a number and is none for any reader: it holds a letter other than those of numbers.
    private static func isPlainName(_ text: String) -> Bool {
        text.utf8.first != 46
            && text.utf8.contains { byte in
                let letter = byte | 32
                return (103...122).contains(letter) && letter != 120 && letter != 111 && letter != 116 && letter != 122
            } && !text.utf8.contains(58)
    }

    /// Whether a block keeps the text as it is.
    private static func isSafeBlock(_ text: String) -> Bool {
        text.first != " " && text.first != "\t" && text.first != "\n"
            && text.unicodeScalars.allSatisfy {
                $0 == "\n" || ($0.value >= 0x20 && !$0.properties.isWhitespace) || $0 == " "
            }
            && !text.contains(" \n")
    }
}
