import RunbookLua
import Yams

/// YAML as values of scripts.
enum YAMLText {
    /// Every document of a stream.
    ///
    /// - Throws: `RunbookError` with code `argument` that names line and column.
    static func decodeAll(_ text: String) throws -> [LuaValue] {
        do {
            var documents: [LuaValue] = []
            // The sequence ends at an error and keeps it.
            var nodes = try Yams.compose_all(yaml: text)
            var reader = YAMLReader(size: text.utf8.count)
            while let node = nodes.next() { documents.append(try reader.value(of: node, depth: 0)) }
            if let error = nodes.error { throw error }
            return documents
        } catch let error as YamlError {
            throw RunbookError(.argument, "YAML: \(describe(error))")
        }
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, _):
            "a key stands twice: \(duplicates.description.prefix(80))"
        default: "\(error)"
        }
    }

    /// Writes values as documents of a stream.
    static func encode(_ values: [LuaValue]) throws -> String {
        try Yams.serialize(nodes: values.map { node(of: $0) }, explicitStart: values.count > 1)
    }

    private static func node(of value: LuaValue) -> Node {
        switch value {
        case .nil, .null: Node("null", Tag(.null))
        case .boolean(let flag): Node(flag ? "true" : "false", Tag(.bool))
        case .integer(let number): Node(String(number), Tag(.int))
        case .number(let number): Node(String(number), Tag(.float))
        case .list(let items): Node(items.map { node(of: $0) }, Tag(.seq))
        case .table(let table):
            Node(table.entries.map { (Node(Arguments.plain($0.key) ?? ""), node(of: $0.value)) }, Tag(.map))
        default: text(Display.text(value))
        }
    }

    // A text that a reader would take for something else is quoted.
    private static func text(_ text: String) -> Node {
        let looksOtherwise =
            Double(text) != nil
            || ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return .scalar(
            Node.Scalar(text, Tag(.str), text.contains("\n") ? .literal : looksOtherwise ? .doubleQuoted : .any))
    }
}
