import RunbookLua
import RunbookSpec

/// `json`: read and write JSON.
enum JSONModule {
    static let module = LuaModule("json", summary: "Read and write JSON", [decode, encode])

    private static let decode = ModuleFunction(
        FunctionSpec(
            "decode", summary: "Read a JSON text",
            details: "A field that is `null` is absent; `null` in a list keeps its place.",
            effect: .pure, style: .positional, parameters: [.required("text", .string, "the JSON text")],
            returns: ReturnSpec(.any, "the value"),
            examples: [ExampleSpec("assert(json.decode('{\"a\": [1, 2]}').a[2] == 2)")])
    ) { arguments, _ in
        if case .bytes(let bytes) = arguments["text"] { return .json(bytes) }
        return .json(Array(arguments.string("text").utf8))
    }

    private static let encode = ModuleFunction(
        FunctionSpec(
            "encode", summary: "Write a value as JSON",
            details: """
                Keys are ascending; a table that was read from JSON or YAML keeps the order that it had there, and an empty list stays
                one. A secret is written as its mask. A function, a number that JSON has no form for, and a table that has items beside named
                fields, or a list with a hole, is an error that names the place.
                """, effect: .pure, style: .positional,
            parameters: [
                .required("value", .any, "the value"),
                ParameterSpec(
                    "options", .record([ParameterSpec("pretty", .boolean, default: "false", "over several lines")]),
                    "how to write it"),
            ], returns: ReturnSpec(.string, "the JSON text"),
            examples: [ExampleSpec("assert(json.encode({ a = { 1, 2 } }) == '{\"a\":[1,2]}')")])
    ) { arguments, _ in
        try refuse(arguments["value"], "value")
        return .string(
            JSONText.encode(arguments["value"], pretty: arguments.record("options")?.boolean("pretty") ?? false))
    }

    /// Refuses what would be written as something else.
    private static func refuse(_ value: LuaValue, _ path: String) throws {
        switch value {
        case .function:
            throw RunbookError(.argument, "`json.encode`: \(path) is a function, which JSON has no form for")
        case .number(let number) where !number.isFinite:
            throw RunbookError(.argument, "`json.encode`: \(path) is \(number), which JSON has no form for")
        case .list(let items):
            for (index, item) in items.enumerated() { try refuse(item, "\(path)[\(index + 1)]") }
        case .table(let table):
            try Mixture.refuse(table, path, of: "json.encode")
            for entry in table.entries { try refuse(entry.value, "\(path).\(Arguments.plain(entry.key) ?? "")") }
        default: break
        }
    }
}

/// Tables that are neither a list nor a table of names.
enum Mixture {
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
