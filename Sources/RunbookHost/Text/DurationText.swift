/// Spans of time as people write them.
public enum DurationText {
    /// Reads `90s`, `2m`, `1h30m`, `250ms` or a number of seconds; nil when it is none of these.
    public static func parse(_ text: String) -> Duration? {
        if let seconds = Double(text) { return of(seconds: seconds) }
        var rest = Substring(text)
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number), let factor = factors[String(unit)] else { return nil }
            total += value * factor / 1000
        }
        return of(seconds: total)
    }

    /// The longest span that is taken, in seconds: a hundred years.
    private static let longest = 3_155_760_000.0

    /// A number of seconds; nil for a negative one, for one over a hundred years and for what is no number.
    public static func of(seconds: Double) -> Duration? {
        (0...longest).contains(seconds) ? .milliseconds(Int64((seconds * 1000).rounded())) : nil
    }

    private static let factors: [String: Double] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    /// `0.4s`, `48.1s`, `2m 00s`, `1h 05m`.
    public static func of(_ duration: Duration) -> String {
        of(milliseconds: duration.milliseconds)
    }

    /// The same for a number of milliseconds.
    public static func of(milliseconds: Int) -> String {
        if milliseconds < 60_000 {
            let tenths = (milliseconds + 50) / 100
            return tenths % 10 == 0 && tenths >= 100 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
        }
        let seconds = (milliseconds + 500) / 1000
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if seconds < 3600 { return "\(seconds / 60)m \(two(seconds % 60))s" }
        return "\(seconds / 3600)h \(two(seconds % 3600 / 60))m"
    }

    /// As short as it can be said, for limits and running clocks: `12s`, `3m`, `1m 30s`, `2h`.
    public static func short(milliseconds: Int) -> String {
        if milliseconds % 1000 != 0, milliseconds < 60_000 { return of(milliseconds: milliseconds) }
        let seconds = (milliseconds + 500) / 1000
        if seconds < 60 { return "\(seconds)s" }
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        if hours > 0 { return minutes % 60 == 0 ? "\(hours)h" : of(milliseconds: milliseconds) }
        return seconds % 60 == 0 ? "\(minutes)m" : of(milliseconds: milliseconds)
    }
}
