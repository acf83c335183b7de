import RunbookLua
import RunbookSecrets

/// Objects as they were before a write, and what brings them back.
enum SavedObject {
    /// Where a client-side apply keeps what it was given.
    static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// Reads objects with nothing masked: what is put back must be what was there.
    ///
    /// - Throws: `RunbookError` for a cluster that cannot be used.
    static func read(
        _ selection: [String], input: SensitiveText? = nil, _ kubectl: Kubectl, in world: any World
    ) async throws -> [LuaValue] {
        let argv = kubectl.argv(["get"] + selection + ["--ignore-not-found", "--output", "json"], extra: [])
        let command = Kubectl.command(argv, input: input, secretOutput: SecretObjects.vaultName)
        let result = try await world.read(command)
        if !result.succeeded {
            let error = KubeFailure.error(command, result, redactor: kubectl.call.run.vault.redactor)
            switch KubeFailure.of(result.errorText) {
            case .notFound, .namespaceMissing, .noSuchKind: return []
            default: throw error
            }
        }
        guard let value = try SecretObjects.document(result, kubectl.call.run.vault) else { return [] }
        guard let items = value["items"].listValue, value["kind"].stringValue?.hasSuffix("List") == true else {
            return [value]
        }
        return items
    }

    /// An object without what the server fills in.
    static func cleaned(_ object: LuaValue) -> LuaValue {
        var metadata = object["metadata"]
        for field in [
            "managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink",
            "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            metadata = metadata.setting(field, nil)
        }
        return object.setting("status", nil).setting("metadata", metadata)
    }

    /// The text that puts objects back.
    static func text(_ objects: [LuaValue]) -> String {
        objects.map { JSONText.encode(cleaned($0), pretty: false) }.joined(separator: "\n---\n") + "\n"
    }

    /// What takes a write to objects back: those that were there are put back, the others removed.
    static func inverse(
        before: [LuaValue], touched: [ManifestObject], _ kubectl: Kubectl
    ) -> Inverse {
        let present = before.compactMap(ManifestObject.init)
        func isSame(_ a: ManifestObject, _ b: ManifestObject) -> Bool {
            a.kind == b.kind && a.name == b.name
                && (a.namespace ?? kubectl.namespace) == (b.namespace ?? kubectl.namespace)
        }
        var commands: [InverseCommand] = []
        // Newest first, as they may depend on each other.
        for object in touched.reversed() where !present.contains(where: { isSame($0, object) }) {
            let argv = kubectl.inNamespace(object.namespace ?? kubectl.namespace).argv(
                ["delete", object.argument, "--ignore-not-found", "--timeout", "60s"], extra: [])
            commands.append(InverseCommand(argv, timeout: 75))
        }
        var isTransient = false
        if !before.isEmpty {
            let text = text(before)
            commands.append(
                InverseCommand(kubectl.argv(["replace", "--filename", "-"], extra: []), input: text, timeout: 60))
            commands += lastApplied(of: before, kubectl)
            isTransient = present.contains(where: \.isSecret) || kubectl.call.run.vault.redactor.redact(text) != text
        }
        let summary =
            before.isEmpty
            ? "kubectl delete " + touched.map(\.display).joined(separator: " ")
            : "kubectl replace " + present.map(\.display).joined(separator: " ") + " as before"
        return Inverse(
            summary, commands: commands, guards: touched.prefix(20).map { guardian($0, kubectl) },
            isTransient: isTransient)
    }

    /// Puts back what a client-side apply had kept: `create` and `replace` write the whole object there, and the next apply
    /// of its owner would then take away what only the server had filled in.
    static func lastApplied(of objects: [LuaValue], _ kubectl: Kubectl) -> [InverseCommand] {
        objects.compactMap { object in
            guard let named = ManifestObject(object),
                let text = object.at("metadata", "annotations")?[lastApplied].stringValue
            else { return nil }
            let patch: LuaValue = [
                "metadata": ["annotations": .table(LuaTable([(.string(lastApplied), .string(text))]))]
            ]
            let argv = kubectl.inNamespace(named.namespace ?? kubectl.namespace).argv(
                ["patch", named.argument, "--type", "merge", "--patch-file", "/dev/stdin"], extra: [])
            return InverseCommand(argv, input: JSONText.encode(patch, pretty: false), timeout: 60)
        }
    }

    /// Sees to it that an object is as the write left it.
    static func guardian(_ object: ManifestObject, _ kubectl: Kubectl) -> InverseGuard {
        guardian(
            object.argument, kind: object.kind.lowercased(),
            kubectl.inNamespace(object.namespace ?? kubectl.namespace))
    }

    /// The same for an object as `kind/name`.
    static func guardian(_ object: String, kind: String, _ kubectl: Kubectl) -> InverseGuard {
        let path =
            counted.contains(kind)
            ? "{.metadata.generation}" : specified.contains(kind) ? "{.spec}" : "{.metadata.resourceVersion}"
        return InverseGuard(
            kubectl.argv(["get", object, "--ignore-not-found", "--output", "jsonpath=\(path)"], extra: []),
            complaint: "\(object) was changed since")
    }

    // The number that rises with each change of the spec; where a kind has none, its version does when it has no status.
    private static let counted: Set<String> = [
        "deployment", "statefulset", "daemonset", "replicaset", "ingress", "networkpolicy", "poddisruptionbudget",
        "cronjob", "job", "customresourcedefinition", "pod",
    ]
    private static let specified: Set<String> = [
        "service", "horizontalpodautoscaler", "node", "namespace", "persistentvolumeclaim", "persistentvolume",
    ]
}
