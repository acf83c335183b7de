/// How often each secret was masked, and where.
public struct RedactionSummary: Sendable, Equatable, Codable {
    /// Where a stream's output goes, such as `stdout` or `tape`, by the name of what was masked.
    public private(set) var counts: [String: [String: Int]] = [:]

    /// A summary of nothing.
    public init() {}

    /// Counts masks of one secret in one place.
    public mutating func add(_ name: String, place: String, count: Int = 1) {
        counts[name, default: [:]][place, default: 0] += count
    }

    /// Adds the counts of another summary.
    public mutating func merge(_ other: RedactionSummary) {
        for (name, places) in other.counts {
            for (place, count) in places { add(name, place: place, count: count) }
        }
    }

    /// The number of masks of one secret, in all places.
    public func count(of name: String) -> Int {
        counts[name, default: [:]].values.reduce(0, +)
    }

    /// The number of masks of all secrets.
    public var total: Int {
        counts.keys.reduce(0) { $0 + count(of: $1) }
    }

    /// Whether nothing was masked.
    public var isEmpty: Bool { counts.isEmpty }
}
