import Synchronization

/// Where in the body the current task stands: what a resume recognises steps and writes by.
///
/// A step's key is the names from the outermost step on, with a number where a name comes again; each branch of
/// `parallel` counts for itself. So the key does not depend on how branches interleave.
final class Position: Sendable {
    @TaskLocal static var current: Position?

    /// The key.
    let key: String
    /// True where a step says that it may run twice.
    let isIdempotent: Bool
    private let counts = Mutex<[String: Int]>([:])

    init(key: String = "", isIdempotent: Bool = false) {
        self.key = key
        self.isIdempotent = isIdempotent
    }

    /// How often a name was asked for here, this time included.
    func next(_ name: String) -> Int {
        counts.withLock { counts in
            let number = counts[name, default: 0] + 1
            counts[name] = number
            return number
        }
    }

    /// The key of the next step of a name, in which no secret may stand: keys are kept in the journal.
    func step(_ name: String) -> String {
        let number = next("step " + name)
        let plain = name.replacing("/", with: "\\/")
        return key + "/" + (number == 1 ? plain : "\(plain)#\(number)")
    }

    /// The position of the next `parallel`.
    func parallel() -> Position {
        Position(key: key + "/parallel#\(next("parallel"))", isIdempotent: isIdempotent)
    }

    /// The position of a branch that has no name.
    func branch(_ number: Int) -> Position {
        Position(key: key + "/[\(number)]", isIdempotent: isIdempotent)
    }
}

extension RunSession {
    /// Where the current task stands.
    var position: Position { Position.current ?? rootPosition }
}
