import Foundation

/// A schedule of five fields, as cron reads it, or one that is named (`@daily`, `@every 5m`).
struct CronSchedule: Sendable {
    /// A text that is no schedule, in the words of the real controller's parser.
    struct Invalid: Error {
        let message: String
    }

    private var minutes: Set<Int> = []
    private var hours: Set<Int> = []
    private var days: Set<Int> = []
    private var months: Set<Int> = []
    private var weekdays: Set<Int> = []
    private var anyDay = false
    private var anyWeekday = false
    /// The seconds between two times, for `@every`.
    private var interval: Double?
    private var calendar = Calendar(identifier: .gregorian)
    private let hasHourSteps: Bool

    private static let named = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads a schedule.
    ///
    /// - Parameter zone: the time zone that the fields are in; nil for UTC.
    /// - Throws: `Invalid`.
    init(_ text: String, zone: TimeZone? = nil) throws {
        calendar.timeZone = zone ?? TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        hasHourSteps = zone.map { $0.nextDaylightSavingTimeTransition != nil } ?? false
        if text.hasPrefix("@every ") {
            guard let seconds = Self.duration(text.dropFirst(7)), seconds >= 1 else {
                throw Invalid(
                    message: "failed to parse duration \(text): time: invalid duration \"\(text.dropFirst(7))\"")
            }
            interval = seconds
            return
        }
        if text.hasPrefix("@"), Self.named[text] == nil {
            throw Invalid(message: "unrecognized descriptor: \(text)")
        }
        let fields = (Self.named[text] ?? text).split(separator: " ").map(String.init)
        guard fields.count == 5 else {
            throw Invalid(
                message:
                    "expected exactly 5 fields, found \(fields.count): [\(fields.joined(separator: " "))]")
        }
        minutes = try Self.values(fields[0], 0...59)
        hours = try Self.values(fields[1], 0...23)
        days = try Self.values(fields[2], 1...31)
        months = try Self.values(fields[3], 1...12, names: Self.monthNames)
        weekdays = try Self.values(fields[4], 0...6, names: Self.dayNames)
        anyDay = fields[2].hasPrefix("*") || fields[2].hasPrefix("?")
        anyWeekday = fields[4].hasPrefix("*") || fields[4].hasPrefix("?")
    }

    /// The seconds of a duration as Go writes it: `1h30m`.
    private static func duration(_ text: Substring) -> Double? {
        var rest = text
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let part = Fault.seconds("\(number)\(unit)") else { return nil }
            total += part
        }
        return text.isEmpty ? nil : total
    }

    private static func values(_ field: String, _ range: ClosedRange<Int>, names: [String] = []) throws -> Set<Int> {
        var result: Set<Int> = []
        for part in field.split(separator: ",") {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard pieces.count <= 2 else { throw Invalid(message: "too many slashes: \(part)") }
            let step = pieces.count == 2 ? try number(pieces[1], range, []) : 1
            guard step > 0 else { throw Invalid(message: "step of range should be a positive number: \(part)") }
            var bounds = (low: range.lowerBound, high: range.upperBound)
            if pieces[0] != "*", pieces[0] != "?" {
                let ends = pieces[0].split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2 else { throw Invalid(message: "too many hyphens: \(part)") }
                bounds.low = try number(ends[0], range, names)
                bounds.high =
                    ends.count == 2
                    ? try number(ends[1], range, names) : pieces.count == 2 ? range.upperBound : bounds.low
            }
            if bounds.low < range.lowerBound {
                throw Invalid(
                    message: "beginning of range (\(bounds.low)) below minimum (\(range.lowerBound)): \(part)")
            }
            if bounds.high > range.upperBound {
                throw Invalid(message: "end of range (\(bounds.high)) above maximum (\(range.upperBound)): \(part)")
            }
            if bounds.low > bounds.high {
                throw Invalid(
                    message: "beginning of range (\(bounds.low)) beyond end of range (\(bounds.high)): \(part)")
            }
            result.formUnion(stride(from: bounds.low, through: bounds.high, by: step))
        }
        return result
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>, _ names: [String]) throws -> Int {
        if let index = names.firstIndex(of: text.lowercased()) { return index + range.lowerBound }
        guard let number = Int(text), number >= 0 else {
            throw Invalid(
                message: "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax")
        }
        return number
    }

    /// The latest time that was due, and how many were; nil when none was.
    ///
    /// - Parameter limit: more times than these are estimated rather than counted.
    func latest(after start: Double, until end: Double, limit: Int) -> (due: Double, count: Int)? {
        guard var due = next(after: start), due <= end else { return nil }
        var count = 1
        while let following = next(after: due), following <= end {
            let distance = following - due
            due = following
            count += 1
            if count > limit, end - due > 2 * distance {
                count += Int((end - due) / distance)
                due = next(after: end - 2 * distance) ?? due
            }
        }
        return (due, count)
    }

    /// The first time after another at which the schedule is due, within the next four years.
    func next(after time: Double) -> Double? {
        if let interval { return (time / interval).rounded(.down) * interval + interval }
        var moment = (time / 60).rounded(.down) * 60 + 60
        let end = time + 4 * 366 * 86_400
        while moment < end {
            let parts = calendar.dateComponents(
                [.minute, .hour, .day, .month, .weekday], from: Date(timeIntervalSince1970: moment))
            guard let minute = parts.minute, let hour = parts.hour, let day = parts.day, let month = parts.month,
                let weekday = parts.weekday
            else { return nil }
            let isDayRight = days.contains(day)
            let isWeekdayRight = weekdays.contains(weekday - 1)
            // As in cron: when both are given, either is enough.
            let isDue = anyDay || anyWeekday ? isDayRight && isWeekdayRight : isDayRight || isWeekdayRight
            if !months.contains(month) || !isDue {
                // A day of a zone with summer time may be an hour longer or shorter.
                moment += Double(hasHourSteps ? 3600 - minute * 60 : 86_400 - hour * 3600 - minute * 60)
            } else if !hours.contains(hour) {
                moment += Double(3600 - minute * 60)
            } else if !minutes.contains(minute) {
                moment += 60
            } else {
                return moment
            }
        }
        return nil
    }
}
