/// A report for an issue or a chat.
struct MarkdownReport {
    let data: ReportData

    var text: String {
        let run = data.run
        var lines = ["# \(run.runbook): \(run.status)", ""]
        let time = run.milliseconds.map { " · " + DurationText.of(milliseconds: $0) } ?? ""
        lines.append("Run `\(run.id)` · \(run.started)\(time) · \(run.user)@\(run.host)")
        if let context = run.context { lines.append("Context `\(context)`") }
        if let reason = run.reason { lines.append("Reason: \(Self.plain(reason))") }
        lines += ["", "Parameters: `\(run.parameters)`", ""]
        if let failure = data.failure { lines += failed(failure) }
        for (index, steps) in data.sessions.enumerated() {
            lines += [data.sessions.count > 1 ? "## Steps, session \(index + 1)" : "## Steps", ""]
            lines += steps.map(step)
            lines.append("")
        }
        if !data.changes.isEmpty {
            lines += ["## Changes", "", "| | Change | State | Way back | Undo |", "|---|---|---|---|---|"]
            for change in data.changes {
                let cells = [change.kind, change.title, change.state, change.wayBack ?? "none", change.undo ?? ""]
                lines.append("| " + cells.map(Self.cell).joined(separator: " | ") + " |")
            }
            lines.append("")
        }
        if !data.conversations.isEmpty {
            lines += ["## AI tools", ""]
            lines += data.conversations.flatMap(conversation)
        }
        if !data.masked.isEmpty {
            let counts = data.masked.map { "\($0.name) \($0.count)×" }.joined(separator: ", ")
            lines += ["Masked: \(counts)", ""]
        }
        return lines.joined(separator: "\n")
    }

    private func conversation(_ told: AITranscript) -> [String] {
        let tool = told.tool + (told.version.map { " \($0)" } ?? "")
        let reason = told.reason.map { ": " + Self.plain($0) } ?? ""
        var lines = [
            "### \(tool): \(told.verdict)\(reason)", "",
            "\(told.started) · \(DurationText.of(milliseconds: told.ms))", "", "Prompt:", "",
        ]
        lines += Self.fenced(told.prompt)
        if !told.answer.isEmpty { lines += ["", "Answer:", ""] + Self.fenced(told.answer) }
        return lines + [""]
    }

    /// A text in a fence that nothing in it can end.
    private static func fenced(_ text: String) -> [String] {
        var fence = "````"
        while text.contains(fence) { fence += "`" }
        return [fence + "text"]
            + VisibleText.of(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [fence]
    }

    private func failed(_ failure: ReportData.Failure) -> [String] {
        var lines = ["## Failure", "", "**\(Self.plain(failure.message))**", ""]
        func add(_ name: String, _ text: String?) {
            if let text { lines.append("- \(name): \(Self.plain(text))") }
        }
        add("Step", failure.step)
        for cause in failure.causes { add("Cause", cause) }
        add("Where", failure.place)
        for text in failure.undone { add("Undone", text) }
        for text in failure.left { add("Left", text) }
        if let next = failure.next { lines.append("- Next: `\(next)`") }
        if !failure.details.isEmpty { lines += ["", "```"] + failure.details + ["```"] }
        return lines + [""]
    }

    private func step(_ step: ReportData.Step) -> String {
        let indent = String(repeating: "  ", count: step.depth)
        let time = DurationText.of(milliseconds: step.milliseconds)
        var text = "\(indent)- \(StepSign.of(step.status)) \(Self.plain(step.name)) (\(step.status), \(time))"
        if let error = step.error { text += ": \(Self.plain(error))" }
        for command in step.commands {
            text += "\n\(indent)  - `\(command.text.replacing("`", with: "'").replacing("\n", with: " "))`"
            if let exit = command.exit, exit != 0 { text += " exited \(exit)" }
        }
        return text
    }

    private static func plain(_ text: String) -> String {
        text.replacing("\n", with: " ").replacing("<", with: "&lt;")
    }

    private static func cell(_ text: String) -> String { plain(text).replacing("|", with: "\\|") }
}

/// The sign of a step's status.
enum StepSign {
    static func of(_ status: String) -> String {
        switch status {
        case "ok", "restored": "✓"
        case "failed": "✗"
        case "allowed": "!"
        case "skipped": "–"
        default: "■"
        }
    }
}
