import RunbookLua
import RunbookSpec

/// `kubectl.delete` and `wait_for_absence`.
enum KubectlDelete {
    static let functions = [delete, absence]

    private static let delete = ModuleFunction(
        FunctionSpec(
            "delete", summary: "Delete objects, and wait until they are gone",
            details: """
                Give `resource` (with `name` or `selector`), or a manifest. What was deleted can be created again as it was,
                except namespaces, volumes and what a controller makes anew by itself.
                """, effect: .write,
            parameters: [
                ParameterSpec("resource", .string, "the kind, or one object such as `deployment/backend`"),
                ParameterSpec("name", .either([.string, .list(.string)]), "the object's name, or several"),
                KubectlOptions.selector,
            ] + Manifest.parameters + [
                KubectlOptions.namespace,
                ParameterSpec("missing_ok", .boolean, default: "true", "an object that is not there is no error"),
                ParameterSpec("wait", .boolean, default: "true", "wait until the objects are gone"),
                ParameterSpec("grace", .duration, "how long pods may take to end"),
                ParameterSpec("force", .boolean, default: "false", "remove pods without waiting for their node"),
                KubectlOptions.timeout("2m"), KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([.required("deleted", .list(.string), "what was deleted, such as `deployment/backend`")])),
            examples: [ExampleSpec("kubectl.delete { resource = \"deployment/backend\", namespace = \"shop\" }")])
    ) { arguments, call in
        let (selection, manifest) = try await selection(arguments, call)
        let kubectl: Kubectl
        if let manifest {
            try ClusterFence.check(manifest.objects, call.run.header.allow)
            kubectl = try await KubectlApply.scoped(manifest, arguments, call)
        } else {
            kubectl = try await Kubectl(arguments, call)
        }
        let found = try await call.prepare {
            try await SavedObject.read(selection, input: manifest?.input, kubectl, in: call.world)
        }
        // What a preview makes first is there by then.
        let isPlanned =
            call.isPreview && found?.isEmpty != false && selection[0].contains("/")
            && PlannedObject.maker(arguments, kubectl, call) != nil
        let names =
            isPlanned
            ? [ResourceNames.object(selection[0])] : (found ?? []).compactMap(ManifestObject.init).map(\.display)
        if !isPlanned, found?.isEmpty == true, arguments.boolean("missing_ok", default: true) {
            return ["deleted": .list([])]
        }

        let limit = arguments.duration("timeout") ?? .seconds(120)
        var verb = ["delete"] + selection + ["--timeout", "\(max(1, limit.milliseconds / 1000))s"]
        if arguments.boolean("missing_ok", default: true) { verb.append("--ignore-not-found") }
        if !arguments.boolean("wait", default: true) { verb.append("--wait=false") }
        if let grace = arguments.duration("grace") { verb += ["--grace-period", String(grace.milliseconds / 1000)] }
        if arguments.boolean("force") { verb.append("--force") }

        let titles = names.isEmpty ? [selection.filter { $0 != "--filename" }.joined(separator: " ")] : names
        let isOne = names.count == 1
        let change = Change(
            .delete, isOne ? String(names[0].prefix { $0 != "/" }) : "objects",
            isOne ? "\(kubectl.namespace)/\(names[0].drop { $0 != "/" }.dropFirst())" : titles.joined(separator: ", "),
            isIdempotent: arguments.boolean("missing_ok", default: true), capability: "kubectl",
            namespace: kubectl.namespace, inverse: { _ in found.flatMap { inverse($0, kubectl) } },
            difference: { _ in
                found == nil
                    ? Difference(unknown: "the cluster was not asked")
                    : Difference(lines: isOne ? [] : names.map { "- \($0)" })
            },
            serverDryRun: Kubectl.command(
                kubectl.argv(verb + ["--dry-run=server"]), input: manifest?.input, timeout: limit + .seconds(15)))
        let command = Kubectl.command(
            kubectl.argv(verb), input: manifest?.input, timeout: limit + .seconds(15), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return ["deleted": .list(names.map { .string($0) })]
    }

    private static func selection(_ arguments: Arguments, _ call: CallContext) async throws -> ([String], Manifest?) {
        if ["text", "file", "manifest"].contains(where: arguments.has) {
            if arguments.has("resource") || arguments.has("selector") {
                throw RunbookError(.argument, "`kubectl.delete` takes a manifest or `resource`, not both")
            }
            let manifest = try await Manifest.read(arguments, call)
            return (manifest.arguments, manifest)
        }
        guard arguments.has("resource") else {
            throw RunbookError(.argument, "`kubectl.delete` needs `resource`, or one of `text`, `file` and `manifest`")
        }
        let resource = try Kubectl.plainName(arguments.string("resource"), "resource", of: call)
        let names = try arguments.strings("name").map { try Kubectl.plainName($0, "name", of: call) }
        if let selector = arguments.optionalString("selector") { return ([resource, "--selector", selector], nil) }
        guard resource.contains("/") || !names.isEmpty else {
            throw RunbookError(
                .argument, "`kubectl.delete`: `resource` is \"\(resource)\", which names no object",
                remedy: "write it as \"\(resource)/NAME\", or give `name` or `selector`")
        }
        if names.count == 1 { return (["\(resource)/\(names[0])"], nil) }
        return ([resource] + names, nil)
    }

    // A namespace or a volume would come back empty, a pod or a replica set of a controller comes back by itself.
    private static func inverse(_ found: [LuaValue], _ kubectl: Kubectl) -> Inverse? {
        let restored = found.filter { object in
            !["Namespace", "PersistentVolumeClaim", "PersistentVolume", "Node", "Event"].contains(
                object["kind"].stringValue)
                && object.at("metadata", "ownerReferences") == nil
        }
        guard !restored.isEmpty else { return nil }
        let names = restored.compactMap(ManifestObject.init)
        let text = SavedObject.text(restored)
        return Inverse(
            "kubectl create " + names.map(\.display).joined(separator: " ") + " as before",
            commands: [
                InverseCommand(
                    kubectl.argv(["create", "--filename", "-"], extra: []), input: text, timeout: 60,
                    doneWhen: "(AlreadyExists)")
            ] + SavedObject.lastApplied(of: restored, kubectl),
            isTransient: names.contains(where: \.isSecret) || kubectl.call.run.vault.redactor.redact(text) != text)
    }

    private static let absence = ModuleFunction(
        FunctionSpec(
            "wait_for_absence", summary: "Wait until objects are gone",
            details: "A preview does not wait for what it only planned.", effect: .read,
            parameters: [
                KubectlOptions.resource, KubectlOptions.name, KubectlOptions.selector, KubectlOptions.namespace,
                KubectlOptions.timeout("2m"), KubectlOptions.check,
            ], returns: ReturnSpec(.boolean, "true; false with `check = false` when they are still there"),
            examples: [
                ExampleSpec(
                    "kubectl.wait_for_absence { resource = \"namespace/old-shop\", timeout = \"1s\", check = false }")
            ])
    ) { arguments, call in
        try await KubectlWait.wait(arguments, call, condition: "delete", fallback: .seconds(120))
    }
}
