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
        /// A step over its limit is inside of one of Lua's own C functions, which nothing can interrupt.
        case stuck(String)
        /// Somebody else holds the lock now.
        case lockLost(String)
    }

    private struct State {
        var reason: Reason?
        var cancel: (@Sendable () -> Void)?
        var engine: LuaEngine?
        var isUndoing = false
        var observer: (@Sendable (Reason) -> Void)?
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

    /// Sets what is told of the stop, whatever its reason; nil: nobody.
    public func whenStopped(_ observer: (@Sendable (Reason) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// Stops the body, once; what it waits for is cancelled.
    public func stop(_ reason: Reason) {
        let (cancel, observer) = state.withLock { state in
            let observer = state.reason == nil ? state.observer : nil
            state.reason = state.reason ?? reason
            return (state.cancel, observer)
        }
        cancel?()
        observer?(reason)
    }

    /// Stops the body after a time; cancel the task to take that back.
    func stop(after limit: Duration) -> Task<Void, any Error> {
        Task.detached { [self] in
            try await Task.sleep(for: limit)
            stop(.timeout(limit))
        }
    }

    /// Stops the whole run when a step is over its limit and its script still holds the thread long after.
    ///
    /// Nothing else could go on then. Cancel the task when the step has ended.
    func stopWhenStuck(_ step: String, _ limit: Duration) -> Task<Void, any Error> {
        Task.detached { [self] in
            try await Task.sleep(for: limit)
            var busy = 0
            while busy < 20 {
                try await Task.sleep(for: .milliseconds(250))
                busy = isBusy ? busy + 1 : 0
            }
            stop(.stuck("the step \"\(step)\" was over its limit of \(DurationText.of(limit))"))
        }
    }

    /// Runs work until it ends or is stopped.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
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
