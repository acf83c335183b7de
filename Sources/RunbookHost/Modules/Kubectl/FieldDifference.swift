import RunbookLua

/// What differs between two objects, field by field.
enum FieldDifference {
    /// One line a field: `spec.replicas  2 → 3`; list items go by their name where they have one.
    static func lines(from old: LuaValue, to new: LuaValue) -> [String] {
        var lines: [String] = []
        compare(old, new, path: "", &lines)
        return lines
    }

    private static func compare(_ old: LuaValue, _ new: LuaValue, path: String, _ lines: inout [String]) {
        if let a = old.tableValue, let b = new.tableValue, !(isList(old) && isList(new)) {
            let (left, right) = (index(a), index(b))
            for name in Set(left.keys).union(right.keys).sorted() {
                let step = name.contains(".") || name.contains("/") ? "[\(name)]" : path.isEmpty ? name : ".\(name)"
                compare(left[name] ?? .nil, right[name] ?? .nil, path: path + step, &lines)
            }
        } else if let a = old.listValue, let b = new.listValue {
            list(a, b, path, &lines)
        } else if !isSame(old, new) {
            lines.append("\(path)  \(FieldText.short(old)) → \(FieldText.short(new))")
        }
    }

    private static func list(_ old: [LuaValue], _ new: [LuaValue], _ path: String, _ lines: inout [String]) {
        if let left = named(old), let right = named(new) {
            var order = left.map(\.name)
            for item in right where !order.contains(item.name) { order.append(item.name) }
            for name in order {
                compare(
                    left.first { $0.name == name }?.value ?? .nil, right.first { $0.name == name }?.value ?? .nil,
                    path: "\(path)[\(name)]", &lines)
            }
            return
        }
        for position in 0..<max(old.count, new.count) {
            compare(
                position < old.count ? old[position] : .nil, position < new.count ? new[position] : .nil,
                path: "\(path)[\(position)]", &lines)
        }
    }

    private static func isList(_ value: LuaValue) -> Bool {
        if case .list = value { true } else { false }
    }

    private static func index(_ table: LuaTable) -> [String: LuaValue] {
        Dictionary(table.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private static func named(_ items: [LuaValue]) -> [(name: String, value: LuaValue)]? {
        var result: [(name: String, value: LuaValue)] = []
        for item in items {
            guard let name = item["name"].stringValue, !result.contains(where: { $0.name == name }) else { return nil }
            result.append((name, item))
        }
        return result
    }

    // 1 and 1.0 are one number, and an empty table or list says no more than an absent one.
    private static func isSame(_ old: LuaValue, _ new: LuaValue) -> Bool {
        if isNothing(old) && isNothing(new) { return true }
        if let a = old.numberValue, let b = new.numberValue { return a == b }
        switch (old, new) {
        case (.string(let a), .string(let b)): return a == b
        case (.boolean(let a), .boolean(let b)): return a == b
        default: return false
        }
    }

    private static func isNothing(_ value: LuaValue) -> Bool {
        switch value {
        case .nil, .null: true
        case .list(let items): items.isEmpty
        case .table(let table): table.entries.allSatisfy { isNothing($0.value) }
        default: false
        }
    }
}
