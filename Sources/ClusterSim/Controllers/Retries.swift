/// When controllers look at an object again: after a failure, or because something else has to end first.
///
/// An object has one such look at a time. Without that, every change of the object would start one more chain of looks.
struct Retries: Sendable {
    private var failures: [ObjectKey: Int] = [:]
    private var due: Set<ObjectKey> = []

    /// The time until an object that just failed is tried again: 5 ms, doubled with each failure, as real work queues do.
    mutating func delay(afterFailureOf key: ObjectKey) -> Double {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        return min(1000, 0.005 * Double(1 << min(count, 20)))
    }

    /// Notes that an object needs no further try.
    mutating func succeeded(_ key: ObjectKey) { failures.removeValue(forKey: key) }

    /// Whether a look that is planned now is the only one.
    mutating func plan(_ key: ObjectKey) -> Bool { due.insert(key).inserted }

    /// Notes that the planned look is made.
    mutating func begin(_ key: ObjectKey) { due.remove(key) }
}

extension Cluster {
    /// Tries an object again that a controller failed with.
    func retry(_ key: ObjectKey) { lookAgain(key, after: retries.delay(afterFailureOf: key)) }

    /// Lets a controller look at an object after a time, unless it is about to do so anyway.
    func lookAgain(_ key: ObjectKey, after seconds: Double) {
        if retries.plan(key) { schedule(.lookAgain(key), after: seconds) }
    }
}
