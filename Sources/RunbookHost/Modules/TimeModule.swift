import RunbookLua
import RunbookSpec

/// `time`: clock, waiting, moments and spans.
enum TimeModule {
    static let module = LuaModule(
        "time", summary: "The clock, waiting, moments and spans", [now, sleep, parse, format, seconds, span])

    private static let now = ModuleFunction(
        FunctionSpec(
            "now", summary: "The time in seconds since 1970", effect: .read, style: .positional,
            returns: ReturnSpec(.number), examples: [ExampleSpec("assert(time.now() > 0)")])
    ) { _, call in .number(try await call.world.now()) }

    private static let sleep = ModuleFunction(
        FunctionSpec(
            "sleep", summary: "Wait", details: "A preview does not wait.", effect: .read, style: .positional,
            parameters: [.required("duration", .duration, "how long")], examples: [ExampleSpec("time.sleep(\"100ms\")")]
        )
    ) { arguments, call in
        _ = try await call.world.perform(.read(.sleep(arguments.duration("duration") ?? .zero)))
        return .nil
    }

    private static let parse = ModuleFunction(
        FunctionSpec(
            "parse", summary: "Read a moment as Kubernetes writes it (RFC 3339)",
            details: "Gives seconds since 1970, or nil for what is no moment.", effect: .pure, style: .positional,
            parameters: [.required("text", .string, "the moment")], returns: ReturnSpec(.number),
            examples: [ExampleSpec("assert(time.parse(\"1970-01-01T00:01:00Z\") == 60)")])
    ) { arguments, _ in RFC3339.seconds(arguments.string("text")).map { .number($0) } ?? .nil }

    private static let format = ModuleFunction(
        FunctionSpec(
            "format", summary: "Write a moment as RFC 3339 in UTC", effect: .pure, style: .positional,
            parameters: [.required("seconds", .number, "seconds since 1970, up to the year 9999")],
            returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(time.format(60) == \"1970-01-01T00:01:00.000Z\")")])
    ) { arguments, call in
        let seconds = arguments.number("seconds") ?? 0
        guard (-62_167_219_200..<253_402_300_800).contains(seconds) else {
            throw RunbookError(.argument, "`\(call.function)`: \(seconds) is not between the years 0 and 9999")
        }
        return .string(SystemClock.text(seconds))
    }

    private static let seconds = ModuleFunction(
        FunctionSpec(
            "seconds", summary: "The seconds of a span such as `2m`", effect: .pure, style: .positional,
            parameters: [.required("duration", .duration, "the span")], returns: ReturnSpec(.number),
            examples: [ExampleSpec("assert(time.seconds(\"2m\") == 120)")])
    ) { arguments, _ in .number(arguments.duration("duration")?.seconds ?? 0) }

    private static let span = ModuleFunction(
        FunctionSpec(
            "span", summary: "Write a span of seconds for people", effect: .pure, style: .positional,
            parameters: [.required("seconds", .number, "the span")], returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(time.span(125) == \"2m 05s\")")])
    ) { arguments, call in
        let seconds = arguments.number("seconds") ?? 0
        guard let span = DurationText.of(seconds: abs(seconds)) else {
            throw RunbookError(.argument, "`\(call.function)`: \(seconds) seconds are more than a hundred years")
        }
        return .string((seconds < 0 ? "-" : "") + DurationText.of(span))
    }
}

/// Moments as RFC 3339 writes them.
enum RFC3339 {
    /// Seconds since 1970; nil for what is no moment.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[13] == 58, bytes[16] == 58,
            [84, 116, 32].contains(bytes[10]), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...length(month, year)).contains(day), hour < 24,
            minute < 60, second < 61
        else { return nil }
        var index = 19
        var fraction = 0.0
        if bytes[index] == 46 {
            var scale = 0.1
            index += 1
            while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
                fraction += Double(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
        }
        guard index < bytes.count else { return nil }
        var offset = 0
        if bytes[index] == 43 || bytes[index] == 45 {
            guard let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6) else {
                return nil
            }
            guard bytes.count == index + 6, bytes[index + 3] == 58, hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * 60 * (bytes[index] == 43 ? 1 : -1)
        } else if bytes.count != index + 1 || (bytes[index] != 90 && bytes[index] != 122) {
            return nil
        }
        let days = days(year, month, day)
        return Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Days from 1970-01-01 in the Gregorian calendar, counted from March so that the leap day comes last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
