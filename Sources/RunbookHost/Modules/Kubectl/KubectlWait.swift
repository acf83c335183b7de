import RunbookLua
import RunbookSpec

/// `kubectl.wait`.
enum KubectlWait {
    static let functions = [wait]

    private static let wait = ModuleFunction(
        FunctionSpec(
            "wait", summary: "Wait until objects meet a condition",
            details: "Give `condition` or `jsonpath`. A preview does not wait for what it only planned.", effect: .read,
            parameters: [
                KubectlOptions.resource, KubectlOptions.name, KubectlOptions.selector,
                ParameterSpec("condition", .string, "the condition, such as `Available` or `Ready=false`"),
                ParameterSpec("jsonpath", .string, "a path and its value, such as `{.status.phase}=Running`"),
                KubectlOptions.namespace, KubectlOptions.timeout("2m"), KubectlOptions.check, KubectlOptions.args,
            ], returns: ReturnSpec(.boolean, "true; false with `check = false` when it was not met in time"),
            examples: [
                ExampleSpec(
                    "kubectl.wait { resource = \"deployment/backend\", condition = \"Available\", timeout = \"1s\", check = false }"
                )
            ])
    ) { arguments, call in
        guard arguments.has("condition") != arguments.has("jsonpath") else {
            throw RunbookError(.argument, "`kubectl.wait` needs one of `condition` and `jsonpath`")
        }
        let condition =
            arguments.optionalString("condition").map { "condition=\($0)" }
            ?? "jsonpath=\(arguments.string("jsonpath"))"
        return try await wait(arguments, call, condition: condition, fallback: .seconds(120))
    }

    static func wait(
        _ arguments: Arguments, _ call: CallContext, condition: String, fallback: Duration
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        // In a preview what is waited for was not made.
        if call.isPreview, call.run.plan.lastNumber > 0 { return true }
        let limit = arguments.duration("timeout") ?? fallback
        var verb = ["wait"] + (try kubectl.target(arguments))
        if let selector = arguments.optionalString("selector") { verb += ["--selector", selector] }
        verb += ["--for", condition, "--timeout", "\(max(1, limit.milliseconds / 1000))s"]
        let command = Kubectl.command(kubectl.argv(verb), timeout: limit + .seconds(15))
        let result = try await call.world.read(command)
        if result.succeeded { return true }
        let kind = KubeFailure.of(result.errorText)
        if condition == "delete", kind == .notFound { return true }
        if !arguments.boolean("check", default: true), kind == .timedOut || kind == .notFound { return false }
        throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
    }
}
