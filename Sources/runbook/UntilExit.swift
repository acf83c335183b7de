import Synchronization

/// What the end of the process takes down, and nothing before it.
///
/// Closed by itself, the journal's log would be moved into the database and removed, and be made anew by the next run: four
/// syncs, and a thread to close it (docs/decisions/0061).
enum UntilExit {
    private static let kept = Mutex<[any Sendable]>([])

    /// Keeps a value.
    static func keep<Value: Sendable>(_ value: Value) -> Value {
        kept.withLock { $0.append(value) }
        return value
    }
}
