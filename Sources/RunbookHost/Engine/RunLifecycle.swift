import RunbookLua

/// What is done around a run's body and its steps: locks, journal, resume, undo.
///
/// A dry run has none of it.
public protocol RunLifecycle: Sendable {
    /// Called when the header stands and what it needs is there, before the body.
    ///
    /// - Throws: `RunbookError`; nothing was run then.
    func begin(_ run: RunSession) async throws
    /// Called when the body has ended, with the summary so far; gives the final one.
    func end(_ run: RunSession, _ summary: RunSummary) async -> RunSummary
    /// Puts a world between the run and the real one.
    func world(_ base: any World, of run: RunSession) -> any World
    /// Called before a step or branch; gives what it returned when an earlier session of the run finished it.
    func enter(_ step: StepVisit, _ run: RunSession) async throws -> RestoredStep?
    /// Called when a step or branch has finished; `collect` gives what it returned.
    func finished(
        _ step: StepVisit, _ record: StepRecord?, _ run: RunSession, collect: @Sendable () async throws -> [LuaValue]
    ) async
    /// Called before a step is tried again.
    func retrying(_ step: StepVisit, _ run: RunSession)
    /// True while the body is only gone through again to find what its steps know of their undo.
    var isRevisiting: Bool { get }
}

extension RunLifecycle {
    /// Leaves the world as it is.
    public func world(_ base: any World, of run: RunSession) -> any World { base }
    /// Restores nothing.
    public func enter(_ step: StepVisit, _ run: RunSession) async throws -> RestoredStep? { nil }
    /// Keeps nothing.
    public func finished(
        _ step: StepVisit, _ record: StepRecord?, _ run: RunSession, collect: @Sendable () async throws -> [LuaValue]
    ) async {}
    /// Forgets nothing.
    public func retrying(_ step: StepVisit, _ run: RunSession) {}
    /// False: the body runs.
    public var isRevisiting: Bool { false }
}

/// A step or branch that begins.
public struct StepVisit: Sendable {
    /// Its key in the run.
    let scope: String
    /// Its name.
    let name: String
    /// The script's function that takes it back.
    let undo: LuaFunction?
}

/// What a step gave in an earlier session.
public struct RestoredStep: Sendable {
    let values: [LuaValue]
    let status: StepRecord.Status
    /// True when the body is gone through all the same: a step in it knows its own undo.
    var isGoneThrough = false
}

/// Does nothing around the body.
public struct PlainLifecycle: RunLifecycle {
    /// Makes it.
    public init() {}
    /// Does nothing.
    public func begin(_ run: RunSession) async throws {}
    /// Leaves the summary as it is.
    public func end(_ run: RunSession, _ summary: RunSummary) async -> RunSummary { summary }
}
