import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.get`, `list` and `describe`: look at objects.
enum KubectlGet {
    static let functions = [get, list, describe]

    private static let names = ParameterSpec(
        "name", .either([.string, .list(.string)]), "the object's name, or several, where `resource` is a kind only")
    private static let missing = ParameterSpec(
        "missing_ok", .boolean, default: "false", "an object that is not there is nil, not an error")
    private static let selection = [
        KubectlOptions.resource, names, KubectlOptions.namespace, KubectlOptions.allNamespaces, KubectlOptions.selector,
        KubectlOptions.fieldSelector, KubectlOptions.context, KubectlOptions.timeout("60s"), KubectlOptions.args,
    ]

    private static let get = ModuleFunction(
        FunctionSpec(
            "get", summary: "Get objects as a table",
            details: """
                One named object is that object, everything else a `List` with `items`. With `template` (a Go template) the
                result is the text that it gives. With `check = false` the result is `{ status, stdout, stderr, value }`, and
                `value` holds what could be read even where the exit code is not 0. The values of a Secret come as secrets.
                """,
            effect: .read,
            parameters: selection + [
                ParameterSpec("template", .string, "a Go template for the text that is wanted instead of the table"),
                missing, KubectlOptions.check,
            ], returns: ReturnSpec(.any, "the object, the list of objects or the text"),
            examples: [
                ExampleSpec("local backend = kubectl.get { resource = \"deployment/backend\", namespace = \"shop\" }")
            ])
    ) { arguments, call in
        if let unknown = try await planned(arguments, call) { return unknown }
        let result = try await run(arguments, call)
        let isChecked = arguments.boolean("check", default: true)
        let value = try value(of: result, arguments, call)
        guard isChecked else { return answer(result, value) }
        return value
    }

    private static let list = ModuleFunction(
        FunctionSpec(
            "list", summary: "List objects", details: "The `items` of what `kubectl.get` gives.", effect: .read,
            parameters: selection, returns: ReturnSpec(.list(.any), "the objects"),
            examples: [
                ExampleSpec(
                    "for _, pod in ipairs(kubectl.list { resource = \"pods\" }) do print(pod.metadata.name) end")
            ])
    ) { arguments, call in
        if let unknown = try await planned(arguments, call) { return unknown }
        let result = try await run(arguments, call)
        if SecretObjects.areNamed(by: arguments.string("resource")) {
            let value = try value(of: result, arguments, call)
            return value["items"].isNil ? (value.isNil ? [] : [value]) : value["items"]
        }
        if let items = JSONReading.slice(of: "items", in: result.stdout) { return .json(Array(items)) }
        return result.stdout.isEmpty ? .list([]) : .list([.json(result.stdout)])
    }

    private static let describe = ModuleFunction(
        FunctionSpec(
            "describe", summary: "Describe objects in prose, as a person reads it", effect: .read,
            parameters: [
                KubectlOptions.resource, names, KubectlOptions.namespace, KubectlOptions.selector,
                KubectlOptions.context,
                KubectlOptions.timeout("60s"), KubectlOptions.args,
            ], returns: ReturnSpec(.string, "the text"),
            examples: [ExampleSpec("print(kubectl.describe { resource = \"pod/backend-1\", namespace = \"shop\" })")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let verb = ["describe"] + (try kubectl.target(arguments)) + filters(arguments)
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60))
        return .string(try await kubectl.read(command).text)
    }

    // MARK: Parts

    /// In a preview, the unknown that stands for objects that an earlier change of it would have made.
    private static func planned(_ arguments: Arguments, _ call: CallContext) async throws -> LuaValue? {
        guard call.isPreview, arguments.has("namespace"), !arguments.boolean("all_namespaces") else { return nil }
        let kubectl = try await Kubectl(arguments, call)
        guard let number = PlannedObject.maker(arguments, kubectl, call) else { return nil }
        return UnknownValue.make(call.function, from: number)
    }

    private static func run(_ arguments: Arguments, _ call: CallContext) async throws -> ProcessResult {
        let kubectl = try await Kubectl(arguments, call)
        let template = arguments.optionalString("template")
        var verb = ["get"] + (try kubectl.target(arguments)) + filters(arguments)
        if arguments.boolean("missing_ok") { verb.append("--ignore-not-found") }
        verb += ["--output", template.map { "go-template=\($0)" } ?? "json"]
        let command = Kubectl.command(
            kubectl.argv(verb, allNamespaces: arguments.boolean("all_namespaces")),
            timeout: arguments.duration("timeout") ?? .seconds(60),
            secretOutput: template == nil && SecretObjects.areNamed(by: arguments.string("resource"))
                ? SecretObjects.vaultName : nil)
        guard arguments.boolean("check", default: true) else { return try await call.world.read(command) }
        return try await kubectl.read(command)
    }

    private static func filters(_ arguments: Arguments) -> [String] {
        var filters: [String] = []
        if let selector = arguments.optionalString("selector") { filters += ["--selector", selector] }
        if let selector = arguments.optionalString("field_selector") { filters += ["--field-selector", selector] }
        return filters
    }

    private static func value(
        of result: ProcessResult, _ arguments: Arguments, _ call: CallContext
    ) throws -> LuaValue {
        let isSecret = SecretObjects.areNamed(by: arguments.string("resource")) && !arguments.has("template")
        if isSecret { return try SecretObjects.opaque(result, call.run.vault) }
        if arguments.has("template") {
            let isNothing = result.stdout.isEmpty && (arguments.boolean("missing_ok") || !result.succeeded)
            return isNothing ? .nil : .string(String(decoding: result.stdout, as: UTF8.self))
        }
        // A failing call may print half of what was asked for, or prose.
        guard let first = result.stdout.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") else { return .nil }
        return .json(result.stdout)
    }

    /// What a call with `check = false` gives.
    static func answer(_ result: ProcessResult, _ value: LuaValue) -> LuaValue {
        [
            "status": .integer(Int64(result.status)), "stdout": .string(String(decoding: result.stdout, as: UTF8.self)),
            "stderr": .string(result.errorText), "value": value,
        ]
    }
}
