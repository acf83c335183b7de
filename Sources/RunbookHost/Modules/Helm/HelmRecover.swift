import RunbookLua
import RunbookSpec

/// `helm.recover`: bring back a release that an operation has left pending.
enum HelmRecover {
    static let functions = [recover]

    private static let recover = ModuleFunction(
        FunctionSpec(
            "recover", summary: "Bring back a release that is stuck in pending-…",
            details: """
                helm refuses to upgrade a release while another operation holds it, and one that was killed holds it for ever.
                A stuck upgrade or rollback goes back to the revision that served last, a stuck first install is removed.
                What the cluster holds is not certain in that state, so a person is asked; it is refused while another helm
                runs on this machine, or when the operation began less than `min_age` ago.
                """, effect: .write,
            parameters: [
                HelmOptions.release, HelmOptions.namespace,
                ParameterSpec("min_age", .duration, default: "\"10m\"", "how old the operation must be"),
                HelmOptions.timeout("5m"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("recovered", .boolean, "whether there was something to do"),
                    .required("status", .string, "the status that it was in"),
                    ParameterSpec("action", .string, "what was done: rollback or uninstall"),
                    ParameterSpec("to", .integer, "the revision that it went back to"),
                ])), examples: [ExampleSpec("helm.recover { release = \"todo\", namespace = \"shop\" }")])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let name = try Helm.release(arguments, call)
        guard let release = try await call.prepare({ try await HelmRelease.read(name, helm, in: call.world) }) else {
            return ["recovered": call.unknown("whether \(name) is stuck"), "status": call.unknown("status of \(name)")]
        }
        guard let last = release.last else { throw HelmRead.missing(name, helm) }
        guard last.isPending else { return ["recovered": false, "status": .string(last.status)] }
        try await refuseWhileRunning(last, arguments, call)

        let limit = arguments.duration("timeout") ?? .seconds(300)
        let way = try way(back: release, last, helm, limit)
        try await Confirmation.ask(
            "Release \(name) is stuck in \(last.status) at revision \(last.number). Run `\(way.summary)`?", call.run)
        let change = Change(
            way.target == nil ? .delete : .modify, "release", name, summary: "stuck in \(last.status): \(way.summary)",
            capability: "helm", namespace: helm.namespace)
        _ = try await call.kubeWrite(Helm.longCommand(helm.argv(way.verb, extra: []), limit: limit), change)
        return [
            "recovered": true, "status": .string(last.status), "action": .string(way.verb[0]),
            "to": way.target.map { .integer(Int64($0)) } ?? .nil,
        ]
    }

    private struct Way {
        let verb: [String]
        let summary: String
        let target: Int?
    }

    // A rollback without a revision would go to the one before, which may have failed itself.
    private static func way(
        back release: HelmRelease, _ last: HelmRevision, _ helm: Helm, _ limit: Duration
    ) throws -> Way {
        let ending = ["--wait", "--timeout", Helm.seconds(limit)]
        if let target = release.revisions.dropLast().last(where: \.hasServed) {
            return Way(
                verb: ["rollback", release.name, String(target.number)] + ending,
                summary: "helm rollback \(release.name) \(target.number)", target: target.number)
        }
        if last.status == "pending-install", release.revisions.count == 1 {
            return Way(
                verb: ["uninstall", release.name] + ending, summary: "helm uninstall \(release.name)", target: nil)
        }
        throw RunbookError(
            .command, "release \(release.name) is stuck in \(last.status), and no earlier revision has served",
            remedy:
                "look at the objects, then remove the record of the stuck revision: kubectl.delete { resource = \"secret/sh.helm.release.v1.\(release.name).v\(last.number)\", namespace = \"\(helm.namespace)\" }"
        )
    }

    private static func refuseWhileRunning(
        _ last: HelmRevision, _ arguments: Arguments, _ call: CallContext
    ) async throws {
        if let processes = try await otherHelms(call) {
            throw RunbookError(
                .refused, "helm runs on this machine (process \(processes)) and may be at work on the release",
                remedy: "wait until it ends")
        }
        let least = arguments.duration("min_age") ?? .seconds(600)
        guard let began = seconds(last.updated) else { return }
        let age = Duration.seconds(try await call.world.now() - began)
        guard age < least else { return }
        throw RunbookError(
            .refused,
            "the operation on the release began \(DurationText.of(max(.zero, age))) ago; another helm, maybe on another machine, may be at work on it",
            remedy: "wait until it is \(DurationText.of(least)) old, or give `min_age`")
    }

    /// The processes of helm on this machine; nil when there is none, or no way to tell.
    private static func otherHelms(_ call: CallContext) async throws -> String? {
        do {
            let others = try await call.world.read(
                Command(["pgrep", "-x", "helm"], timeout: .seconds(10), isQuiet: true))
            guard others.succeeded, !others.text.isEmpty else { return nil }
            return others.text.split(separator: "\n").joined(separator: ", ")
        } catch let error as RunbookError where error.code == .missing {
            call.note(.warning, "whether another helm runs on this machine could not be seen: \(error.message)")
            return nil
        }
    }

    /// The seconds since 1970 of a time in UTC or with an offset; nil for another text.
    static func seconds(_ text: String) -> Double? {
        let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        let (year, month) = (numbers[0], numbers[1])
        // Days from the civil calendar, with years that begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + numbers[2] - 1
        let yearOfEra = shifted - era * 400
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = Double(days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
        return seconds - offset(text.dropFirst(19))
    }

    /// The seconds that a time's zone is ahead of UTC: `.062761261+01:00`.
    private static func offset(_ ending: Substring) -> Double {
        guard let sign = ending.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return 0 }
        let parts = ending[sign...].dropFirst().split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2 else { return 0 }
        return (ending[sign] == "-" ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60)
    }
}
