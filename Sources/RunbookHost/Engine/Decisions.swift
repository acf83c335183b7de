import Synchronization

/// The line of the last comparison that an unknown value decided.
final class Decisions: Sendable {
    private let last = Mutex<Int?>(nil)
    private let guarded = Mutex<Int?>(nil)

    /// Says that the next comparison on a line decides whether the run is ended.
    func expectGuard(_ line: Int?) { guarded.withLock { $0 = line } }

    /// True once when such a comparison is expected on this line.
    func takeGuard(_ line: Int?) -> Bool {
        guarded.withLock { guarded in
            guard let line, guarded == line else { return false }
            guarded = nil
            return true
        }
    }

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
