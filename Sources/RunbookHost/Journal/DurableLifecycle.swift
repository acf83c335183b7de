import Foundation
import GRDB
import RunbookLua
import Synchronization

/// Makes a run durable: lock, journal, resume, undo.
public final class DurableLifecycle: RunLifecycle {
    /// Why a runbook's body is run.
    public enum Purpose: Sendable {
        /// To do what it says, from the start.
        case run
        /// To go on where an earlier session of the run ended.
        case resume(ResumePoint)
        /// To find what its steps know of their undo.
        case revisit(LaterUndo)
    }

    struct State {
        var hasBegun = false
        var libraries = 0
        var earlier: [Place: StoredWrite] = [:]
        var finished: [String: StoredStep] = [:]
        var undos: [String: StepVisit] = [:]
        var changes: [Int64: Change] = [:]
        var inverses: [Int64: Inverse] = [:]
        var doubts: [String] = []
        var lock: HeldLock?
        var log: EventLog?
        var touched = TouchedNamespaces()
    }

    let purpose: Purpose
    let stop: StopSwitch
    let journal: RunJournal
    let diagnosis: FailureDiagnosis?
    let state = Mutex(State())
    let start = ContinuousClock.now

    /// Makes the run's surroundings.
    ///
    /// - Parameters:
    ///   - stop: Ends the body when the header's time limit passes or the lock is lost.
    ///   - diagnoses: False where nobody wants to know the cause of a failure.
    public init(id: String, options: RunOptions, purpose: Purpose, stop: StopSwitch, diagnoses: Bool = true) {
        self.purpose = purpose
        self.stop = stop
        journal = RunJournal(folder: options.stateFolder, id: id)
        diagnosis = diagnoses ? FailureDiagnosis() : nil
        guard let point = purpose.point else { return }
        state.withLock { state in
            for write in point.writes where !write.isSuperseded { state.earlier[Place(write)] = write }
            for step in point.steps { state.finished[step.scope] = step }
        }
    }

    /// Counts the times that the run was begun.
    var session: Int {
        if case .resume(let point) = purpose { point.run.sessions + 1 } else { 1 }
    }

    /// True while the body is only gone through again.
    public var isRevisiting: Bool {
        if case .revisit = purpose { true } else { false }
    }

    // MARK: Around the body

    /// Takes the lock and begins the journal.
    public func begin(_ run: RunSession) async throws {
        if isRevisiting { return }
        if case .resume(let point) = purpose { try ResumeCheck(point: point, run: run).check() }
        try openLog(run)
        if let name = try run.lockName {
            let lock = try await RunLock(name: name, run: run, stop: stop).take()
            state.withLock { $0.lock = lock }
        }
        state.withLock { $0.hasBegun = true }
        if purpose.point?.writes.contains(where: { $0.state != .void }) == true { run.noteWrite() }
        run.hub.publish(.runStarted(run.identity))
        journal.open(RunEntry(run: run, session: session).insert)
        PrivateFiles.sweep(run.options.stateFolder, except: run.id)
        if case .resume(let point) = purpose { tell(of: point, run) }
        if let limit = run.header.timeout, run.options.timeout == nil { stop.stop(after: limit) }
    }

    private func openLog(_ run: RunSession) throws {
        do {
            let log = try EventLog.open(run.id, in: run.options.stateFolder)
            state.withLock { $0.log = log }
            run.hub.add(log)
        } catch let error as RunbookError where error.code == .io {
            // A run that only looks needs no log; one that writes is refused by the journal.
            run.hub.publish(.note(Note(level: .warning, text: "no log is kept: \(error.message)")))
        }
    }

    private func tell(of point: ResumePoint, _ run: RunSession) {
        let done = point.steps.filter { !$0.name.isEmpty }.count
        let kept = "\(done) finished step\(done == 1 ? "" : "s") will not be repeated"
        let text = "resumed: \(done == 0 ? "no step had finished" : kept)"
        run.hub.publish(.note(Note(level: .info, text: text)))
        for write in point.writes where write.state == .intent || write.state == .interrupted {
            run.hub.publish(
                .note(Note(level: .info, text: "was under way when the run ended: \(write.display)")))
        }
    }

    /// Diagnoses and undoes a failure, finishes the journal and gives the lock back.
    public func end(_ run: RunSession, _ summary: RunSummary) async -> RunSummary {
        if case .revisit(let undo) = purpose { return await undo.perform(run, self, summary) }
        var summary = summary
        guard state.withLock({ $0.hasBegun }) else {
            await recordRefused(run, summary)
            return summary
        }
        if let notice = await journal.notice() {
            run.hub.publish(.note(Note(level: .warning, text: notice)))
        }
        if summary.failure != nil {
            summary = await diagnosed(summary, run)
            await FailurePolicy(run: run, lifecycle: self).apply(to: &summary)
        }
        summary.steps = run.steps.all
        await finish(run, &summary)
        if let lock = state.withLock({ $0.lock }) { await lock.release() }
        return summary
    }

    private func diagnosed(_ summary: RunSummary, _ run: RunSession) async -> RunSummary {
        guard let diagnosis else { return summary }
        let touched = state.withLock { $0.touched }
        return await stop.settling {
            var summary = summary
            await diagnosis.explain(&summary, run, namespaces: touched.all(run))
            return summary
        } ?? summary
    }

    private func finish(_ run: RunSession, _ summary: inout RunSummary) async {
        keepLibraries(run)
        let entry = RunEntry(run: run, session: session)
        let clean = EventRedaction.summary(summary, run.vault)
        let milliseconds = (ContinuousClock.now - start).milliseconds
        let tools = await run.tools.all()
        do {
            try await journal.write { db in try entry.finish(clean, milliseconds, tools, db) }
        } catch let error as RunbookError {
            run.hub.publish(
                .note(Note(level: .warning, text: "the history does not tell of this run: \(error.message)")))
            if summary.failure == nil, await hasWritten() {
                summary.failure = RunFailure(message: error.message, remedy: error.remedy)
                summary.status = .failed
                summary.exitCode = 1
            }
        } catch {
            run.hub.publish(.note(Note(level: .warning, text: "the history does not tell of this run: \(error)")))
        }
    }

    /// Lets go of what the kernel takes from a process that is killed: its locks, and nothing else is done.
    func abandon() {
        let (lock, log) = state.withLock { ($0.lock, $0.log) }
        lock?.abandon()
        log?.abandon()
    }

    /// The writes that a resume was in doubt about.
    var doubts: [String] { state.withLock { $0.doubts } }

    private func hasWritten() async -> Bool { state.withLock { !$0.changes.isEmpty } }

    /// A run that another one's lock, a missing tool or a refused confirmation kept from beginning is told of, too.
    private func recordRefused(_ run: RunSession, _ summary: RunSummary) async {
        guard run.phase == .body, case .run = purpose, summary.status != .invalid else { return }
        let entry = RunEntry(run: run, session: 1)
        let clean = EventRedaction.summary(summary, run.vault)
        let milliseconds = (ContinuousClock.now - start).milliseconds
        journal.open(entry.insert)
        try? await journal.write { db in try entry.finish(clean, milliseconds, [], db) }
    }

    // MARK: Around steps

    /// Gives what a step returned when an earlier session finished it.
    public func enter(_ step: StepVisit, _ run: RunSession) async throws -> RestoredStep? {
        let below = step.scope + "/"
        let (stored, holdsUndo) = state.withLock { state in
            if step.undo != nil { state.undos[step.scope] = step }
            let holdsUndo = isRevisiting && state.finished.values.contains { $0.hasUndo && $0.scope.hasPrefix(below) }
            return (state.finished[step.scope], holdsUndo)
        }
        guard let stored else { return nil }
        if let reason = stored.unkept {
            run.hub.publish(
                .note(
                    Note(
                        level: .info,
                        text:
                            "\(step.name): finished earlier, but what it returned was not kept (\(reason)): it is gone"
                            + " through again, and what it wrote is not repeated")))
            return nil
        }
        guard let bytes = stored.result else {
            return RestoredStep(values: [], status: stored.status, isGoneThrough: holdsUndo)
        }
        guard let values = ResultCoding.decode(bytes, run.vault) else {
            throw RunbookError(
                .missing, "\(step.name): what it returned cannot be read again: it holds a secret that is not loaded")
        }
        return RestoredStep(values: values, status: stored.status, isGoneThrough: holdsUndo)
    }

    /// Keeps what a step returned.
    public func finished(
        _ step: StepVisit, _ record: StepRecord?, _ run: RunSession, collect: @Sendable () async throws -> [LuaValue]
    ) async {
        if isRevisiting { return }
        var result: [UInt8]?
        var unkept: String?
        do {
            let values = try await collect()
            if !values.isEmpty { result = try ResultCoding.encode(values, run.vault) }
        } catch let error as ResultCoding.Unkept {
            unkept = error.reason
        } catch {
            unkept = StepRunner.message(of: error)
        }
        keepLibraries(run)
        journal.finished(
            StoredStep(
                scope: step.scope, name: run.vault.redactor.redact(step.name), status: record?.status ?? .ok,
                position: 0, hasUndo: step.undo != nil, result: result, unkept: unkept),
            milliseconds: record?.milliseconds ?? 0)
    }

    /// Forgets what an earlier try of the step did, as far as a resume goes by it.
    public func retrying(_ step: StepVisit, _ run: RunSession) {
        let below = step.scope + "/"
        state.withLock { state in
            state.earlier = state.earlier.filter { $0.key.scope != step.scope && !$0.key.scope.hasPrefix(below) }
            state.finished = state.finished.filter { !$0.key.hasPrefix(below) }
        }
        journal.startOver(step.scope)
    }

    /// Puts the world that journals before the real one.
    public func world(_ base: any World, of run: RunSession) -> any World {
        JournalWorld(base: base, run: run, lifecycle: self)
    }

    // MARK: What the journal's world notes

    func earlier(_ place: Place) -> StoredWrite? { state.withLock { $0.earlier.removeValue(forKey: place) } }

    func note(_ seq: Int64, _ change: Change, _ inverse: Inverse?) {
        state.withLock { state in
            state.changes[seq] = change
            state.inverses[seq] = inverse
        }
    }

    func noteTouched(_ change: Change, _ action: Action, in folder: String) {
        // Outside of the lock: what a command reads may have to be parsed.
        let touched = TouchedNamespaces(change, action, in: folder)
        state.withLock { $0.touched.formUnion(touched) }
    }

    func noteDoubt(_ row: StoredWrite) { state.withLock { $0.doubts.append(row.display) } }

    private func keepLibraries(_ run: RunSession) {
        let all = run.libraries.all
        let fresh = state.withLock { state in
            defer { state.libraries = all.count }
            return all[min(state.libraries, all.count)...]
        }
        let id = run.id
        for library in fresh {
            journal.later { db in
                try RunJournal.add(JournalSource(path: library.path, kind: "library", text: library.text), run: id, db)
            }
        }
    }
}

extension DurableLifecycle.Purpose {
    var point: ResumePoint? {
        switch self {
        case .run: nil
        case .resume(let point): point
        case .revisit(let undo): undo.point
        }
    }
}
