import Synchronization

/// The line of the last comparison that an unknown value decided.
final class Decisions: Sendable {
    private let last = Mutex<Int?>(nil)

    /// Notes a comparison.
    func note(_ line: Int?) { last.withLock { $0 = line } }

    /// True once when the last comparison stands on this line.
    func take(_ line: Int?) -> Bool {
        last.withLock { last in
            guard let line, last == line else { return false }
            last = nil
            return true
        }
    }
}
