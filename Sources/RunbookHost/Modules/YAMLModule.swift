import RunbookLua
import RunbookSpec

/// `yaml`: read and write YAML.
enum YAMLModule {
    static let module = LuaModule("yaml", summary: "Read and write YAML", [decode, decodeAll, encode, encodeAll])

    private static let text = ParameterSpec.required("text", .string, "the YAML text")

    private static let decode = ModuleFunction(
        FunctionSpec(
            "decode", summary: "Read a YAML text of one document",
            details:
                """
                Types are those of YAML 1.2: `yes`, `on` and dates are texts. So are digits with a leading zero, which 1.2 reads as
                decimal and kubectl as octal. Anchors, aliases and `<<` are followed, as far as they stand for no more than 100,000
                values. Tags never make anything but plain data. A table is written again in the order in which it was read.
                """,
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
            "encode", summary: "Write a value as YAML", details: order, effect: .pure, style: .positional,
            parameters: [.required("value", .any, "the value")],
            returns: ReturnSpec(.string), examples: [ExampleSpec("assert(yaml.encode({ a = 1 }) == \"a: 1\\n\")")])
    ) { arguments, _ in
        try MixedTable.refuse(in: arguments["value"], "value", of: "yaml.encode")
        return .string(try YAMLText.encode([arguments["value"]]))
    }

    private static let encodeAll = ModuleFunction(
        FunctionSpec(
            "encode_all", summary: "Write values as the documents of one YAML stream", details: order, effect: .pure,
            style: .positional, parameters: [.required("values", .list(.any), "the values, in order")],
            returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(#yaml.decode_all(yaml.encode_all({ { a = 1 }, { b = 2 } })) == 2)")])
    ) { arguments, _ in
        let values = arguments["values"].listValue ?? []
        try MixedTable.refuse(in: .list(values), "values", of: "yaml.encode_all")
        return .string(values.isEmpty ? "" : try YAMLText.encode(values))
    }

    private static let order =
        "Keys are ascending; a table that was read from YAML or JSON keeps the order that it had there. A secret is written as its mask."
}
