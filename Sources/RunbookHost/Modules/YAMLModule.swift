import RunbookLua
import RunbookSpec

/// `yaml`: read and write YAML.
enum YAMLModule {
    static let module = LuaModule("yaml", summary: "Read and write YAML", [decode, decodeAll, encode])

    private static let text = ParameterSpec.required("text", .string, "the YAML text")

    private static let decode = ModuleFunction(
        FunctionSpec(
            "decode", summary: "Read a YAML text of one document",
            details:
                "Types are those of YAML 1.2: `yes`, `on` and dates are texts. Tags never make anything but plain data.",
            effect: .pure, style: .positional, parameters: [text], returns: ReturnSpec(.any),
            examples: [ExampleSpec("assert(yaml.decode(\"a: [1, 2]\").a[2] == 2)")])
    ) { arguments, _ in
        let documents = try YAMLText.decodeAll(arguments.string("text"))
        guard documents.count <= 1 else {
            throw RunbookError(
                .argument, "`yaml.decode`: the text has \(documents.count) documents; use yaml.decode_all")
        }
        return documents.first ?? .nil
    }

    private static let decodeAll = ModuleFunction(
        FunctionSpec(
            "decode_all", summary: "Read every document of a YAML stream, in order", effect: .pure, style: .positional,
            parameters: [text], returns: ReturnSpec(.list(.any)),
            examples: [ExampleSpec("assert(#yaml.decode_all(\"a: 1\\n---\\nb: 2\\n\") == 2)")])
    ) { arguments, _ in .list(try YAMLText.decodeAll(arguments.string("text"))) }

    private static let encode = ModuleFunction(
        FunctionSpec(
            "encode", summary: "Write a value as YAML", details: "Keys are ascending. A secret is written as its mask.",
            effect: .pure, style: .positional, parameters: [.required("value", .any, "the value")],
            returns: ReturnSpec(.string), examples: [ExampleSpec("assert(yaml.encode({ a = 1 }) == \"a: 1\\n\")")])
    ) { arguments, _ in .string(try YAMLText.encode([arguments["value"]])) }
}
