import RunbookLua
import RunbookSpec

/// What a runbook says of itself in its first statement.
public struct RunbookHeader: Sendable {
    /// The name.
    public var name: String
    /// One line on what it does.
    public var description = ""
    /// The parameters, in the order of their names.
    public var parameters: [ParameterDeclaration] = []
    /// Tools with the versions that it needs, such as `>=3.12`.
    public var requires: [(tool: String, constraint: String)] = []
    /// Secrets that it uses.
    public var secrets: [SecretDeclaration] = []
    /// The lock's name, with `${params.x}` in it.
    public var lock: String?
    /// What to do when it fails.
    public var onFailure: RunOptions.OnFailure?
    /// The limit of the whole run.
    public var timeout: Duration?
    /// What it may do; nil: anything.
    public var allow: Capabilities?

    /// A header with a name only.
    init(name: String) {
        self.name = name
    }

    /// The description of the `runbook` call, which checks its fields.
    static let spec = FunctionSpec(
        "runbook", summary: "Say what this runbook is: the first statement of the file",
        details: """
            The call is read without running the body: `runbook show` and `runbook list` stop there. Parameters are
            checked before anything runs.
            """,
        effect: .pure,
        parameters: [
            ParameterSpec("name", .string, "the name; the file's name when it is left out"),
            ParameterSpec("description", .string, "one line on what the runbook does"),
            ParameterSpec("params", .map(.record(parameterFields)), "parameters by name"),
            ParameterSpec("requires", .map(.string), "tools with the versions needed: `{ helm = \">=3.12\" }`"),
            ParameterSpec(
                "secrets", .any, "names of secrets; `NAME = { optional = true }` for one that may be missing"),
            ParameterSpec("lock", .string, "a name that keeps two runs apart; `${params.x}` stands for a parameter"),
            ParameterSpec(
                "on_failure", .enumeration(["undo", "ask", "keep"]), "what to do with the writes of a failed run"),
            ParameterSpec("timeout", .duration, "the limit of the whole run"),
            ParameterSpec("allow", .map(.any), "capabilities: `{ kubectl = \"read\", namespaces = { \"shop\" } }`"),
        ],
        examples: [
            ExampleSpec(
                """
                runbook {
                  name = "restart",
                  description = "Restart a deployment",
                  params = { deployment = { type = "string", default = "backend", help = "deployment to restart" } },
                }
                """)
        ])

    private static let parameterFields: [ParameterSpec] = [
        ParameterSpec(
            "type", .enumeration(ParameterDeclaration.Kind.allCases.map(\.rawValue)), default: "\"string\"",
            "what it takes"),
        ParameterSpec("default", .any, "the value when none is given; without it the parameter is required"),
        ParameterSpec("optional", .boolean, default: "false", "true: it may be left out and is then nil"),
        ParameterSpec("values", .list(.string), "the words of an enum"),
        ParameterSpec("min", .number, "the least number"),
        ParameterSpec("max", .number, "the greatest number"),
        ParameterSpec("pattern", .string, "a regular expression for the whole text"),
        ParameterSpec("help", .string, "one line of help"),
    ]

    /// Reads a checked header.
    ///
    /// - Throws: `RunbookError` with code `usage`.
    init(_ arguments: Arguments, fileName: String) throws {
        name = arguments.optionalString("name") ?? fileName
        description = arguments.optionalString("description") ?? ""
        parameters = try (arguments["params"].tableValue?.fields ?? []).map { try Self.parameter($0.name, $0.value) }
        requires = arguments.map("requires").map { ($0.name, $0.value) }
        secrets = try SecretDeclaration.list(arguments["secrets"])
        lock = arguments.optionalString("lock")
        onFailure = arguments.optionalString("on_failure").flatMap(RunOptions.OnFailure.init(rawValue:))
        timeout = arguments.duration("timeout")
        allow = try arguments["allow"].tableValue.map { try Capabilities($0) }
        for requirement in requires where VersionConstraint(requirement.constraint) == nil {
            throw RunbookError(
                .usage,
                "`requires.\(requirement.tool)`: \"\(requirement.constraint)\" is no version constraint such as \">=3.12\""
            )
        }
    }

    private static func parameter(_ name: String, _ value: LuaValue) throws -> ParameterDeclaration {
        let arguments = Arguments(
            function: "runbook",
            values: Dictionary(
                (value.tableValue?.fields ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
        let declaration = ParameterDeclaration(
            name: name, kind: arguments.optionalString("type").flatMap(ParameterDeclaration.Kind.init) ?? .string,
            fallback: arguments["default"], isOptional: arguments.boolean("optional"),
            values: arguments.strings("values"), minimum: arguments.number("min"), maximum: arguments.number("max"),
            pattern: arguments.optionalString("pattern"), help: arguments.optionalString("help") ?? "")
        if declaration.kind == .enum && declaration.values.isEmpty {
            throw RunbookError(.usage, "parameter `\(name)` is an enum without `values`")
        }
        if !declaration.fallback.isNil {
            let parser = ParameterParser(declarations: [declaration], runbook: "", workingDirectory: "")
            do {
                try ArgumentCheck.check(declaration.fallback, declaration.type, "parameter `\(name)`: its default")
                try parser.check(declaration.fallback, declaration)
            } catch let error as RunbookError {
                throw RunbookError(
                    .usage,
                    error.message.replacing("parameter `\(name)`: \"", with: "parameter `\(name)`: its default \""))
            }
        }
        return declaration
    }
}

extension ParameterDeclaration {
    /// The type of its values in Lua.
    var type: ValueType {
        switch kind {
        case .string, .path: .string
        case .enum: .string
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .list: .list(.string)
        case .duration: .duration
        case .size: .size
        }
    }
}
