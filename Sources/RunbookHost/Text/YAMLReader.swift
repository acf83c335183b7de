import RunbookLua
import Yams

<<<<<<< HEAD
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
||||||| 95e2518
=======
/// Makes values of scripts from the nodes of a YAML text.
///
/// An alias is a few bytes and may stand for any number of values: what a text makes is bounded.
struct YAMLReader {
    private var count = 0
    private let most: Int
    private static let deepest = 100

    /// - Parameter size: The size of the text in bytes. Without aliases it holds fewer values than that.
    init(size: Int) {
        most = max(size, 100_000)
    }

    mutating func value(of node: Node, depth: Int) throws -> LuaValue {
        count += 1
        guard count <= most else {
            throw RunbookError(.argument, "YAML: its aliases make more than \(most) values of it")
        }
        guard depth < Self.deepest else {
            throw RunbookError(.argument, "YAML: the text is nested more than \(Self.deepest) deep")
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar)
        case .sequence(let items):
            var values: [LuaValue] = []
            for item in items { values.append(try value(of: item, depth: depth + 1)) }
            return .list(values)
        case .mapping(let mapping):
            var entries: [(LuaValue, LuaValue)] = []
            for pair in mapping {
                let key = pair.key.string ?? pair.key.scalar?.string ?? ""
                entries.append((.string(key), try value(of: pair.value, depth: depth + 1)))
            }
            return .table(LuaTable(entries))
        case .alias: return .nil
        }
    }

    // Plain text stays text unless YAML 1.2's core rules make it something else: `yes`, `on` and dates are texts.
    private func scalar(_ scalar: Node.Scalar) -> LuaValue {
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
>>>>>>> main
    }
}
