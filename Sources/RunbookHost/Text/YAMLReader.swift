import RunbookLua
import Yams

/// Makes values of the nodes of a document, within bounds.
struct YAMLReader {
    let rules: YAMLScalar.Rules
    /// How many values there may be.
    ///
    /// Without aliases a text has no more values than bytes: the rest is for aliases, a few lines of which can stand for
    /// billions of values.
    private var budget: Int
    private static let aliased = 100_000
    private static let deepest = 180

    init(textSize: Int, rules: YAMLScalar.Rules) {
        budget = textSize + Self.aliased
        self.rules = rules
    }

    /// - Throws: `RunbookError` with code `argument` that names the line.
    mutating func value(of node: Node, depth: Int = 0) throws -> LuaValue {
        budget -= 1
        guard budget > 0 else {
            throw complaint("its aliases stand for more than \(Self.aliased) values", at: node)
        }
        guard depth < Self.deepest else { throw complaint("nested more than \(Self.deepest) deep", at: node) }
        switch node {
        case .scalar(let scalar):
            let text = scalar.string
            guard let value = YAMLScalar.value(scalar, tag: scalar.tag.description, rules) else {
                throw complaint("`\(text.prefix(40))` does not fit its tag \(scalar.tag.description)", at: node)
            }
            return value
        case .sequence(let items):
            var list: [LuaValue] = []
            for item in items { list.append(try value(of: item, depth: depth + 1)) }
            return .list(list)
        case .mapping(let mapping): return .table(LuaTable(try entries(of: mapping, depth), isOrdered: true))
        case .alias: throw complaint("an alias of nothing", at: node)
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping, _ depth: Int
    ) throws -> [(key: LuaValue, value: LuaValue)] {
        var entries: [(key: LuaValue, value: LuaValue)] = []
        var merged: [(key: LuaValue, value: LuaValue)] = []
        for pair in mapping {
            guard let key = pair.key.scalar else {
                throw complaint("a key must be a text, and not a list or a table", at: pair.key)
            }
            let value = try value(of: pair.value, depth: depth + 1)
            if key.string == "<<", key.style == .plain {
                merged += try others(value, at: pair.value)
            } else {
                entries.append((.string(key.string), value))
            }
        }
        if merged.isEmpty { return entries }
        // A table's own names go before those that it merges, and the first of those before the later ones.
        var taken = Set(entries.compactMap(\.key.stringValue))
        return entries + merged.filter { entry in entry.key.stringValue.map { taken.insert($0).inserted } ?? false }
    }

    /// What `<<` brings in: a table, or a list of them.
    private func others(_ value: LuaValue, at node: Node) throws -> [(key: LuaValue, value: LuaValue)] {
        if case .table(let table) = value { return table.entries }
        let tables = (value.listValue ?? []).map(\.tableValue)
        guard case .list = value, !tables.contains(where: { $0 == nil }) else {
            throw complaint("`<<` takes a table or a list of tables", at: node)
        }
        return tables.flatMap { $0?.entries ?? [] }
    }

    private func complaint(_ text: String, at node: Node) -> RunbookError {
        let place = node.mark.map { "line \($0.line), column \($0.column): " } ?? ""
        return RunbookError(.argument, "YAML: \(place)\(text)")
    }
}
