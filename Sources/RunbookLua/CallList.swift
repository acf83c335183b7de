import CRunbookLua
import Synchronization

/// The state's pointer, for stops from any thread: C makes them safe while the state exists.
struct StopHandle: @unchecked Sendable {
    let context: OpaquePointer
}

/// A coroutine's pointer, for stops from any thread: C makes them safe while the coroutine exists.
struct CallHandle: @unchecked Sendable {
    let context: OpaquePointer
    let thread: OpaquePointer
}

/// The calls that are under way: a stop reaches the coroutine of each, and what it waits for.
final class CallList: Sendable {
    private struct Call {
        let handle: CallHandle
        let task: Task<[LuaValue], any Error>
    }

    private struct State {
        var calls: [Int: Call] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    func add(_ handle: CallHandle, _ task: Task<[LuaValue], any Error>) -> Int {
        state.withLock { state in
            state.next += 1
            state.calls[state.next] = Call(handle: handle, task: task)
            return state.next
        }
    }

    /// After this no stop reaches the coroutine, and it may be destroyed.
    func remove(_ number: Int) {
        _ = state.withLock { $0.calls.removeValue(forKey: number) }
    }

    func stop(_ number: Int) {
        stop { $0[number].map { [$0] } ?? [] }
    }

    func stop() {
        stop { Array($0.values) }
    }

    private func stop(_ choice: ([Int: Call]) -> [Call]) {
        let tasks = state.withLock { state in
            choice(state.calls).map { call in
                rb_thread_stop(call.handle.context, call.handle.thread)
                return call.task
            }
        }
        // Outside the lock: what a task waits for may be a call of this engine too, whose own stop takes the lock.
        for task in tasks { task.cancel() }
    }
}
