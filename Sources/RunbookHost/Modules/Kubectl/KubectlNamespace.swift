import RunbookLua
import RunbookSpec

/// `kubectl.ensure_namespace`.
enum KubectlNamespace {
    static let functions = [ensure]

    private static let ensure = ModuleFunction(
        FunctionSpec(
            "ensure_namespace", summary: "Create a namespace unless it is there", effect: .write,
            parameters: [
                .required("name", .string, "the namespace"),
                ParameterSpec("labels", .map(.string), "labels of a namespace that is created"),
                KubectlOptions.timeout("30s"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("name", .string, "the namespace"),
                    .required("created", .boolean, "whether it was not there"),
                ])),
            examples: [ExampleSpec("kubectl.ensure_namespace { name = \"shop\" }")])
    ) { arguments, call in
        let name = try Kubectl.plainName(arguments.string("name"), "name", of: call)
        let kubectl = try await Kubectl(
            Arguments(
                function: arguments.function, values: arguments.values.merging(["namespace": .string(name)]) { $1 }),
            call)
        let phase = try await call.prepare { try await KubectlNamespace.phase(of: name, kubectl, in: call.world) }
        if phase == .some("Terminating") {
            throw RunbookError(
                .command, "the namespace \(name) is being deleted",
                remedy: "wait until it is gone: kubectl.wait_for_absence { resource = \"namespace/\(name)\" }")
        }
        let isPlanned = call.run.plan.maker(of: "namespace", name) != nil
        if isPlanned || phase.map({ $0 != nil }) ?? false { return ["name": .string(name), "created": false] }
        let labels = LuaValue.table(LuaTable(arguments.map("labels").map { (.string($0.name), .string($0.value)) }))
        let object: LuaValue = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name), "labels": labels],
        ]
        let manifest = try SensitiveJSON.encode(object)
        let verb = ["create", "--filename", "-"]
        let change = Change(
            .create, "namespace", name, isIdempotent: true, capability: "kubectl", namespace: name,
            inverse: { _ in inverse(name, kubectl) },
            difference: { _ in phase == nil ? Difference(unknown: "the cluster was not asked") : Difference() },
            serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"]), input: manifest),
            tookEffect: { world in try await KubectlNamespace.phase(of: name, kubectl, in: world) != nil })
        let command = Kubectl.command(
            kubectl.argv(verb), input: manifest, timeout: arguments.duration("timeout") ?? .seconds(30), isQuiet: false)
        do {
            _ = try await kubectl.write(command, change)
        } catch let error as RunbookError where KubeFailure.of(error.message) == .alreadyExists {
            // Another run was faster.
            return ["name": .string(name), "created": false]
        }
        return ["name": .string(name), "created": true]
    }

    /// The namespace's phase; nil when it is not there.
    static func phase(of name: String, _ kubectl: Kubectl, in world: any World) async throws -> String? {
        let command = Kubectl.command(
            kubectl.argv(
                [
                    "get", "namespace", name, "--ignore-not-found", "--output",
                    "jsonpath={.status.phase}/{.metadata.name}",
                ],
                extra: []))
        let result = try await world.read(command)
        guard result.succeeded else {
            throw KubeFailure.error(command, result, redactor: kubectl.call.run.vault.redactor)
        }
        guard !result.text.isEmpty else { return nil }
        return String(result.text.prefix { $0 != "/" })
    }

    private static func inverse(_ name: String, _ kubectl: Kubectl) -> Inverse {
        Inverse(
            "kubectl delete namespace \(name)", commands: [NamespaceRemoval.command(name, kubectl)],
            guards: [NamespaceRemoval.guardian(name, kubectl)])
    }
}
