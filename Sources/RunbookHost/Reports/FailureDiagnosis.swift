import RunbookLua

/// Looks for the cause when a step that changed a cluster has failed: one line a finding stands in the error.
struct FailureDiagnosis: Sendable {
    /// How long it may take in all.
    static let limit = Duration.seconds(20)

    private static let script = """
        local diagnose, cluster = require "diagnose", require "diagnose.cluster"
        local namespace, context = ...
        return diagnose.analyse(cluster.collect { namespace = namespace, context = context })
        """

    /// Adds causes to a failed run's summary; whatever goes wrong here is only noted.
    func explain(_ summary: inout RunSummary, _ run: RunSession, namespaces: Set<String>) async {
        guard let failure = summary.failure, summary.status == .failed || summary.status == .timeout else { return }
        var said = [([failure.message] + failure.details).joined(separator: "\n")]
        if !namespaces.isEmpty { said += await diagnose(&summary, run, namespaces.sorted()) }
        // Where the cluster itself is in trouble, its objects cannot tell.
        if summary.failure?.causes.isEmpty == true, let cause = said.lazy.compactMap(KubeFailure.ofCluster).first {
            summary.failure?.causes = [run.vault.redactor.redact(cause)]
        }
    }

    /// Adds what the diagnosis of the namespaces finds; what it could not read is returned.
    private func diagnose(_ summary: inout RunSummary, _ run: RunSession, _ namespaces: [String]) async -> [String] {
        guard let shipped = run.options.shippedFolder, run.files.status(shipped + "/lib/diagnose/init.lua") != nil
        else {
            return []
        }
        do {
            let results = try await Deadline.run(Self.limit, of: "the diagnosis") {
                try await UndoScope.$isActive.withValue(true) { try await Self.look(run, namespaces) }
            }
            add(results.flatMap { $0["findings"].listValue ?? [] }, to: &summary, namespaces)
            return results.flatMap { $0["notes"].listValue ?? [] }.compactMap(\.stringValue)
        } catch {
            let reason = run.vault.redactor.redact(StepRunner.message(of: error))
            run.hub.publish(.note(Note(level: .info, text: "the cause could not be looked for: \(reason)")))
            return [reason]
        }
    }

    private static func look(_ run: RunSession, _ namespaces: [String]) async throws -> [LuaValue] {
        let chunk = try await run.engine.load(Array(script.utf8), name: "[diagnosis]")
        let context = try await run.target.context(in: run.world)
        var results: [LuaValue] = []
        var failure: (any Error)?
        for namespace in namespaces {
            do {
                results.append(try await run.engine.call(chunk, [.string(namespace), .string(context)]).first ?? .nil)
            } catch {
                failure = failure ?? error
            }
        }
        // One of several may not be there yet.
        if let failure, results.isEmpty { throw failure }
        return results
    }

    private func add(_ findings: [LuaValue], to summary: inout RunSummary, _ namespaces: [String]) {
        // What may still settle is no error to a diagnosis; here the time to settle is over.
        let errors = findings.filter { $0["severity"].stringValue == "error" }
        for finding in errors.isEmpty ? findings.filter({ $0["class"].stringValue == "settling" }) : errors {
            guard let message = finding["message"].stringValue else { continue }
            let line = [finding["object"].stringValue, message].compactMap { $0 }.joined(separator: ": ")
            if summary.failure?.causes.contains(line) == false { summary.failure?.causes.append(line) }
        }
        if summary.failure?.causes.isEmpty == false, let namespace = namespaces.first {
            summary.failure?.next = "runbook diagnose.lua -p namespace=\(namespace)"
        }
    }
}
