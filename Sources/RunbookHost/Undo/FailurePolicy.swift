import RunbookLua

/// What becomes of the writes of a run that failed: `--on-failure`, the header's `on_failure`, a question.
struct FailurePolicy {
    let run: RunSession
    let lifecycle: DurableLifecycle

    /// Takes writes back where that is wanted; status and exit code say how it went.
    func apply(to summary: inout RunSummary) async {
        guard lifecycle.journal.broken == nil else { return }
        let known = lifecycle.state.withLock { ($0.undos, $0.inverses, $0.changes) }
        guard let writes = try? await lifecycle.journal.writes(), let steps = try? await steps() else { return }
        let plan = UndoPlan(writes: writes, steps: steps, undos: known.0, inverses: known.1)
        let hasWritten = writes.contains { $0.state != .void }
        let lost = UndoPlan.lost(steps, known.0)
        let isWanted = plan.entries.isEmpty ? false : await isWanted(plan, summary, lost: lost)
        guard isWanted else {
            summary.left = plan.left
            // A simulated cluster is gone with its run.
            if hasWritten, run.options.standIn == nil {
                let commands = plan.entries.isEmpty ? "" : ", or runbook undo \(run.id)"
                suggest("runbook resume \(run.id)\(commands)", in: &summary)
            }
            return
        }
        let runner = UndoRunner(run: run, journal: lifecycle.journal, isForced: false, changes: known.2)
        lifecycle.stop.setUndoing(true)
        let outcome = await runner.perform(plan)
        lifecycle.stop.setUndoing(false)
        summary.undone = outcome.undone
        summary.left = outcome.left
        if outcome.hasFailed {
            summary.status = .undoFailed
            summary.exitCode = 5
            if run.options.standIn == nil { suggest("runbook undo \(run.id)", in: &summary) }
        } else if summary.status == .failed {
            summary.status = .undone
            summary.exitCode = 4
        }
    }

    // What a diagnosis has suggested comes first.
    private func suggest(_ command: String, in summary: inout RunSummary) {
        guard var failure = summary.failure, failure.next == nil else { return }
        failure.next = command
        summary.failure = failure
    }

    // The steps that have finished since the last entry are not on disk yet.
    private func steps() async throws -> [StoredStep] {
        try await lifecycle.journal.write { _ in }
        return try await lifecycle.journal.steps()
    }

    /// - Parameter lost: Steps whose own undo stands in a step that an earlier session finished, and this one did not enter.
    private func isWanted(_ plan: UndoPlan, _ summary: RunSummary, lost: [String]) async -> Bool {
        let wish = run.options.onFailure ?? run.header.onFailure
        switch wish {
        case .undo where !lost.isEmpty:
            // A step's own undo wins, and newest goes first: without it nothing older may be taken back.
            run.hub.publish(
                .note(
                    Note(
                        level: .warning,
                        text: "nothing is undone here, since the undo of \(lost.joined(separator: ", ")) stands in"
                            + " a step that was finished earlier: `runbook undo \(run.id)` finds it")))
            return false
        case .undo: return true
        case .keep: return false
        case .ask, nil: break
        }
        // Who pressed Ctrl-C wants the prompt back: the command that undoes is shown instead.
        let isInterrupted = summary.status == .interrupted || lifecycle.stop.reason == .interrupt
        if isInterrupted && wish == nil { return false }
        guard run.options.isInteractive, lost.isEmpty else { return false }
        let count = plan.entries.count
        for entry in plan.entries {
            run.hub.publish(.note(Note(level: .info, text: "can be undone: \(entry.title)")))
        }
        let question = "\(summary.failure?.message ?? "It failed"). Undo \(count) change\(count == 1 ? "" : "s")?"
        let prompt = Prompt(question, .choose(["keep", "undo"]))
        let answer = await lifecycle.stop.settling { try await run.world.perform(.read(.prompt(prompt))) }
        if case .answer("undo")? = answer { return true }
        return false
    }
}
