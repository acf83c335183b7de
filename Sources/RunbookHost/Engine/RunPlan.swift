import Synchronization

/// The writes that a preview has shown so far, and what it could not read.
public final class RunPlan: Sendable {
    private struct State {
        var changes: [PlannedChange] = []
        var missing: [String] = []
        var branches: [String] = []
        var told: [String: UnknownValue] = [:]
    }
    private let state = Mutex(State())

    /// The number of the last change, 0 before the first.
    var lastNumber: Int { state.withLock { $0.changes.count } }

    /// The changes, in order.
    var changes: [PlannedChange] { state.withLock { $0.changes } }

    /// What could not be read or found, each once.
    var missing: [String] { state.withLock { $0.missing } }

    /// The branches that were taken on a value that is not known, each once.
    var branches: [String] { state.withLock { $0.branches } }

    /// The number of the change that will have made an object, or nil where none has, or one took it away again.
    ///
    /// - Parameters:
    ///   - namespace: Where it stands; nil for an object of no namespace, or one whose name holds it.
    ///   - isAltered: Whether one that gives the object another state counts, too.
    func maker(
        of object: String, _ name: String, in namespace: String? = nil, orAltered isAltered: Bool = false
    ) -> Int? {
        let last = changes.last { change in
            change.object == object && change.name == name && (namespace == nil || change.namespace == namespace)
                && (change.kind == .create || change.kind == .delete || isAltered && change.kind == .modify)
        }
        return last.flatMap { $0.kind == .delete ? nil : $0.number }
    }

    /// Notes a branch; false when it was noted before.
    func addBranch(_ text: String) -> Bool {
        state.withLock { state in
            if state.branches.contains(text) { return false }
            state.branches.append(text)
            return true
        }
    }

    /// Takes a change in and numbers it.
    func add(_ change: PlannedChange) -> PlannedChange {
        state.withLock { state in
            var change = change
            change.number = state.changes.count + 1
            state.changes.append(change)
            return change
        }
    }

    /// Notes an unknown that has become text.
    func note(_ unknown: UnknownValue) {
        state.withLock { $0.told[unknown.description] = unknown }
    }

    /// The unknown that a text was made of, the one with the longest description where there are several.
    func unknown(in texts: [String]) -> UnknownValue? {
        let texts = texts.filter { $0.contains("‹unknown: ") }
        guard !texts.isEmpty else { return nil }
        return state.withLock { state in
            state.told.filter { entry in texts.contains { $0.contains(entry.key) } }
                .max { $0.key.utf8.count < $1.key.utf8.count }?.value
        }
    }

    /// Notes what is missing.
    func addMissing(_ text: String) -> Bool {
        state.withLock { state in
            if state.missing.contains(text) { return false }
            state.missing.append(text)
            return true
        }
    }
}
