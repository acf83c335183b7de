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
            while let node = nodes.next() { documents.append(value(of: node, depth: 0)) }
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

    private static func value(of node: Node, depth: Int) -> LuaValue {
        guard depth < 100 else { return .nil }
        switch node {
        case .scalar(let scalar): return self.scalar(node, scalar)
        case .sequence(let items): return .list(items.map { value(of: $0, depth: depth + 1) })
        case .mapping(let mapping):
            return .table(
                LuaTable(
                    mapping.map { pair in
                        (
                            .string(pair.key.string ?? pair.key.scalar?.string ?? ""),
                            value(of: pair.value, depth: depth + 1)
                        )
                    }))
        case .alias: return .nil
        }
    }

    // Plain text stays text unless YAML 1.2's core rules make it something else: `yes`, `on` and dates are texts.
    private static func scalar(_ node: Node, _ scalar: Node.Scalar) -> LuaValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        if let number = Int64(text) { return text.hasPrefix("+") ? .string(text) : .integer(number) }
        if text.first.map({ $0.isNumber || $0 == "-" || $0 == "." }) == true,
            text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }),
            let number = Double(text)
        {
            return .number(number)
        }
        return .string(text)
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
