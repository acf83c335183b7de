import RunbookLua
import RunbookSpec

/// `kubectl.set_resources`, `set_service_account` and `set_selector`: single parts of an object.
enum KubectlSetParts {
    static let functions = [resources, serviceAccount, selector]

    private static let common = [
        KubectlOptions.namespace, KubectlOptions.timeout("60s"), KubectlOptions.args,
    ]

    private static let resources = ModuleFunction(
        FunctionSpec(
            "set_resources", summary: "Change what the containers of a workload ask for and may use",
            details: "Each of `requests` and `limits` that is given replaces the ones before.", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                ParameterSpec("requests", .map(.string), "what it asks for, such as `{ cpu = \"100m\" }`"),
                ParameterSpec("limits", .map(.string), "what it may use, such as `{ memory = \"256Mi\" }`"),
                ParameterSpec("container", .string, "the container; all when left out"),
            ] + common,
            examples: [
                ExampleSpec(
                    "kubectl.set_resources { resource = \"deployment/backend\", container = \"app\", limits = { memory = \"256Mi\" } }"
                )
            ])
    ) { arguments, call in
        func list(_ name: String) -> [String] {
            let pairs = arguments.map(name).map { "\($0.name)=\($0.value)" }
            return pairs.isEmpty ? [] : ["--\(name)", pairs.joined(separator: ",")]
        }
        let parts = list("requests") + list("limits")
        guard !parts.isEmpty else {
            throw RunbookError(.argument, "`kubectl.set_resources` needs `requests` or `limits`")
        }
        let container = arguments.optionalString("container").map { ["--containers", $0] } ?? []
        return try await write("resources", parts + container, arguments, call)
    }

    private static let serviceAccount = ModuleFunction(
        FunctionSpec(
            "set_service_account", summary: "Change who a workload's pods are in the cluster", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                .required("service_account", .string, "the service account"),
            ] + common,
            examples: [
                ExampleSpec(
                    "kubectl.set_service_account { resource = \"deployment/backend\", service_account = \"backend\" }")
            ])
    ) { arguments, call in
        let account = try Kubectl.plainName(arguments.string("service_account"), "service_account", of: call)
        return try await write("serviceaccount", [account], arguments, call)
    }

    private static let selector = ModuleFunction(
        FunctionSpec(
            "set_selector", summary: "Change which pods a Service sends to",
            details: "Such as from `version=blue` to `version=green`. The whole selector is replaced.", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                .required("labels", .map(.string), "the labels that the pods must have"),
            ] + common,
            examples: [
                ExampleSpec(
                    "kubectl.set_selector { resource = \"service/backend\", labels = { app = \"backend\", version = \"green\" } }"
                )
            ])
    ) { arguments, call in
        let labels = arguments.map("labels").map { "\($0.name)=\($0.value)" }
        guard !labels.isEmpty else { throw RunbookError(.argument, "`kubectl.set_selector`: `labels` is empty") }
        return try await write("selector", [labels.joined(separator: ",")], arguments, call)
    }

    /// Sets a part; what differs is what kubectl's own dry run gives.
    private static func write(
        _ part: String, _ words: [String], _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let verb = ["set", part, object] + words
        let before = try await call.prepare { try await SavedObject.read([object], kubectl, in: call.world) }
        if let before, before.isEmpty {
            throw RunbookError(
                .command, "\(ResourceNames.object(object)) is not in the namespace \(kubectl.namespace)")
        }
        let old = before?.first
        let name = ResourceNames.object(object)
        let dryRun = Kubectl.command(kubectl.argv(verb + ["--dry-run=server"]))
        let look = Kubectl.command(kubectl.argv(verb + ["--dry-run=server", "--output", "json"]))
        let change = Change(
            .modify, String(name.prefix { $0 != "/" }), "\(kubectl.namespace)/\(name.drop { $0 != "/" }.dropFirst())",
            summary: "set \(part)", isIdempotent: true, capability: "kubectl", namespace: kubectl.namespace,
            inverse: { _ in
                old.flatMap(ManifestObject.init).map {
                    SavedObject.inverse(before: before ?? [], touched: [$0], kubectl)
                }
            },
            difference: { world in
                guard let old else { return Difference(unknown: "what the object has now was not read") }
                let result = try await world.read(look)
                // It exits 0 with nothing printed when nothing would change.
                guard result.succeeded, let new = JSONReading.value(result.stdout) else {
                    return Difference(isEmpty: result.succeeded)
                }
                let lines = FieldDifference.lines(from: SavedObject.cleaned(old), to: SavedObject.cleaned(new))
                return Difference(isEmpty: lines.isEmpty, lines: lines)
            }, serverDryRun: dryRun)
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return .nil
    }
}
