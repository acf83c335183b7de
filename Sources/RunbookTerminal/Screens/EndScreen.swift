import RunbookHost

/// The end of a run for a person: the cause before the noise, the next command always there.
struct EndScreen {
    let console: Console

    /// A failure takes no more lines than this, on a terminal that is wide enough.
    static let lineLimit = 14
    private static let labelWidth = 9
    /// A line of a command's output is cut here, however wide the screen is.
    private static let detailLimit = 240

    private var style: Style { console.progressStyle }
    private var width: Int { max(24, console.width(.progress)) }

    /// The lines of a run's end.
    ///
    /// - Parameter lastStep: The step whose line stands right above, so that it need not be named again.
    func lines(_ summary: RunSummary, lastStep: Int?) -> [Console.Line] {
        var lines: [Console.Line] = []
        if summary.isDryRun && (summary.failure == nil || !summary.plan.isEmpty) {
            lines = PlanScreen(console: console).lines(summary)
        }
        let end = endLine(summary)
        let masked = maskedLine(summary)
        if let failure = summary.failure {
            let room = Self.lineLimit - (end == nil ? 0 : 1) - (masked == nil ? 0 : 1)
            let text = self.failure(failure, summary, lastStep: lines.isEmpty ? lastStep : nil, room: room)
            lines += text.map { Console.Line(text: $0, stream: .progress) }
        }
        if let masked { lines.append(Console.Line(text: masked, stream: .progress)) }
        if let end { lines.append(Console.Line(text: end, stream: .progress)) }
        return lines
    }

    /// Which secrets came up, and where their masks stand.
    private func maskedLine(_ summary: RunSummary) -> String? {
        guard !summary.masked.isEmpty else { return nil }
        let names = summary.masked.prefix(3).map { ScreenText.line("\($0.name) \($0.count)") }
        let more = summary.masked.count > names.count ? ", and \(summary.masked.count - names.count) more" : ""
        let places = summary.maskedIn.values.reduce(into: [String: Int]()) { $0.merge($1, uniquingKeysWith: +) }
        let found = places.keys.sorted().joined(separator: ", ")
        return style.dim("masked: \(names.joined(separator: ", "))\(more), in \(found)".cut(to: width))
    }

    private func endLine(_ summary: RunSummary) -> String? {
        let words: String
        switch summary.status {
        case .ok: words = style.green(summary.isDryRun ? "nothing was changed" : "ok")
        case .invalid, .missing, .locked, .declined: return nil
        case .failed: words = style.red("failed")
        case .undone: words = style.red("failed") + ", and undone"
        case .undoFailed: words = style.red("failed, and the undo failed too")
        case .timeout: words = style.red("over its time limit")
        case .interrupted: words = style.yellow("stopped")
        }
        let time = DurationText.of(milliseconds: summary.milliseconds)
        guard summary.isDryRun else { return "\(words) · \(time) · runbook logs \(summary.id)" }
        return "\(words) · \(time)" + (summary.status == .ok ? "" : " · nothing was changed")
    }

    private func failure(
        _ failure: RunFailure, _ summary: RunSummary, lastStep: Int?, room: Int
    ) -> [String] {
        if failure.isVerdict { return [""] + ScreenText.lines(failure.message).map(style.red) }
        var head: [String] = []
        let isNamed = lastStep.map { number in
            summary.steps.contains {
                $0.number == number && $0.name == failure.step && ($0.status == .failed || $0.status == .interrupted)
            }
        }
        if let step = failure.step, isNamed != true {
            let sign = summary.status == .interrupted ? style.yellow("■ ") : style.red("✗ ")
            head = ["", sign + ScreenText.line(step).cut(to: max(20, width - 2))]
        }
        head += message(failure)
        let rows = rows(failure, summary)
        let last = Array(failure.details.map { ScreenText.line($0) }.filter { !isSaid($0, failure) })
        let rest = max(2, room - rows.count - head.count { !$0.isEmpty })
        let detailWidth = max(20, min(width - 4, Self.detailLimit))
        let details = last.suffix(min(6, rest)).map { "    " + style.dim($0.cut(to: detailWidth)) }
        return head + details + rows
    }

    private func message(_ failure: RunFailure) -> [String] {
        let indent = failure.step == nil ? "" : "  "
        let lines = ScreenText.lines(failure.message).flatMap { Wrapping.lines($0, width: width - indent.count) }
        guard lines.count > 4 else { return lines.map { indent + style.red($0) } }
        return lines.prefix(3).map { indent + style.red($0) } + [indent + style.red("…")]
    }

    // The last line of a command stands in the message, mostly without the word that tools begin it with.
    private func isSaid(_ line: String, _ failure: RunFailure) -> Bool {
        let message = ScreenText.line(failure.message)
        let rest = line.trimmingPrefix(/\s*(?:[Ee]rror|ERROR|fatal):\s*/)
        return line.allSatisfy(\.isWhitespace) || message.hasSuffix(line) || message.hasSuffix(rest)
    }

    private func rows(_ failure: RunFailure, _ summary: RunSummary) -> [String] {
        var rows: [String] = []
        func add(_ label: String, _ texts: [String], most: Int = 2) {
            let shown = texts.count > most ? Array(texts.prefix(most - 1)) : texts
            for (index, text) in shown.enumerated() {
                rows += LabelledRow(label: index == 0 ? label : "", text: ScreenText.line(text)).lines(
                    labelWidth: Self.labelWidth, indent: 2, width: width, limit: 2)
            }
            if shown.count < texts.count {
                let text = "… and \(texts.count - shown.count) more: runbook report \(summary.id)"
                rows += LabelledRow(label: "", text: text).lines(
                    labelWidth: Self.labelWidth, indent: 2, width: width)
            }
        }
        add("Cause", failure.causes)
        add("Also", FailureFacts.others(failure, summary))
        add("Where", FailureFacts.place(failure).map { [$0] } ?? [])
        // Each has its own line above, as a step.
        add("Undone", summary.undone.count > 2 ? [joined(summary.undone)] : summary.undone)
        var seen: Set<String> = []
        add("Left", summary.left.filter { seen.insert($0).inserted }, most: 3)
        add("Try", failure.remedy.map { [$0] } ?? [])
        add("Next", failure.next.flatMap { $0 == failure.remedy ? nil : [$0] } ?? [])
        return rows
    }
}

extension EndScreen {
    /// Several things, as many as two lines hold.
    fileprivate func joined(_ texts: [String]) -> String {
        var shown: [String] = []
        var used = 0
        for text in texts where shown.isEmpty || used + CellWidth.of(text) < 2 * min(width, 120) - 44 {
            shown.append(text)
            used += CellWidth.of(text) + 2
        }
        let more = texts.count - shown.count
        return shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }
}

/// What a failure's screen says that the failure itself does not hold.
enum FailureFacts {
    /// The line, and the lines that called it when it stands in a library.
    static func place(_ failure: RunFailure) -> String? {
        guard let site = failure.site else { return nil }
        var callers: [Substring] = []
        for line in failure.traceback?.split(separator: "\n") ?? [] {
            let parts = line.split(separator: ":", maxSplits: 2)
            guard parts.count >= 2, Int(parts[1]) != nil else { continue }
            let place = line[..<parts[1].endIndex]
            // Only what stands below the place has called it.
            if place == site { callers = [] } else if !callers.contains(place) { callers.append(place) }
        }
        // The frames of the runbook itself say nothing new when the error stands in it.
        let file = site.prefix { $0 != ":" }
        guard let outer = callers.first(where: { $0.prefix { $0 != ":" } != file }) else { return site }
        return "\(site), called from \(outer)"
    }

    /// Other steps that failed by themselves, such as a second branch of `parallel`.
    static func others(_ failure: RunFailure, _ summary: RunSummary) -> [String] {
        let failed = summary.steps.filter { $0.status == .failed }
        let parents = Set(failed.compactMap(\.parent))
        return failed.compactMap { step in
            guard !parents.contains(step.number), step.name != failure.step, let error = step.error,
                error != failure.message, !step.name.hasPrefix("Undo: ")
            else { return nil }
            return "\(step.name): \(error)"
        }
    }
}
