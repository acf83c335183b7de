import RunbookLua
import RunbookSpec

/// `helm.rollback` and `uninstall`.
enum HelmRollback {
    static let functions = [rollback, uninstall]

    private static let rollback = ModuleFunction(
        FunctionSpec(
            "rollback", summary: "Bring a release back to an earlier revision",
            details: """
                Without `revision` it goes to the newest earlier revision that has served. (helm itself would take the one
                before the current one, which may have failed.)
                """, effect: .write,
            parameters: [
                HelmOptions.release, ParameterSpec("revision", .positive, "the revision to go back to"),
                HelmOptions.namespace,
                ParameterSpec(
                    "wait", .either([.boolean, .duration]), default: "true", "wait until the objects are ready"),
                ParameterSpec("cleanup_on_fail", .boolean, default: "false", "remove new objects when it fails"),
                ParameterSpec("history_max", .count, default: "10", "how many revisions helm keeps"),
                HelmOptions.timeout("5m"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("release", .string, "the release"), .required("revision", .integer, "the new revision"),
                    .required("from", .integer, "the revision before"),
                    .required("to", .integer, "the one whose state is back"),
                    .required("status", .string, "its status"),
                ])), examples: [ExampleSpec("helm.rollback { release = \"todo\", namespace = \"shop\", revision = 3 }")]
        )
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let release = try Helm.release(arguments, call)
        let before = try await call.prepare { try await HelmRelease.read(release, helm, in: call.world) }
        let target = try target(arguments, before, helm)
        let limit = arguments.duration("wait") ?? arguments.duration("timeout") ?? .seconds(300)
        var verb = ["rollback", release] + (target.map { [String($0)] } ?? [])
        if arguments["wait"].booleanValue != false { verb.append("--wait") }
        if arguments.boolean("cleanup_on_fail") { verb.append("--cleanup-on-fail") }
        verb += ["--history-max", String(arguments.integer("history_max") ?? 10), "--timeout", Helm.seconds(limit)]
        let last = before?.last
        let change = Change(
            .modify, "release", release, summary: summary(last, target), capability: "helm", namespace: helm.namespace,
            inverse: { world in try await inverse(release, last, helm, in: world) },
            difference: { world in
                guard let target, last != nil else { return Difference(unknown: "the revisions were not read") }
                let now = try await HelmManifest.read(release, revision: nil, helm, in: world)
                let then = try await HelmManifest.read(release, revision: target, helm, in: world)
                let lines = ReleaseDifference.lines(from: now, to: then, namespace: helm.namespace)
                return Difference(isEmpty: lines.isEmpty, lines: lines)
            })
        var command = Helm.longCommand(helm.argv(verb), limit: limit)
        command.probe = ReleaseProgress.probe(release, helm.kubectl, during: command.argv)
        let made = try await call.kubeWrite(command, change)
        let next = last.map { $0.number + 1 }
        var now = HelmRevision(["revision": .integer(Int64(next ?? 0)), "status": "deployed"])
        if made != nil { now = try await HelmRelease.read(release, helm, in: call.world, limit: 1).last }
        func number(_ value: Int?, _ what: String) -> LuaValue {
            value.map { .integer(Int64($0)) } ?? call.unknown("\(what) of \(release)")
        }
        return [
            "release": .string(release), "revision": number(made == nil ? next : now?.number, "revision"),
            "from": number(last?.number, "revision"), "to": number(target, "earlier revision"),
            "status": .string(now?.status ?? "unknown"),
        ]
    }

    private static func summary(_ last: HelmRevision?, _ target: Int?) -> String {
        guard let last else { return "" }
        return "revision \(last.number) → \(last.number + 1)" + (target.map { ", as \($0) was" } ?? "")
    }

    private static func target(_ arguments: Arguments, _ before: HelmRelease?, _ helm: Helm) throws -> Int? {
        guard let before else { return arguments.integer("revision") }
        guard let last = before.last else {
            throw RunbookError(
                .command, "release \(before.name) is not installed in the namespace \(helm.namespace)",
                remedy: KubeFailure.releaseMissing.remedy)
        }
        if let wanted = arguments.integer("revision") {
            guard before.revisions.contains(where: { $0.number == wanted }) else {
                let kept = before.revisions.map { "\($0.number) \($0.status)" }.joined(separator: ", ")
                throw RunbookError(
                    .command, "release \(before.name) has no revision \(wanted)", remedy: "helm keeps \(kept)")
            }
            return wanted
        }
        // One that still serves below a newest one that failed, else the one that served before.
        let earlier = before.revisions.dropLast()
        guard let target = earlier.last(where: { $0.status == "deployed" }) ?? earlier.last(where: \.hasServed) else {
            throw RunbookError(
                .command,
                "release \(before.name) has no earlier revision that has served; the newest is \(last.number), \(last.status)",
                remedy: "give `revision`, or look at helm.history { release = \"\(before.name)\" }")
        }
        return target.number
    }

    private static func inverse(
        _ release: String, _ last: HelmRevision?, _ helm: Helm, in world: any World
    ) async throws -> Inverse? {
        guard let last, last.hasServed else { return nil }
        return await ReleaseReturn.inverse(release, to: last, helm, in: world)
    }

    private static let uninstall = ModuleFunction(
        FunctionSpec(
            "uninstall", summary: "Remove a release and its objects",
            details: "With `keep_history` it can be taken back by a rollback; without, there is no way back.",
            effect: .write,
            parameters: [
                HelmOptions.release, HelmOptions.namespace,
                ParameterSpec("missing_ok", .boolean, default: "true", "a release that is not there is no error"),
                ParameterSpec(
                    "wait", .either([.boolean, .duration]), default: "true", "wait until the objects are gone"),
                ParameterSpec("keep_history", .boolean, default: "false", "keep the revisions"),
                HelmOptions.timeout("5m"),
                HelmOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("release", .string, "the release"),
                    .required("removed", .boolean, "whether it was there"),
                ])), examples: [ExampleSpec("helm.uninstall { release = \"todo\", namespace = \"shop\" }")])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let release = try Helm.release(arguments, call)
        let before = try await call.prepare { try await HelmRelease.read(release, helm, in: call.world) }
        if let before, before.last == nil || before.last?.status == "uninstalled" {
            guard arguments.boolean("missing_ok", default: true) else {
                throw RunbookError(
                    .command, "release \(release) is not installed in the namespace \(helm.namespace)",
                    remedy: KubeFailure.releaseMissing.remedy)
            }
            return ["release": .string(release), "removed": false]
        }
        let limit = arguments.duration("wait") ?? arguments.duration("timeout") ?? .seconds(300)
        var verb = ["uninstall", release]
        if arguments["wait"].booleanValue != false { verb.append("--wait") }
        if arguments.boolean("keep_history") { verb.append("--keep-history") }
        verb += ["--timeout", Helm.seconds(limit)]
        let serving = arguments.boolean("keep_history") ? before?.lastServing : nil
        let change = Change(
            .delete, "release", release, summary: before?.last.map { "at revision \($0.number)" } ?? "",
            isIdempotent: arguments.boolean("missing_ok", default: true), capability: "helm", namespace: helm.namespace,
            inverse: { world in try await inverse(release, serving, helm, in: world) },
            difference: { world in
                guard before != nil else { return Difference(unknown: "the cluster was not asked") }
                let live = try await HelmManifest.read(release, revision: nil, helm, in: world)
                return Difference(lines: ReleaseDifference.lines(from: live, to: [], namespace: helm.namespace))
            }, serverDryRun: Helm.command(helm.argv(verb + ["--dry-run"])),
            tookEffect: { world in
                let now = try await HelmRelease.read(release, helm, in: world).last
                return now == nil || now?.status == "uninstalled"
            })
        _ = try await call.kubeWrite(Helm.longCommand(helm.argv(verb), limit: limit), change)
        return ["release": .string(release), "removed": true]
    }
}
