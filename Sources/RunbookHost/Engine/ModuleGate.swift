import Synchronization

/// Lets each module be loaded once: a branch that requires one which another branch is loading waits for it.
final class ModuleGate: Sendable {
    private struct Load {
        /// The position of the branch that loads it.
        let owner: String
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private struct State {
        var loads: [String: Load] = [:]
        /// What branches wait for, by their positions.
        var waiting: [(position: String, name: String)] = []

        /// True when the loading of a module waits, by whatever way, for the branch at a position.
        func waits(_ name: String, for position: String) -> Bool {
            var open = [name]
            var seen: Set<String> = []
            while let next = open.popLast() {
                guard seen.insert(next).inserted, let owner = loads[next]?.owner else { continue }
                if ModuleGate.isWithin(position, owner) { return true }
                open += waiting.filter { ModuleGate.isWithin($0.position, owner) }.map(\.name)
            }
            return false
        }
    }

    private let state = Mutex(State())

    /// Begins the loading of a module for the branch at a position, or waits until another branch has ended it.
    ///
    /// - Returns: False after a wait: the module may be there now.
    /// - Throws: `RunbookError` with code `argument` for a module that would wait for itself, `CancellationError`.
    func begin(_ name: String, at position: String) async throws -> Bool {
        let ending: AsyncStream<Void>? = try state.withLock { state in
            guard state.loads[name] != nil else {
                state.loads[name] = Load(owner: position)
                return nil
            }
            guard !state.waits(name, for: position) else {
                throw RunbookError(.argument, "require: module `\(name)` requires itself")
            }
            let (stream, end) = AsyncStream<Void>.makeStream()
            state.loads[name]?.waiters.append(end)
            state.waiting.append((position, name))
            return stream
        }
        guard let ending else { return true }
        for await _ in ending {}
        state.withLock { state in
            if let index = state.waiting.firstIndex(where: { $0.position == position && $0.name == name }) {
                state.waiting.remove(at: index)
            }
        }
        try Task.checkCancellation()
        return false
    }

    /// Ends the loading of a module, whether it was loaded or failed.
    func end(_ name: String) {
        let load = state.withLock { $0.loads.removeValue(forKey: name) }
        load?.waiters.forEach { $0.finish() }
    }

    /// True for a position, and for those of branches and steps in it.
    private static func isWithin(_ position: String, _ outer: String) -> Bool {
        position == outer || position.hasPrefix(outer + "/")
    }
}
