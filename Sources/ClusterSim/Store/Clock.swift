import Foundation

/// Times in the forms that the API writes them.
enum Timestamp {
    /// The time now, in seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// A time as `2026-11-21T08:37:06Z`.
    static func seconds(_ time: Double) -> String { date(time) + "Z" }

    /// A time as `2026-11-21T08:37:06.892834Z`.
    static func microseconds(_ time: Double) -> String {
        let fraction = String(Int((time - time.rounded(.down)) * 1_000_000))
        return date(time) + "." + String(repeating: "0", count: 6 - fraction.count) + fraction + "Z"
    }

    /// A time as `2026-11-21T08:37:06.892834521Z`, as logs have it.
    static func nanoseconds(_ time: Double) -> String { String(microseconds(time).dropLast()) + "521Z" }

    private static func date(_ time: Double) -> String {
        let total = Int(time.rounded(.down))
        let days = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
        let rest = total - days * 86_400
        // Howard Hinnant's civil_from_days: no calendar object for the many times that are written.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        return "\(year)-\(two(civilMonth))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// The seconds since 1970 of a time in the API's form.
    static func parse(_ text: String) -> Double? {
        let parts = text.split { "-T:Z".contains($0) }
        guard parts.count >= 6, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let hour = Int(parts[3]), let minute = Int(parts[4]), let second = Double(parts[5])
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Double(days * 86_400 + hour * 3600 + minute * 60) + second
    }

    /// An age as kubectl writes it: `5s`, `3m20s`, `2h5m`, `4d`.
    static func age(_ seconds: Double) -> String {
        let seconds = Int(seconds)
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if hours < 192 { return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h" }
        if days < 730 { return "\(days)d" }
        return "\(days / 365)y"
    }
}
