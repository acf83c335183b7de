import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.apply`, `create`, `replace` and `diff`: make objects as a manifest says.
enum KubectlApply {
    static let functions = [apply, create, replace, diff]

    private static let result = ReturnSpec(
        .record([
            .required("changed", .boolean, "whether something was not as the manifest says"),
            .required(
                "objects",
                .list(
                    .record([
                        .required("kind", .string, "the kind, in lower case"), .required("name", .string, "the name"),
                        .required("result", .string, "created, configured, unchanged, …"),
                    ])), "what became of each object"),
        ]))

    private static let apply = ModuleFunction(
        FunctionSpec(
            "apply", summary: "Make objects as a manifest says, and leave the others alone",
            details: """
                A manifest that holds a Secret is applied on the server's side, since kubectl's own way would keep a copy of
                the values in an annotation. A preview shows `kubectl diff`.
                """, effect: .write,
            parameters: Manifest.parameters + [
                KubectlOptions.namespace,
                ParameterSpec("server_side", .boolean, default: "false", "let the server merge, with managed fields"),
                KubectlOptions.force,
                ParameterSpec(
                    "field_manager", .string, default: "\"runbook\"", "who manages the fields, on the server's side"),
                ParameterSpec("validate", .boolean, default: "true", "refuse unknown fields"),
                KubectlOptions.timeout("2m"), KubectlOptions.args,
            ], returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.apply { namespace = \"shop\", manifest = { apiVersion = \"v1\", kind = \"ConfigMap\", metadata = { name = \"flags\" }, data = { dark = \"on\" } } }"
                )
            ])
    ) { arguments, call in
        let manifest = try await Manifest.read(arguments, call)
        let isServerSide =
            arguments.boolean("server_side") || arguments.boolean("force_conflicts") || manifest.holdsSecret
        var verb = ["apply"] + manifest.arguments
        if isServerSide {
            verb += ["--server-side", "--field-manager", arguments.optionalString("field_manager") ?? "runbook"]
        }
        if arguments.boolean("force_conflicts") { verb.append("--force-conflicts") }
        if !arguments.boolean("validate", default: true) { verb.append("--validate=ignore") }
        return try await perform(manifest, verb, arguments, call)
    }

    private static let create = ModuleFunction(
        FunctionSpec(
            "create", summary: "Create the objects of a manifest, which must not be there yet", effect: .write,
            parameters: Manifest.parameters + [
                KubectlOptions.namespace, KubectlOptions.timeout("2m"), KubectlOptions.args,
            ],
            returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.create { manifest = { apiVersion = \"v1\", kind = \"ConfigMap\", metadata = { name = \"once\" } } }"
                )
            ])
    ) { arguments, call in
        let manifest = try await Manifest.read(arguments, call)
        return try await perform(manifest, ["create"] + manifest.arguments, arguments, call)
    }

    private static let replace = ModuleFunction(
        FunctionSpec(
            "replace", summary: "Put the objects of a manifest in the place of those that are there", effect: .write,
            parameters: Manifest.parameters + [
                KubectlOptions.namespace, KubectlOptions.timeout("2m"), KubectlOptions.args,
            ],
            returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.replace { manifest = { apiVersion = \"v1\", kind = \"ConfigMap\", metadata = { name = \"flags\" }, data = { dark = \"off\" } } }"
                )
            ])
    ) { arguments, call in
        let manifest = try await Manifest.read(arguments, call)
        return try await perform(manifest, ["replace"] + manifest.arguments, arguments, call)
    }

    private static let diff = ModuleFunction(
        FunctionSpec(
            "diff", summary: "Compare a manifest with what is in the cluster", effect: .read,
            parameters: Manifest.parameters + [
                KubectlOptions.namespace, ParameterSpec("server_side", .boolean, default: "false", "as apply would"),
                KubectlOptions.context, KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("changed", .boolean, "whether there is a difference"),
                    .required("lines", .list(.string), "the difference, object by object"),
                ])),
            examples: [
                ExampleSpec(
                    "if kubectl.diff { file = \"manifests\" }.changed then log(\"the cluster has drifted\") end")
            ])
    ) { arguments, call in
        let manifest = try await Manifest.read(arguments, call)
        // kubectl answers an empty manifest with exit code 0, as if nothing differed.
        if manifest.objects.isEmpty {
            throw RunbookError(.argument, "`kubectl.diff`: the manifest holds no object")
        }
        let kubectl = try await scoped(manifest, arguments, call)
        let difference = try await ManifestDifference(
            manifest: manifest, kubectl: kubectl, isServerSide: arguments.boolean("server_side")
        ).read(in: call.world)
        return ["changed": .boolean(!difference.isEmpty), "lines": .list(difference.lines.map { .string($0) })]
    }

    // MARK: Parts

    /// The target of a manifest: the namespace that it names itself goes before that of the context.
    static func scoped(_ manifest: Manifest, _ arguments: Arguments, _ call: CallContext) async throws -> Kubectl {
        let kubectl = try await Kubectl(arguments, call)
        let own = manifest.namespaces
        if arguments.has("namespace"), let other = own.first(where: { $0 != kubectl.namespace }) {
            throw RunbookError(
                .argument,
                "`\(call.function)`: an object of the manifest is in the namespace \(other), and `namespace` is \(kubectl.namespace)",
                remedy: "take one of the two away")
        }
        if own.count > 1 {
            throw RunbookError(
                .argument,
                "`\(call.function)`: the manifest has objects in several namespaces (\(own.joined(separator: ", ")))",
                remedy: "apply them one namespace at a time")
        }
        return arguments.has("namespace") ? kubectl : own.first.map(kubectl.inNamespace) ?? kubectl
    }

    /// Makes one object as a table says, merged by the server.
    static func ensure(_ object: LuaValue, _ arguments: Arguments, _ call: CallContext) async throws {
        var values = arguments.values.filter { ["namespace", "timeout"].contains($0.key) }
        values["manifest"] = object
        let arguments = Arguments(function: arguments.function, values: values)
        let manifest = try await Manifest.read(arguments, call)
        let verb =
            ["apply"] + manifest.arguments + ["--server-side", "--field-manager", "runbook", "--force-conflicts"]
        _ = try await perform(manifest, verb, arguments, call)
    }

    private static func perform(
        _ manifest: Manifest, _ verb: [String], _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        if manifest.objects.isEmpty {
            throw RunbookError(.argument, "`\(call.function)`: the manifest holds no object")
        }
        try ClusterFence.check(manifest.objects, call.run.header.allow)
        let kubectl = try await scoped(manifest, arguments, call)
        let before = try await call.prepare {
            try await SavedObject.read(manifest.arguments, input: manifest.input, kubectl, in: call.world)
        }
        let isServerSide = verb.contains("--server-side")
        let change = Change(
            before?.isEmpty == true ? .create : .modify, manifest.objectWord, manifest.title(in: kubectl.namespace),
            summary: manifest.objects.count > 1 ? manifest.objects.map(\.display).joined(separator: ", ") : "",
            isIdempotent: verb[0] != "create", capability: "kubectl", namespace: kubectl.namespace,
            inverse: { _ in before.map { SavedObject.inverse(before: $0, touched: manifest.objects, kubectl) } },
            difference: { world in
                try await ManifestDifference(manifest: manifest, kubectl: kubectl, isServerSide: isServerSide)
                    .preview(isReachable: before != nil, in: world)
            },
            serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"]), input: manifest.input))
        let command = Kubectl.command(
            kubectl.argv(verb), input: manifest.input, timeout: arguments.duration("timeout") ?? .seconds(120),
            isQuiet: false)
        guard let result = try await kubectl.write(command, change) else {
            let objects = manifest.objects.map {
                outcome($0.kind.lowercased(), $0.name, call.unknown("what became of \($0.display)"))
            }
            return ["changed": call.unknown("whether the manifest changes something"), "objects": .list(objects)]
        }
        return summary(result)
    }

    private static func outcome(_ kind: String, _ name: String, _ result: LuaValue) -> LuaValue {
        ["kind": .string(kind), "name": .string(name), "result": result]
    }

    /// What kubectl says of each object: `deployment.apps/backend configured`.
    static func summary(_ result: ProcessResult) -> LuaValue {
        var objects: [LuaValue] = []
        var hasChanged = false
        for line in result.text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let slash = words[0].firstIndex(of: "/") else { continue }
            let kind = ResourceNames.singular(words[0][..<slash])
            objects.append(outcome(kind, String(words[0][words[0].index(after: slash)...]), .string(String(words[1]))))
            // The server's side does not tell whether something changed.
            if words[1] != "unchanged" { hasChanged = true }
        }
        return ["changed": .boolean(hasChanged), "objects": .list(objects)]
    }
}
