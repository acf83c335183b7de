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
        /// The limit for the whole run, of the command line or of the header.
        case timeout(Duration)
        /// A step over its limit is inside of one of Lua's own C functions, which nothing can interrupt.
        case stuck(String)
        /// Somebody else holds the lock now.
        case lockLost(String)

        /// The exit code of a run that this ends.
        public var exitCode: Int32 {
            switch self {
            case .interrupt: 130
            case .terminate: 143
            case .hangup: 129
            case .timeout, .stuck: 124
            case .lockLost: 1
            }
        }

        /// What a person is told.
        public var message: String {
            switch self {
            case .interrupt: "the run was stopped"
            case .terminate: "the run was stopped by SIGTERM"
            case .hangup: "the run was stopped, since its terminal was closed"
            case .timeout(let limit): "the run was over its limit of \(DurationText.of(limit))"
            case .stuck(let message), .lockLost(let message): message
            }
        }
    }

    private struct State {
        var reason: Reason?
        var cancel: (@Sendable () -> Void)?
        var watch: (@Sendable (Reason) -> Void)?
        var timer: Task<Void, any Error>?
        var engine: LuaEngine?
        var isUndoing = false
        var isSettling = false
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

    /// True between the body's end and the undo, while a cause is looked for or a person is asked what becomes of the run.
    public var isSettling: Bool { state.withLock { $0.isSettling } }

    /// Does what comes between the body's end and the undo; nil when it fails or a stop cuts it short.
    func settling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async -> Value? {
        let task = Task { try await work() }
        state.withLock { state in
            state.cancel = { task.cancel() }
            state.isSettling = true
        }
        defer {
            state.withLock { state in
                state.cancel = nil
                state.isSettling = false
            }
        }
        return try? await task.value
    }

    func attach(_ engine: LuaEngine) { state.withLock { $0.engine = engine } }

    /// Calls `watch` when the body is stopped: a script inside of Lua's own C functions does not end by itself.
    public func onStop(_ watch: @escaping @Sendable (Reason) -> Void) { state.withLock { $0.watch = watch } }

    /// Stops the body, once; what it waits for is cancelled.
    public func stop(_ reason: Reason) {
        let (cancel, watch) = state.withLock { state in
            let isFirst = state.reason == nil
            if isFirst { state.reason = reason }
            return (state.cancel, isFirst ? state.watch : nil)
        }
        cancel?()
        watch?(reason)
    }

    /// Stops the body when it runs longer than a limit.
    func stop(after limit: Duration) {
        let timer = Task.detached { [weak self] in
            try await Task.sleep(for: limit)
            self?.stop(.timeout(limit))
        }
        state.withLock { state in
            state.timer?.cancel()
            state.timer = timer
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
    ///
    /// - Throws: What the work throws; `CancellationError` where it heeds the stop.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        let isStopped = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.reason != nil
        }
        if isStopped { task.cancel() }
        defer {
            state.withLock { state in
                state.cancel = nil
                state.timer?.cancel()
            }
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
