/// A fault that was asked for by name, and has found nothing of that name.
public struct UnmetFault: Sendable, CustomStringConvertible {
    /// The fault as written.
    public let fault: String
    /// What there was of its kind instead: `deployment/web`, sorted.
    public let others: [String]

    /// One line for a person.
    public var description: String {
        let there = others.isEmpty ? "there was none of its kind" : "there was " + others.joined(separator: ", ")
        return "the fault \(fault) has met nothing; \(there)"
    }
}

/// Which of the faults for pods have yet to find what they name.
struct FaultTargets {
    private var unmet: [Fault]
    private var seen: Set<String> = []

    init(_ faults: [Fault]) {
        unmet = faults.filter { !$0.kind.isOfAPI && $0.target != "*" }
    }

    /// Notes that an object is there.
    mutating func note(_ key: ObjectKey) {
        if unmet.isEmpty { return }
        let prefix = key.type.singular + "/"
        guard unmet.contains(where: { $0.target.hasPrefix(prefix) }) else { return }
        seen.insert(prefix + key.name)
        unmet.removeAll { $0.target == prefix + key.name }
    }

    /// Those that have found nothing so far.
    var faults: [UnmetFault] {
        unmet.map { fault in
            let prefix = fault.target.prefix { $0 != "/" } + "/"
            return UnmetFault(
                fault: "\(fault.kind.rawValue):\(fault.target)", others: seen.filter { $0.hasPrefix(prefix) }.sorted())
        }
    }
}
