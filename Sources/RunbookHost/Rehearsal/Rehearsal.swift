import Synchronization

/// Rehearses a runbook: once cleanly, then for each of its writes with that write going wrong in each way.
public struct Rehearsal: Sendable {
    private let settings: RehearsalSettings
    private let arena: any RehearsalArena

    /// - Parameter arena: The world before the run; it is copied for each run.
    public init(_ settings: RehearsalSettings, in arena: any RehearsalArena) {
        self.settings = settings
        self.arena = arena
    }

    /// Rehearses.
    ///
    /// - Parameters:
    ///   - prepared: Called once the clean run is over, with the number of runs to come.
    ///   - progress: Called for each write, in their order.
    /// - Throws: `RunbookError` with code `usage` for what cannot be run, or `CancellationError`.
    public func run(
        prepared: @escaping @Sendable (RehearsalReport, _ runs: Int) -> Void,
        progress: @escaping @Sendable (RehearsedWriteReport) -> Void
    ) async throws -> RehearsalReport {
        let options = try await settings.prepared()
        if let failed = try await runEarlier(options) { return failed }
        let before = RehearsalRun(settings, options, arena, folder: settings.folder + "/before")
        let start = await before.worldState()
        async let other = clean(options, "clean-2", isAged: true)
        let first = try await clean(options, "clean-1", isAged: false)
        let second = try await other
        let runbook = first.ending.summary.runbook
        var report = RehearsalReport(runbook: runbook, clean: first.ending.summary)
        guard first.ending.summary.exitCode == 0 else { return report }
        report.clean = second.ending.summary
        guard second.ending.summary.exitCode == 0 else { return report }
        if !first.stoodIn.isEmpty {
            report.notes.append(
                "not simulated, and taken to work and to print nothing: " + first.stoodIn.joined(separator: "; "))
        }
        for problem in first.remains { report.notes.append("the clean run: \(problem)") }
        let judge = RehearsalJudge(
            before: start, after: first.world, volatile: first.world.fieldsThatDiffer(from: second.world))
        let writes = first.writes.enumerated().map { RehearsedWriteReport(number: $0.offset + 1, write: $0.element) }
            .filter { settings.onlyWrite == nil || settings.onlyWrite == $0.number }
        prepared(report, writes.count * WriteFault.allCases.count)
        report.writes = try await rehearse(writes, options, judge, progress)
        return report
    }

    // MARK: Runs

    private struct Clean: Sendable {
        let ending: RehearsalRun.Ending
        let world: WorldState
        let writes: [RehearsedWrite]
        let stoodIn: [String]
        let remains: [String]
    }

    private func clean(_ options: RunOptions, _ name: String, isAged: Bool) async throws -> Clean {
        try await inCopy(options, name) { run in
            if isAged { await run.age() }
            let script = FaultScript()
            let ending = try await run.perform(script)
            return Clean(
                ending: ending, world: await run.worldState(), writes: script.writes, stoodIn: run.stoodIn,
                remains: await run.remains())
        }
    }

    private func rehearse(
        _ writes: [RehearsedWriteReport], _ options: RunOptions, _ judge: RehearsalJudge,
        _ progress: @escaping @Sendable (RehearsedWriteReport) -> Void
    ) async throws -> [RehearsedWriteReport] {
        var reports = writes
        var told = 0
        let cases = writes.indices.flatMap { index in WriteFault.allCases.map { (index: index, fault: $0) } }
        try await withThrowingTaskGroup(of: (Int, RehearsalCase).self) { group in
            var waiting = cases.makeIterator()
            func next() {
                guard let (index, fault) = waiting.next() else { return }
                let key = writes[index].write.key
                group.addTask { (index, try await once(key, fault, options, judge, "\(index)-\(fault.rawValue)")) }
            }
            for _ in 0..<max(1, settings.jobs) { next() }
            while let (index, result) = try await group.next() {
                reports[index].cases.append(result)
                while told < reports.count, reports[told].cases.count == WriteFault.allCases.count {
                    let order = WriteFault.allCases
                    reports[told].cases.sort {
                        (order.firstIndex(of: $0.fault) ?? 0) < (order.firstIndex(of: $1.fault) ?? 0)
                    }
                    progress(reports[told])
                    told += 1
                }
                next()
            }
        }
        return reports
    }

    private func once(
        _ key: RehearsedWrite.Key, _ fault: WriteFault, _ options: RunOptions, _ judge: RehearsalJudge, _ name: String
    ) async throws -> RehearsalCase {
        try await inCopy(options, name) { run in
            let script = FaultScript((key, fault))
            let ending = try await run.perform(script)
            var result = judge.judge(
                fault, ending, wasStruck: script.wasStruck, await run.worldState(), remains: await run.remains())
            if result.outcome == .halfDone, !fault.isKill, [.failed, .timeout].contains(result.status) {
                let hasEnded = try await run.resumeFailed()
                result.isFinishedByResume = hasEnded ? judge.isDone(await run.worldState()) : false
            }
            return result
        }
    }

    private func inCopy<Value: Sendable>(
        _ options: RunOptions, _ name: String, _ work: @Sendable (RehearsalRun) async throws -> Value
    ) async throws -> Value {
        let copy = try await arena.copy()
        do {
            let value = try await work(RehearsalRun(settings, options, copy, folder: "\(settings.folder)/\(name)"))
            await copy.stop()
            return value
        } catch {
            await copy.stop()
            throw error
        }
    }

    /// Runs what goes before; gives the report of one that failed.
    private func runEarlier(_ options: RunOptions) async throws -> RehearsalReport? {
        for (number, source) in settings.earlier.enumerated() {
            let run = RehearsalRun(settings, options, arena, folder: "\(settings.folder)/earlier-\(number + 1)")
            let summary = try await run.performEarlier(source)
            guard summary.exitCode == 0 else {
                var report = RehearsalReport(runbook: settings.source.name, clean: summary)
                report.notes.append("\(source.displayName), which goes before, did not succeed")
                return report
            }
        }
        return nil
    }
}
