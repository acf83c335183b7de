import Foundation

/// A schedule of five fields, as cron reads it.
struct CronSchedule: Sendable {
    private let minutes, hours, days, months, weekdays: Set<Int>
    private let anyDay: Bool
    private let anyWeekday: Bool

    /// Reads a schedule; nil when the text is none.
    init?(_ text: String) {
        let named = [
            "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
            "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
        ]
        let fields = (named[text] ?? text).split(separator: " ").map(String.init)
        guard fields.count == 5, let minutes = Self.values(fields[0], 0...59), let hours = Self.values(fields[1], 0...23),
            let days = Self.values(fields[2], 1...31), let months = Self.values(fields[3], 1...12),
            let weekdays = Self.values(fields[4], 0...7)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        anyDay = fields[2].hasPrefix("*")
        anyWeekday = fields[4].hasPrefix("*")
    }

    private static func values(_ field: String, _ range: ClosedRange<Int>) -> Set<Int>? {
        var result: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let span = pieces.first, pieces.count <= 2 else { return nil }
            let step = pieces.count == 2 ? Int(pieces[1]) : 1
            guard let step, step > 0 else { return nil }
            var bounds = range
            if span != "*", span != "?" {
                let ends = span.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
                guard let low = ends[0], range.contains(low) else { return nil }
                if ends.count == 2 {
                    guard let high = ends[1], range.contains(high), low <= high else { return nil }
                    bounds = low...high
                } else if pieces.count == 2 {
                    bounds = low...range.upperBound
                } else {
                    bounds = low...low
                }
            }
            result.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return result
    }

    /// The first time after another at which the schedule is due (UTC), within the next four years.
    func next(after time: Double) -> Double? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
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
                moment += Double(86_400 - hour * 3600 - minute * 60)
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
