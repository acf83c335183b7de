import RunbookLua
import RunbookSpec

/// `kubectl.rollout_…`: new revisions of a workload.
enum KubectlRollout {
    static let functions = [status, restart, undo, pause, resume]

    private static let common = [KubectlOptions.object, KubectlOptions.name, KubectlOptions.namespace]

    private static let status = ModuleFunction(
        FunctionSpec(
            "rollout_status", summary: "Wait until a workload's new revision serves",
            details: "A preview does not wait for what it only planned.", effect: .read,
            parameters: common + [
                KubectlOptions.timeout("5m"), KubectlOptions.check, KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("ready", .boolean, "whether it serves; false only with `check = false`"),
                    .required("message", .string, "the last thing that kubectl said"),
                ])),
            examples: [
                ExampleSpec(
                    "kubectl.rollout_status { resource = \"deployment/backend\", timeout = \"1s\", check = false }")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        if call.isPreview, call.run.plan.lastNumber > 0 {
            return ["ready": true, "message": "not waited for in a preview"]
        }
        let limit = arguments.duration("timeout") ?? .seconds(300)
        let command = Kubectl.command(
            kubectl.argv(["rollout", "status", object, "--timeout", "\(max(1, limit.milliseconds / 1000))s"]),
            timeout: limit + .seconds(15), isQuiet: false)
        let result = try await call.world.read(command)
        let last =
            OutputLines.last(1, of: result.succeeded || !result.stdout.isEmpty ? result.stdout : result.stderr).first
            ?? ""
        if result.succeeded { return ["ready": true, "message": .string(last)] }
        let kind = KubeFailure.of(result.errorText)
        if !arguments.boolean("check", default: true), !kind.isOutOfReach {
            return ["ready": false, "message": .string(last)]
        }
        var error = KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        // What it waited for tells more than that it waited.
        if kind == .timedOut, !result.stdout.isEmpty {
            error.message =
                "\(ResourceNames.object(object)) did not become ready within \(DurationText.of(limit)): \(last)"
        }
        throw error
    }

    private static let restartedAt = "kubectl.kubernetes.io/restartedAt"

    private static let restart = ModuleFunction(
        FunctionSpec(
            "rollout_restart", summary: "Replace a workload's pods, a few at a time", effect: .write,
            parameters: common + [KubectlOptions.timeout("60s"), KubectlOptions.args],
            examples: [
                ExampleSpec("kubectl.rollout_restart { resource = \"deployment/backend\", namespace = \"shop\" }")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let before = try await call.prepare { try await present(object, kubectl) }
        let inverse = before.map { before -> Inverse in
            let earlier = before.at("spec", "template", "metadata", "annotations", restartedAt) ?? .null
            let annotations = LuaValue.table(LuaTable([(.string(restartedAt), earlier)]))
            let patch: LuaValue = ["spec": ["template": ["metadata": ["annotations": annotations]]]]
            return Inverse(
                "kubectl patch \(ResourceNames.object(object)) to its revision before the restart",
                commands: [
                    InverseCommand(
                        kubectl.argv(
                            ["patch", object, "--type", "merge", "--patch", JSONText.encode(patch, pretty: false)],
                            extra: []), timeout: 60)
                ], guards: [guardian(object, kubectl)])
        }
        try await write(["rollout", "restart", object], object, "restart", inverse, arguments, kubectl)
        return .nil
    }

    private static let undo = ModuleFunction(
        FunctionSpec(
            "rollout_undo", summary: "Go back to an earlier revision of a workload",
            details: """
                The revision before the current one may be one that failed, so name it where you can:
                `kubectl.rollout_history` lists them. A workload that helm manages is refused, since helm would not know of
                it: use `helm.rollback`, or `force = true`.
                """, effect: .write,
            parameters: common + [
                ParameterSpec("to_revision", .positive, "the revision; the one before the current one when left out"),
                ParameterSpec("force", .boolean, default: "false", "also for a workload that helm manages"),
                KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    ParameterSpec("from", .integer, "the revision before"),
                    ParameterSpec("to", .integer, "the one it goes back to"),
                ])),
            examples: [ExampleSpec("kubectl.rollout_undo { resource = \"deployment/backend\", to_revision = 3 }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let before = try await call.prepare { try await present(object, kubectl) }
        if let before, !arguments.boolean("force") { try refuseHelm(before, object) }
        let revisions = try await call.prepare { try await RolloutHistory.read(object, kubectl, in: call.world) } ?? []
        let current = revisions.last?.number
        let wanted = arguments.integer("to_revision") ?? revisions.dropLast().last?.number
        if !revisions.isEmpty {
            guard let wanted, revisions.contains(where: { $0.number == wanted }) else {
                let list = revisions.map { String($0.number) }.joined(separator: ", ")
                throw RunbookError(
                    .command,
                    "\(ResourceNames.object(object)) has no revision \(wanted.map(String.init) ?? "before \(list)")",
                    remedy: "it has \(list); kubectl.rollout_history tells what they are")
            }
        }
        var verb = ["rollout", "undo", object]
        if let wanted { verb += ["--to-revision", String(wanted)] }
        let inverse = current.map { current in
            Inverse(
                "kubectl rollout undo \(ResourceNames.object(object)) --to-revision \(current)",
                commands: [
                    InverseCommand(
                        kubectl.argv(["rollout", "undo", object, "--to-revision", String(current)], extra: []),
                        timeout: 60)
                ], guards: [guardian(object, kubectl)])
        }
        let summary =
            "revision \(current.map(String.init) ?? "?") → \(wanted.map { "that of \($0)" } ?? "the one before")"
        try await write(verb, object, summary, inverse, arguments, kubectl, hasDryRun: true)
        return [
            "from": current.map { .integer(Int64($0)) } ?? .nil, "to": wanted.map { .integer(Int64($0)) } ?? .nil,
        ]
    }

    private static let pause = ModuleFunction(
        FunctionSpec(
            "rollout_pause", summary: "Hold a workload's rollout", effect: .write,
            parameters: common + [KubectlOptions.timeout("60s"), KubectlOptions.args],
            examples: [ExampleSpec("kubectl.rollout_pause { resource = \"deployment/backend\" }")])
    ) { arguments, call in
        try await toggle("pause", back: "resume", arguments, call)
    }

    private static let resume = ModuleFunction(
        FunctionSpec(
            "rollout_resume", summary: "Go on with a rollout that was held", effect: .write,
            parameters: common + [KubectlOptions.timeout("60s"), KubectlOptions.args],
            examples: [ExampleSpec("kubectl.rollout_resume { resource = \"deployment/backend\" }")])
    ) { arguments, call in
        try await toggle("resume", back: "pause", arguments, call)
    }

    // MARK: Parts

    private static func toggle(
        _ action: String, back: String, _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let inverse = Inverse(
            "kubectl rollout \(back) \(ResourceNames.object(object))",
            commands: [
                InverseCommand(
                    kubectl.argv(["rollout", back, object], extra: []), timeout: 60,
                    doneWhen: back == "resume" ? "is not paused" : "is already paused")
            ])
        try await write(["rollout", action, object], object, action, inverse, arguments, kubectl)
        return .nil
    }

    private static func write(
        _ verb: [String], _ object: String, _ summary: String, _ inverse: Inverse?, _ arguments: Arguments,
        _ kubectl: Kubectl, hasDryRun: Bool = false
    ) async throws {
        let name = ResourceNames.object(object)
        // restart, pause and resume have no dry run of their own.
        let change = Change(
            .modify, String(name.prefix { $0 != "/" }), "\(kubectl.namespace)/\(name.drop { $0 != "/" }.dropFirst())",
            summary: summary, capability: "kubectl", namespace: kubectl.namespace, inverse: { _ in inverse },
            serverDryRun: hasDryRun ? Kubectl.command(kubectl.argv(verb + ["--dry-run=server"])) : nil)
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
    }

    private static func guardian(_ object: String, _ kubectl: Kubectl) -> InverseGuard {
        SavedObject.guardian(object, kind: ResourceNames.singular(object.prefix { $0 != "/" }), kubectl)
    }

    /// The object as it is.
    static func present(_ object: String, _ kubectl: Kubectl) async throws -> LuaValue {
        let result = try await kubectl.read(
            Kubectl.command(kubectl.argv(["get", object, "--output", "json"], extra: [])))
        return JSONReading.value(result.stdout) ?? .nil
    }

    private static func refuseHelm(_ value: LuaValue, _ object: String) throws {
        guard value.at("metadata", "labels", "app.kubernetes.io/managed-by")?.stringValue == "Helm" else { return }
        let release = value.at("metadata", "annotations", "meta.helm.sh/release-name")?.stringValue ?? "NAME"
        throw RunbookError(
            .refused,
            "\(ResourceNames.object(object)) belongs to the helm release \(release), which would not know of it",
            remedy: "helm.rollback { release = \"\(release)\" }, or force = true")
    }
}
