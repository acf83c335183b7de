import RunbookHost

/// What a preview found, for a person: every write once, with what it would change and how sure that is.
struct PlanScreen {
    let console: Console

    private var style: Style { console.productStyle }

    /// The lines of a preview.
    func lines(_ summary: RunSummary) -> [Console.Line] {
        var lines = [title(summary.plan)]
        let objects = summary.plan.map { CellWidth.of($0.object) }.max() ?? 0
        let names = min(36, summary.plan.map { CellWidth.of(ScreenText.line($0.name)) }.max() ?? 0)
        let numbers = String(summary.plan.count).count
        for change in summary.plan {
            let number = String(change.number).padding(toLeft: numbers)
            let name = ScreenText.line(change.name).padding(to: names)
            let difference = change.difference?.summary ?? ""
            let head = [change.summary, difference == change.summary ? "" : difference].filter { !$0.isEmpty }
                .map { ScreenText.line($0) }.joined(separator: " · ")
            let text = "\(change.object.padding(to: objects))  \(name)  \(head)".trimmingEnd()
            lines.append("  \(style.dim(number))  \(sign(change.kind)) \(text)")
            let indent = String(repeating: " ", count: numbers + 6)
            lines += details(change).map { indent + $0 }
        }
        for text in summary.branches { lines.append("  " + style.yellow("?") + " " + ScreenText.line(text)) }
        lines += missing(summary.missing)
        return lines.map { Console.Line(text: $0, stream: .product) }
    }

    private func title(_ plan: [PlannedChange]) -> String {
        guard !plan.isEmpty else { return "Would change nothing" }
        let dependent = plan.count { if case .dependent = $0.certainty { true } else { false } }
        let unvalidated = plan.count { if case .unvalidated = $0.certainty { true } else { false } }
        var title = "Would make \(plan.count) change\(plan.count == 1 ? "" : "s")"
        if dependent > 0 { title += ", \(dependent) of them depend\(dependent == 1 ? "s" : "") on an earlier one" }
        if unvalidated > 0 { title += ", \(unvalidated) cannot be validated yet" }
        return title
    }

    private func details(_ change: PlannedChange) -> [String] {
        var lines: [String] = []
        if !change.command.isEmpty { lines.append(style.dim("$ " + ScreenText.line(Command.display(change.command)))) }
        for text in change.difference?.lines ?? [] { lines.append(colored(ScreenText.line(text))) }
        if let unknown = change.difference?.unknown {
            lines.append(style.yellow("difference not known: \(ScreenText.line(unknown))"))
        }
        if let server = change.server { lines.append("server: \(ScreenText.line(server))") }
        let undo = change.undo.map { " · undo: " + ScreenText.line($0) } ?? ""
        switch change.certainty {
        case .certain: lines.append(style.dim("certain" + undo))
        case .dependent(let number): lines.append(style.yellow("depends on change \(number)") + style.dim(undo))
        case .unvalidated(let reason):
            lines.append(style.yellow("cannot be validated yet: \(ScreenText.line(reason))") + style.dim(undo))
        }
        return lines
    }

    private func missing(_ texts: [String]) -> [String] {
        guard !texts.isEmpty else { return ["Reads could not be made: none. Nothing was changed."] }
        return ["Reads could not be made, or what a real run would miss:"]
            + MissingReads.grouped(texts).map { "  - " + ScreenText.line($0) } + ["Nothing was changed."]
    }

    private func sign(_ kind: Change.Kind) -> String {
        switch kind {
        case .create: style.green(kind.rawValue)
        case .modify: style.yellow(kind.rawValue)
        case .delete: style.red(kind.rawValue)
        case .run: style.cyan(kind.rawValue)
        }
    }

    private func colored(_ text: String) -> String {
        if text.hasPrefix("+") { return style.green(text) }
        if text.hasPrefix("-") { return style.red(text) }
        return text
    }
}

/// What a preview could not read: one line a reason, however many reads it stopped.
enum MissingReads {
    static func grouped(_ texts: [String]) -> [String] {
        var order: [String] = []
        var commands: [String: [String]] = [:]
        for text in texts {
            let (command, reason) = split(text)
            if commands[reason] == nil { order.append(reason) }
            commands[reason, default: []] += command.map { [$0] } ?? []
        }
        return order.map { reason in
            let stopped = commands[reason] ?? []
            guard let first = stopped.first else { return reason }
            let more = stopped.count > 1 ? ", and \(stopped.count - 1) more" : ""
            return "\(reason): \(first.cutInMiddle(to: 90))\(more)"
        }
    }

    private static func split(_ text: String) -> (command: String?, reason: String) {
        guard let match = text.firstMatch(of: /^(.+?) exited \d+: (.+)$/.dotMatchesNewlines()) else {
            return (nil, text)
        }
        return (String(match.1), String(match.2))
    }
}

extension String {
    /// The text without blanks at its end.
    func trimmingEnd() -> String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return String(self[..<end])
    }
}
