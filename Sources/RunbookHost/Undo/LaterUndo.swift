import RunbookLua

/// Takes back the writes of a run that is over: `runbook undo RUN`.
///
/// The body, in the text that it had, is gone through again without a write: so the steps give their own functions.
public struct LaterUndo: Sendable {
    /// How far a run came.
    public let point: ResumePoint
    /// True when only what would be done is wanted.
    public let isDryRun: Bool
    /// True when it is done although the world has moved on.
    public let isForced: Bool
    /// Told of the undo's own steps.
    public let listeners: [any EventListener]

    /// Describes the undo of a run.
    public init(point: ResumePoint, isDryRun: Bool, isForced: Bool, listeners: [any EventListener]) {
        self.point = point
        self.isDryRun = isDryRun
        self.isForced = isForced
        self.listeners = listeners
    }

    /// The runbook as it was when the run was made.
    ///
    /// - Throws: `RunbookError` with code `io` when the journal does not have it.
    public func source() throws -> RunbookSource {
        guard let text = point.text else {
            throw RunbookError(.io, "the journal does not have the text of \(point.run.file)")
        }
        let prefix = point.run.workingDirectory + "/"
        let shown = point.run.file.hasPrefix(prefix) ? String(point.run.file.dropFirst(prefix.count)) : point.run.file
        return RunbookSource(path: point.run.file, displayName: shown, text: text)
    }

    /// Does it once the body was gone through; `visited` tells how that ended.
    func perform(_ run: RunSession, _ lifecycle: DurableLifecycle, _ visited: RunSummary) async -> RunSummary {
        var summary = visited
        summary.runbook = point.run.runbook
        summary.failure = nil
        summary.result = .nil
        summary.isDryRun = isDryRun
        let before = run.steps.all.count
        do {
            let undos = lifecycle.state.withLock { $0.undos }
            let plan = UndoPlan(writes: point.writes, steps: point.steps, undos: undos, inverses: [:])
            note(visited, undos, run)
            if isDryRun {
                summary.undone = await preview(plan, run)
                summary.left = plan.left
                set(&summary, .ok, 0)
            } else {
                try await perform(plan, run, lifecycle, &summary)
            }
        } catch {
            RunOutcome.fail(&summary, error, step: nil)
        }
        summary.steps = Array(run.steps.all[before...])
        return summary
    }

    private func set(_ summary: inout RunSummary, _ status: RunSummary.Status, _ code: Int32) {
        summary.status = status
        summary.exitCode = code
    }

    // A step whose own function was not found is taken back by what its writes noted, and that is said.
    private func note(_ visited: RunSummary, _ undos: [String: StepVisit], _ run: RunSession) {
        let lost = UndoPlan.lost(point.steps, undos)
        guard !lost.isEmpty else { return }
        let reason = visited.failure?.message ?? "the runbook took another way"
        for listener in listeners { run.hub.add(listener) }
        run.hub.publish(
            .note(
                Note(
                    level: .warning,
                    text: "the undo of \(lost.joined(separator: ", ")) could not be found (\(reason)); what its writes"
                        + " noted is used")))
    }

    private func preview(_ plan: UndoPlan, _ run: RunSession) async -> [String] {
        var lines: [String] = []
        for entry in plan.entries {
            guard case .inverse(let inverse, let write) = entry.way, !isForced,
                let reason = await UndoGuard(world: run.world).refusal(write, inverse)
            else {
                lines.append(entry.title)
                continue
            }
            lines.append("\(entry.title) (refused without --force: \(reason))")
        }
        return lines
    }

    private func perform(
        _ plan: UndoPlan, _ run: RunSession, _ lifecycle: DurableLifecycle, _ summary: inout RunSummary
    ) async throws {
        run.hub.add(try EventLog.open(run.id, in: run.options.stateFolder))
        let lock: HeldLock? =
            if let name = point.run.lock { try await RunLock(name: name, run: run, stop: lifecycle.stop).take() } else {
                nil
            }
        for listener in listeners { run.hub.add(listener) }
        lifecycle.journal.open { _ in }
        // Should the engine be killed on the way, the history tells of it.
        if !plan.entries.isEmpty { try await note(.undoFailed, lifecycle) }
        let runner = UndoRunner(run: run, journal: lifecycle.journal, isForced: isForced, changes: [:])
        lifecycle.stop.setUndoing(true)
        let outcome = await runner.perform(plan)
        lifecycle.stop.setUndoing(false)
        summary.undone = outcome.undone
        summary.left = outcome.left
        if outcome.hasFailed {
            summary.failure = RunFailure(message: "not everything could be undone")
            set(&summary, .undoFailed, 5)
        } else {
            set(&summary, plan.entries.isEmpty ? .ok : .undone, 0)
        }
        if !plan.entries.isEmpty {
            do {
                try await note(summary.status, lifecycle)
            } catch {
                run.hub.publish(.note(Note(level: .warning, text: "the history does not tell of this: \(error)")))
            }
        }
        await lock?.release()
    }

    private func note(_ status: RunSummary.Status, _ lifecycle: DurableLifecycle) async throws {
        let id = point.run.id
        try await lifecycle.journal.write { db in
            try db.run("UPDATE runs SET status = ? WHERE id = ?", [status.rawValue, id])
        }
    }
}
