import RunbookLua

/// Tables that are neither a list nor a table of names.
enum MixedTable {
    /// Refuses a table whose items would be written as fields named `1`, `2` and so on, which nobody means.
    ///
    /// A table of numbers alone that does not begin at 1, such as one by exit code, is a table of names.
    static func refuse(_ table: LuaTable, _ path: String, of function: String) throws {
        var items: Set<Int64> = []
        var name: String?
        for entry in table.entries {
            if case .integer(let index) = entry.key {
                items.insert(index)
            } else if name == nil {
                name = Arguments.plain(entry.key)
            }
        }
        guard items.contains(1) else { return }
        if let name {
            throw RunbookError(
                .argument,
                "`\(function)`: \(path) has items and the key `\(name)`, and can be written as one of both only",
                remedy: "give the items a name: { items = { … }, \(name) = … }")
        }
        let hole = (1...).lazy.map { Int64($0) }.first { !items.contains($0) } ?? 1
        throw RunbookError(
            .argument, "`\(function)`: \(path) is a list without an item \(hole), and one \(items.max() ?? hole)",
            remedy: "a nil ends a list in Lua: leave the item out, or use false or \"\"")
    }

    /// Looks for such a table at any depth.
    static func refuse(in value: LuaValue, _ path: String, of function: String) throws {
        switch value {
        case .list(let items):
            for (index, item) in items.enumerated() { try refuse(in: item, "\(path)[\(index + 1)]", of: function) }
        case .table(let table):
            try refuse(table, path, of: function)
            for entry in table.entries {
                try refuse(in: entry.value, "\(path).\(Arguments.plain(entry.key) ?? "")", of: function)
            }
        default: break
        }
    }
}
