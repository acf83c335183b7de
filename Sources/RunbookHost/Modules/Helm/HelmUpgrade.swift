import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `helm.upgrade`: install a chart, or bring its release to another state.
enum HelmUpgrade {
    static let functions = [upgrade]

    private static let upgrade = ModuleFunction(
        FunctionSpec(
            "upgrade", summary: "Install a chart, or upgrade its release",
            details: """
                Values go to helm on standard input, so secrets may stand in them; a reference to a Secret of its own is better.
                A preview renders the chart and compares it with what is installed. It is taken back by a rollback to the
                revision that served before, or by an uninstall when there was none; a namespace that `create_namespace`
                made goes then too, when nothing else stands in it.
                """, effect: .write,
            parameters: [HelmOptions.release, HelmOptions.chart, HelmOptions.version, HelmOptions.plainHTTP]
                + HelmValues.parameters + [
                    HelmOptions.namespace,
                    ParameterSpec(
                        "create_namespace", .boolean, default: "false", "create the namespace unless it is there"),
                    ParameterSpec("install", .boolean, default: "true", "install the release unless it is there"),
                    HelmOptions.wait, ParameterSpec("wait_for_jobs", .boolean, default: "false", "wait for jobs too"),
                    ParameterSpec(
                        "rollback_on_failure", .boolean, default: "false", "let helm go back by itself when it fails"),
                    ParameterSpec("reuse_values", .boolean, default: "false", "start from the release's own values"),
                    ParameterSpec("reset_values", .boolean, default: "false", "start from the chart's values"),
                    ParameterSpec(
                        "force_replace", .boolean, default: "false", "replace objects that cannot be changed"),
                    ParameterSpec(
                        "force_conflicts", .boolean, default: "false", "take over fields that others manage (helm 4)"),
                    ParameterSpec(
                        "dependency_update", .boolean, default: "false", "fetch missing charts that it needs first"),
                    ParameterSpec(
                        "skip_crds", .boolean, default: "false", "leave out the chart's definitions of kinds"),
                    ParameterSpec("description", .string, "a note for the history"),
                    ParameterSpec("history_max", .count, default: "10", "how many revisions helm keeps"),
                    HelmOptions.timeout("5m"), HelmOptions.args,
                ],
            returns: ReturnSpec(
                .record([
                    .required("release", .string, "the release"), .required("namespace", .string, "its namespace"),
                    .required("revision", .integer, "the new revision"), .required("status", .string, "its status"),
                    .required("chart", .string, "the chart and its version"),
                    .required("app_version", .string, "the application's version"),
                    .required("notes", .string, "what the chart has to say"),
                    ParameterSpec("before", .integer, "the revision before; nil for a first install"),
                ])),
            examples: [
                ExampleSpec(
                    "helm.upgrade { release = \"todo\", chart = \"chart\", namespace = \"shop\", values = { replicas = 2 }, wait = \"2m\" }"
                )
            ])
    ) { arguments, call in
        let plan = try await UpgradePlan(arguments, call)
        let helm = plan.helm
        let before = try await call.prepare { try await HelmRelease.read(plan.release, helm, in: call.world) }
        if let error = before?.pendingError(helm) {
            guard call.isPreview else { throw error }
            call.run.note(unread: error)
        }
        if let before, before.revisions.isEmpty, !arguments.boolean("install", default: true) {
            throw RunbookError(
                .command,
                "release \(plan.release) is not installed in the namespace \(helm.namespace), and `install` is false")
        }
        let makesNamespace = try await Self.makesNamespace(arguments, helm)
        let change = change(plan, before, makesNamespace: makesNamespace)
        guard let result = try await call.kubeWrite(plan.command, change) else { return predicted(plan, before, call) }
        let answer = Helm.document(result.stdout) ?? .nil
        let now = try await HelmRelease.read(plan.release, helm, in: call.world, limit: 1).last
        return [
            "release": .string(plan.release), "namespace": .string(helm.namespace),
            "revision": answer["version"].isNil ? .integer(Int64(now?.number ?? 0)) : answer["version"],
            "status": answer.at("info", "status") ?? .string(now?.status ?? "unknown"),
            "chart": .string(now?.chart ?? ""), "app_version": .string(now?.appVersion ?? ""),
            "notes": answer.at("info", "notes") ?? "",
            "before": before?.last.map { .integer(Int64($0.number)) } ?? .nil,
        ]
    }

    /// Whether helm will create the namespace.
    private static func makesNamespace(_ arguments: Arguments, _ helm: Helm) async throws -> Bool {
        guard arguments.boolean("create_namespace") else { return false }
        let phase = try await helm.call.prepare {
            try await KubectlNamespace.phase(of: helm.namespace, helm.kubectl, in: helm.call.world)
        }
        return phase == .some(nil)
    }

    private static func change(_ plan: UpgradePlan, _ before: HelmRelease?, makesNamespace: Bool) -> Change {
        let helm = plan.helm
        let last = before?.last
        let isNew = before.map { $0.revisions.isEmpty } ?? false
        let summary: String
        if let last {
            summary = "revision \(last.number) → \(last.number + 1)"
        } else {
            summary = isNew ? "revision 1" : ""
        }
        return Change(
            isNew ? .create : .modify, "release", plan.release, summary: summary, isIdempotent: true,
            capability: "helm",
            namespace: helm.namespace,
            inverse: { world in try await inverse(plan, before, makesNamespace: makesNamespace, in: world) },
            difference: { world in
                try await plan.difference(isInstalled: before.map { !$0.revisions.isEmpty }, in: world)
            },
            serverDryRun: plan.serverDryRun,
            tookEffect: { world in
                guard let before else { return nil }
                return try await tookEffect(plan, since: before.last?.number ?? 0, makesNamespace, in: world)
            },
            tookEffectLater: { world, inverse in
                guard let number = inverse.before.flatMap({ Int($0) }) else { return nil }
                return try await tookEffect(plan, since: number, makesNamespace, in: world)
            })
    }

    private static func tookEffect(
        _ plan: UpgradePlan, since number: Int, _ makesNamespace: Bool, in world: any World
    ) async throws -> Bool? {
        let helm = plan.helm
        guard let now = try await HelmRelease.read(plan.release, helm, in: world).last, now.number > number else {
            // helm makes the namespace before it writes anything down.
            guard makesNamespace else { return false }
            return try await KubectlNamespace.phase(of: helm.namespace, helm.kubectl, in: world) == nil ? false : nil
        }
        // A revision that failed may have changed some objects all the same.
        return now.status == "deployed" ? true : nil
    }

    private static func inverse(
        _ plan: UpgradePlan, _ before: HelmRelease?, makesNamespace: Bool, in world: any World
    ) async throws -> Inverse? {
        guard let before else { return nil }
        var inverse: Inverse
        if before.revisions.isEmpty {
            inverse = removal(plan, makesNamespace: makesNamespace)
        } else {
            guard let target = before.lastServing else { return nil }
            inverse = await ReleaseReturn.inverse(plan.release, to: target, plan.helm, in: world)
        }
        inverse.before = String(before.last?.number ?? 0)
        return inverse
    }

    /// What takes a first install back, with the namespace that it made.
    private static func removal(_ plan: UpgradePlan, makesNamespace: Bool) -> Inverse {
        let helm = plan.helm
        let verb = ["uninstall", plan.release, "--wait", "--timeout", "300s"]
        // A failed install that helm took back itself, or that came to nothing, leaves nothing to uninstall.
        var commands = [
            InverseCommand(
                helm.argv(verb, extra: []), mayFail: plan.rollsBack, timeout: 330, doneWhen: "release: not found")
        ]
        var summary = "helm uninstall \(plan.release)"
        if makesNamespace {
            var command = NamespaceRemoval.command(helm.namespace, helm.kubectl)
            command.onlyIf = NamespaceRemoval.guardian(helm.namespace, helm.kubectl)
            commands.append(command)
            summary += ", kubectl delete namespace \(helm.namespace)"
        }
        return Inverse(summary, commands: commands, guards: [HelmRelease.guardian(plan.release, helm)])
    }

    private static func predicted(_ plan: UpgradePlan, _ before: HelmRelease?, _ call: CallContext) -> LuaValue {
        let revision = before.map { LuaValue.integer(Int64(($0.last?.number ?? 0) + 1)) }
        return [
            "release": .string(plan.release), "namespace": .string(plan.helm.namespace),
            "revision": revision ?? call.unknown("revision of \(plan.release)"), "status": "deployed",
            "chart": call.unknown("chart of \(plan.release)"),
            "app_version": call.unknown("app version of \(plan.release)"),
            "notes": call.unknown("notes of \(plan.release)"),
            "before": before?.last.map { .integer(Int64($0.number)) } ?? .nil,
        ]
    }
}
