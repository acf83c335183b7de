import RunbookHost

/// The end of a run for a person: the cause before the noise, the next command always there.
struct SummaryText {
    let style: Style
    let output: OutputFormat

    func write(_ summary: RunSummary) {
        if summary.isDryRun && summary.failure == nil { PlanText(style: style, output: output).write(summary) }
        if let failure = summary.failure { write(failure, summary) }
        writeMasked(summary)
        let time = DurationText.of(milliseconds: summary.milliseconds)
        let words: String
        switch summary.status {
        case .ok: words = summary.isDryRun ? style.green("nothing was changed") : style.green("ok")
        case .invalid, .missing, .locked, .declined: return
        case .failed: words = style.red("failed")
        case .undone: words = style.red("failed") + ", and undone"
        case .undoFailed: words = style.red("failed, and the undo failed too")
        case .timeout: words = style.red("over its time limit")
        case .interrupted: words = style.yellow("stopped")
        }
        Terminal.error("\(words) · \(time)" + (summary.isDryRun ? "" : " · runbook logs \(summary.id)"))
    }

    /// Says which secrets came up and where: their masks stand there.
    private func writeMasked(_ summary: RunSummary) {
        guard !summary.masked.isEmpty else { return }
        let places = summary.maskedIn.values.reduce(into: [String: Int]()) { $0.merge($1, uniquingKeysWith: +) }
        let names = summary.masked.prefix(4).map { "\($0.name) \($0.count)" }
        let more = summary.masked.count > names.count ? ", and \(summary.masked.count - names.count) more" : ""
        let found = places.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Terminal.error(
            style.dim("masked: \(names.joined(separator: ", "))\(more)  (in \(found.joined(separator: ", ")))"))
    }

    private func write(_ failure: RunFailure, _ summary: RunSummary) {
        if failure.isVerdict { return Terminal.error("\n" + style.red(failure.message)) }
        var lines: [(String, String)] = []
        if let step = failure.step { Terminal.error("\n" + style.red("✗ ") + step) }
        Terminal.error((failure.step == nil ? "" : "  ") + style.red(failure.message))
        for line in failure.details.suffix(6) where !failure.message.hasSuffix(line) {
            Terminal.error("    " + style.dim(line))
        }
        for cause in failure.causes { lines.append(("Cause", cause)) }
        if let site = failure.site { lines.append(("Where", site)) }
        for undone in summary.undone { lines.append(("Undone", undone)) }
        for left in summary.left { lines.append(("Left", left)) }
        if let remedy = failure.remedy { lines.append(("Try", remedy)) }
        if let next = failure.next { lines.append(("Next", next)) }
        for (name, text) in lines { Terminal.error("  " + name.padding(to: 9) + text) }
    }
}

/// An error of the command line for a person.
enum ErrorText {
    static func of(_ error: RunbookError) -> String {
        ([error.message] + error.details.map { "  " + $0 } + (error.remedy.map { ["  Try  " + $0] } ?? [])).joined(
            separator: "\n")
    }
}
