import RunbookLua
import Yams

/// Reads YAML into values: every document of a stream, keys in their order, plain data only.
public enum YAMLReading {
    /// The documents of a stream; empty ones are left out.
    ///
    /// - Throws: `RunbookError` with code `argument` that names the line.
    public static func documents(_ text: String, of what: String) throws -> [LuaValue] {
        do {
            var documents: [LuaValue] = []
            for node in try Yams.compose_all(yaml: text) {
                let value = try self.value(node, depth: 0)
                if case .null = value { continue }
                documents.append(value)
            }
            return documents
        } catch let error as YamlError {
            throw RunbookError(.argument, "\(what) is no YAML: \(describe(error))")
        }
    }

    private static func value(_ node: Node, depth: Int) throws -> LuaValue {
        guard depth < 100 else { throw RunbookError(.argument, "YAML nested more than 100 deep") }
        switch node {
        case .scalar(let scalar): return self.scalar(node, scalar)
        case .sequence(let items): return .list(try items.map { try value($0, depth: depth + 1) })
        case .mapping(let mapping):
            var entries: [(key: LuaValue, value: LuaValue)] = []
            for (key, item) in mapping {
                entries.append((.string(key.scalar?.string ?? ""), try value(item, depth: depth + 1)))
            }
            return .table(LuaTable(entries))
        case .alias: return .null
        }
    }

    private static func scalar(_ node: Node, _ scalar: Node.Scalar) -> LuaValue {
        switch node.tag.rawValue {
        case Tag.Name.bool.rawValue: return Bool.construct(from: scalar).map { .boolean($0) } ?? .string(scalar.string)
        case Tag.Name.int.rawValue: return Int64.construct(from: scalar).map { .integer($0) } ?? .string(scalar.string)
        case Tag.Name.float.rawValue:
            return Double.construct(from: scalar).map { .number($0) } ?? .string(scalar.string)
        case Tag.Name.null.rawValue: return .null
        default: return .string(scalar.string)
        }
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            "line \(context.mark.line): the key \(keys.joined(separator: ", ")) stands twice"
        default: String(describing: error).split(separator: "\n").first.map(String.init) ?? "it cannot be read"
        }
    }
}
