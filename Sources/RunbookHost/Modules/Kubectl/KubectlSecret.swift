import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.ensure_secret` and `ensure_configmap`: make an object hold certain keys.
enum KubectlSecret {
    static let functions = [ensureSecret, ensureConfigMap]

    private static let common = [
        ParameterSpec.required("name", .string, "the object"), KubectlOptions.namespace,
        ParameterSpec("keep_others", .boolean, default: "false", "leave keys alone that are not named here"),
        ParameterSpec("labels", .map(.string), "labels of the object"), KubectlOptions.timeout("60s"),
    ]
    private static let result = ReturnSpec(
        .record([
            .required("changed", .boolean, "whether something was not as it should be"),
            .required("set", .list(.string), "keys that were not there"),
            .required("updated", .list(.string), "keys that had another value"),
            .required("removed", .list(.string), "keys that were taken away"),
            .required("unchanged", .list(.string), "keys that were as they should be"),
        ]))

    private static let ensureSecret = ModuleFunction(
        FunctionSpec(
            "ensure_secret", summary: "Make a Secret hold certain keys",
            details: """
                The values go to kubectl on standard input and are merged by the server, so that no copy of them stands in an
                argument or an annotation. A preview shows which keys would be set, changed or removed, and no value.
                What was there before can be put back while the run lasts; it is written nowhere.
                """, effect: .write,
            parameters: common + [
                .required("from", .map(.text), "the keys and their values, such as `secrets`"),
                ParameterSpec("type", .string, default: "\"Opaque\"", "the Secret's type"),
            ], returns: result,
            examples: [
                ExampleSpec("kubectl.ensure_secret { name = \"todo-secrets\", namespace = \"shop\", from = secrets }")
            ])
    ) { arguments, call in
        try await ensure("Secret", arguments, call, values: arguments.texts("from").map { ($0.name, $0.value) })
    }

    private static let ensureConfigMap = ModuleFunction(
        FunctionSpec(
            "ensure_configmap", summary: "Make a ConfigMap hold certain keys",
            details: "What looks like a credential is refused: it belongs in a Secret.", effect: .write,
            parameters: common + [.required("from", .map(.string), "the keys and their values")], returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.ensure_configmap { name = \"flags\", namespace = \"shop\", from = { DARK = \"on\" } }")
            ])
    ) { arguments, call in
        let values = arguments.map("from")
        for (key, value) in values where CredentialHeuristics.looksLikeCredential(name: key, value: Array(value.utf8)) {
            throw RunbookError(
                .refused, "`kubectl.ensure_configmap`: the value of `\(key)` looks like a credential",
                remedy: "put it in a Secret: kubectl.ensure_secret { name = …, from = { \(key) = … } }")
        }
        return try await ensure("ConfigMap", arguments, call, values: values.map { ($0.name, SensitiveText($0.value)) })
    }

    private static func ensure(
        _ kind: String, _ arguments: Arguments, _ call: CallContext, values: [(String, SensitiveText)]
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        let name = try Kubectl.plainName(arguments.string("name"), "name", of: call)
        if let (key, _) = values.first(where: { !isKey($0.0) }) {
            throw RunbookError(
                .argument, "`\(call.function)`: `from`: \"\(key)\" is no key: letters, digits, `-`, `_` and `.` only")
        }
        let word = kind.lowercased()
        let before = try await call.prepare { try await SavedObject.read(["\(word)/\(name)"], kubectl, in: call.world) }
        let object = KeyedObject(
            kind: kind, name: name, wanted: values.map { (key: $0.0, value: $0.1) },
            type: arguments.optionalString("type"),
            labels: arguments.map("labels"), keepsOthers: arguments.boolean("keep_others"), live: before?.first,
            vault: call.run.vault)
        let fates = try object.fates()
        let isNew = before.map(\.isEmpty) ?? false
        let hasChanges = fates.contains { $0.fate != .unchanged } || object.carriesCopy || object.live == nil
        let missingLabels = arguments.map("labels").contains { label in
            object.live?.at("metadata", "labels", label.name)?.stringValue != label.value
        }
        if !hasChanges && !missingLabels { return outcome(fates, changed: false) }

        // The server's merge takes away only keys that the same manager has set.
        let replaces = object.live != nil && (object.carriesCopy || fates.contains { $0.fate == .removed })
        let verb =
            replaces
            ? ["replace", "--filename", "-"]
            : ["apply", "--server-side", "--force-conflicts", "--field-manager", "runbook", "--filename", "-"]
        let manifest = try object.manifest(replacing: replaces)
        let touched = ManifestObject([
            "kind": .string(kind), "metadata": ["name": .string(name), "namespace": .string(kubectl.namespace)],
        ])
        let change = Change(
            isNew ? .create : .modify, word, "\(kubectl.namespace)/\(name)",
            summary: before == nil ? "" : KeyedObject.summary(fates), isIdempotent: true, capability: "kubectl",
            namespace: kubectl.namespace,
            inverse: { _ in
                guard let before, let touched else { return nil }
                return SavedObject.inverse(before: before, touched: [touched], kubectl)
            },
            difference: { _ in
                if before != nil { return try object.difference() }
                return Difference(lines: values.map { $0.0 }.sorted(), unknown: "the cluster was not asked")
            }, serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"]), input: manifest))
        let command = Kubectl.command(
            kubectl.argv(verb), input: manifest, timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return outcome(fates, changed: true)
    }

    private static func isKey(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= 253
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func outcome(_ fates: [(key: String, fate: KeyedObject.Fate)], changed: Bool) -> LuaValue {
        func keys(_ fate: KeyedObject.Fate) -> LuaValue {
            .list(fates.filter { $0.fate == fate }.map { .string($0.key) })
        }
        return [
            "changed": .boolean(changed), "set": keys(.set), "updated": keys(.differs), "removed": keys(.removed),
            "unchanged": keys(.unchanged),
        ]
    }
}
