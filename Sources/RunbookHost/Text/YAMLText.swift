import RunbookLua
import Yams

/// YAML as values of scripts.
enum YAMLText {
    /// Every document of a stream; an empty one is `null`.
    ///
    /// - Throws: `RunbookError` with code `argument` that names line and column.
    static func decodeAll(_ text: String, rules: YAMLScalar.Rules = .core) throws -> [LuaValue] {
        do {
            // The library's own reader stops at a NUL, and what follows it would be lost without a word.
            if let place = text.utf8.firstIndex(of: 0) {
                let line = text.utf8[..<place].count { $0 == 10 } + 1
                throw RunbookError(.argument, "YAML: line \(line): a NUL, which no YAML holds")
            }
            var documents: [LuaValue] = []
            var reader = YAMLReader(textSize: text.utf8.count, rules: rules)
            // The sequence ends at an error and keeps it.
            var nodes = try Yams.compose_all(yaml: text)
            while let node = nodes.next() { documents.append(try reader.value(of: node)) }
            if let error = nodes.error { throw error }
            return documents
        } catch let error as YamlError {
            throw RunbookError(.argument, "YAML: \(describe(error))")
        }
    }

    /// The documents of a manifest or a chart, read as Kubernetes' tools read them; empty ones are left out.
    ///
    /// - Throws: `RunbookError` with code `argument` that says what the text is, and the line.
    static func documents(_ text: String, of what: String) throws -> [LuaValue] {
        do {
            return try decodeAll(text, rules: .kubernetes).filter { if case .null = $0 { false } else { true } }
        } catch let error as RunbookError {
            throw RunbookError(.argument, "\(what) cannot be read: \(error.message)")
        }
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, _, _, _): "\(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            "line \(context.mark.line): the key \(keys.map { "`\($0)`" }.joined(separator: ", ")) stands twice in one table"
        default: "\(error)"
        }
    }

    /// Writes values as documents of a stream.
    ///
    /// - Throws: `RunbookError` with code `argument` for a value that YAML has no form for.
    static func encode(_ values: [LuaValue]) throws -> String {
        try Yams.serialize(
            nodes: values.map(YAMLWriter.node), width: -1, allowUnicode: true, explicitStart: values.count > 1)
    }
}
