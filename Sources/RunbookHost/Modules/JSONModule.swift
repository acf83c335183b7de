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
            details: "Keys are ascending. A secret is written as its mask.", effect: .pure, style: .positional,
            parameters: [
                .required("value", .any, "the value"),
                ParameterSpec(
                    "options", .record([ParameterSpec("pretty", .boolean, default: "false", "over several lines")]),
                    "how to write it"),
            ], returns: ReturnSpec(.string, "the JSON text"),
            examples: [ExampleSpec("assert(json.encode({ a = { 1, 2 } }) == '{\"a\":[1,2]}')")])
    ) { arguments, _ in
        .string(JSONText.encode(arguments["value"], pretty: arguments.record("options")?.boolean("pretty") ?? false))
    }
}
