/// What is done around a run's body: locks, journal, undo.
///
/// A dry run has none of it.
public protocol RunLifecycle: Sendable {
    /// Called when the header stands and what it needs is there, before the body.
    ///
    /// - Throws: `RunbookError`; nothing was run then.
    func begin(_ run: RunSession) async throws
    /// Called when the body has ended, with the summary so far; gives the final one.
    func end(_ run: RunSession, _ summary: RunSummary) async -> RunSummary
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
