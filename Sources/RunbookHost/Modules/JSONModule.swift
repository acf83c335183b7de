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
            try MixedTable.refuse(table, path, of: "json.encode")
            for entry in table.entries { try refuse(entry.value, "\(path).\(Arguments.plain(entry.key) ?? "")") }
        default: break
        }
    }
}
