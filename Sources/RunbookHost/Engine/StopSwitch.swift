import RunbookLua
import Synchronization

/// Ends the body of a run from outside: a signal, a time limit, a lock that was lost.
public final class StopSwitch: Sendable {
    /// Why a run is stopped.
    public enum Reason: Sendable, Equatable {
        /// SIGINT.
        case interrupt
        /// SIGTERM.
        case terminate
        /// SIGHUP.
        case hangup
        /// The header's limit for the whole run.
        case timeout(Duration)
        /// Somebody else holds the lock now.
        case lockLost(String)
    }

    private struct State {
        var reason: Reason?
        var cancel: (@Sendable () -> Void)?
        var engine: LuaEngine?
        var isUndoing = false
    }

    private let state = Mutex(State())

    /// Makes a switch.
    public init() {}

    /// Why the run was stopped, or nil.
    public var reason: Reason? { state.withLock { $0.reason } }

    /// True while a script holds its thread: one inside of Lua's own C functions cannot be stopped.
    public var isBusy: Bool { state.withLock { $0.engine }?.isBusy ?? false }

    /// True while writes are taken back.
    public var isUndoing: Bool { state.withLock { $0.isUndoing } }

    func setUndoing(_ isUndoing: Bool) { state.withLock { $0.isUndoing = isUndoing } }

    func attach(_ engine: LuaEngine) { state.withLock { $0.engine = engine } }

    /// Stops the body, once; what it waits for is cancelled.
    public func stop(_ reason: Reason) {
        let cancel = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.cancel
        }
        cancel?()
    }

    /// Runs work until it ends or is stopped.
    ///
    /// - Throws: What the work throws; `CancellationError` where it heeds the stop.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        let isStopped = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.reason != nil
        }
        if isStopped { task.cancel() }
        defer { state.withLock { $0.cancel = nil } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
