import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.patch`, `label` and `annotate`.
enum KubectlPatch {
    static let functions = [patch, label, annotate]

    private static let patch = ModuleFunction(
        FunctionSpec(
            "patch", summary: "Change fields of an object",
            details: "A patch that holds a secret goes to kubectl in a private file.", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                .required("patch", .any, "the patch, as a table or as text"),
                ParameterSpec(
                    "type", .enumeration(["strategic", "merge", "json"]), default: "\"strategic\"",
                    "how the patch is meant"),
                ParameterSpec("subresource", .string, "a part of the object with a life of its own, such as `status`"),
                KubectlOptions.namespace, KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            examples: [
                ExampleSpec(
                    "kubectl.patch { resource = \"deployment/backend\", type = \"merge\", patch = { spec = { paused = true } } }"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let text = try Arguments.sensitive(arguments["patch"]) ?? SensitiveJSON.encode(arguments["patch"])
        var verb = ["patch", object, "--type", arguments.optionalString("type") ?? "strategic"]
        var files: [String: SensitiveText] = [:]
        if let plain = text.plainBytes {
            verb += ["--patch", String(decoding: plain, as: UTF8.self)]
        } else {
            verb += ["--patch-file", "{{patch}}"]
            files["patch"] = text
        }
        if let part = arguments.optionalString("subresource") { verb += ["--subresource", part] }
        let before = try await call.prepare { try await SavedObject.read([object], kubectl, in: call.world) }
        let inverse = before.flatMap { before in
            before.first.flatMap(ManifestObject.init).map {
                SavedObject.inverse(before: before, touched: [$0], kubectl)
            }
        }
        let dryRun = verb + ["--dry-run=server", "--output", "json"]
        let isSecret = SecretObjects.areNamed(by: object)
        let placed = files
        let change = change(object, kubectl, inverse) { world in
            guard let live = before?.first else { return Difference(unknown: "the object was not read") }
            if isSecret { return Difference() }
            var command = Kubectl.command(kubectl.argv(dryRun, extra: []))
            command.privateFiles = placed
            let result = try await world.read(command)
            guard result.succeeded, let patched = JSONReading.value(result.stdout) else {
                throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
            }
            let lines = FieldDifference.lines(from: SavedObject.cleaned(live), to: SavedObject.cleaned(patched))
            return Difference(isEmpty: lines.isEmpty, lines: lines)
        }
        var command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        command.privateFiles = files
        _ = try await kubectl.write(command, change)
        return .nil
    }

    private static let marks = [
        KubectlOptions.object, KubectlOptions.name, KubectlOptions.namespace, KubectlOptions.timeout("60s"),
        KubectlOptions.args,
    ]

    private static let label = ModuleFunction(
        FunctionSpec(
            "label", summary: "Set or remove labels of an object",
            details: "A value that is `false` removes the label.",
            effect: .write,
            parameters: marks + [
                .required("labels", .map(.either([.string, .boolean])), "the labels; false removes one")
            ],
            examples: [ExampleSpec("kubectl.label { resource = \"deployment/backend\", labels = { tier = \"web\" } }")])
    ) { arguments, call in
        try await mark("label", field: "labels", arguments, call)
    }

    private static let annotate = ModuleFunction(
        FunctionSpec(
            "annotate", summary: "Set or remove annotations of an object",
            details: "A value that is `false` removes the annotation.", effect: .write,
            parameters: marks + [
                .required("annotations", .map(.either([.string, .boolean])), "the annotations; false removes one")
            ],
            examples: [
                ExampleSpec(
                    "kubectl.annotate { resource = \"deployment/backend\", annotations = { [\"team/owner\"] = \"ops\" } }"
                )
            ])
    ) { arguments, call in
        try await mark("annotate", field: "annotations", arguments, call)
    }

    private static func mark(
        _ verb: String, field: String, _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let wanted = (arguments[field].tableValue?.fields ?? []).map { name, value in
            (name: name, value: value.booleanValue == false ? nil : Arguments.plain(value))
        }
        guard !wanted.isEmpty else { throw RunbookError(.argument, "`\(call.function)`: `\(field)` is empty") }
        func words(_ marks: [(name: String, value: String?)]) -> [String] {
            marks.map { mark in mark.value.map { "\(mark.name)=\($0)" } ?? "\(mark.name)-" }
        }
        let before = try await call.prepare { try await KubectlRollout.present(object, kubectl) }
        let old = before.map { before in
            wanted.map { (name: $0.name, value: before.at("metadata", field, $0.name)?.stringValue) }
        }
        let inverse = old.map { old in
            Inverse(
                "kubectl \(verb) \(ResourceNames.object(object)) \(words(old).joined(separator: " "))",
                commands: [
                    InverseCommand(kubectl.argv([verb, object] + words(old) + ["--overwrite"], extra: []), timeout: 60)
                ])
        }
        let lines = zip(wanted, old ?? wanted).compactMap { new, old in
            old.value == new.value && before != nil
                ? nil
                : "metadata.\(field).\(new.name)  \(before == nil ? "?" : old.value ?? "(none)") → \(new.value ?? "(none)")"
        }
        let isKnown = before != nil
        let change = change(object, kubectl, inverse) { _ in
            isKnown
                ? Difference(isEmpty: lines.isEmpty, lines: lines)
                : Difference(lines: lines, unknown: "what the object has now was not read")
        }
        let command = Kubectl.command(
            kubectl.argv([verb, object] + words(wanted) + ["--overwrite"]),
            timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return .nil
    }

    private static func change(
        _ object: String, _ kubectl: Kubectl, _ inverse: Inverse?,
        difference: @escaping @Sendable (any World) async throws -> Difference
    ) -> Change {
        let name = ResourceNames.object(object)
        return Change(
            .modify, String(name.prefix { $0 != "/" }), "\(kubectl.namespace)/\(name.drop { $0 != "/" }.dropFirst())",
            isIdempotent: true, capability: "kubectl", namespace: kubectl.namespace, inverse: { _ in inverse },
            difference: difference)
    }
}
