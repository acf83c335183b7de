/// A report as one HTML file without any reference to the outside.
struct HTMLReport {
    let data: ReportData

    var text: String {
        let run = data.run
        let title = "\(run.runbook) · run \(run.id) · \(run.status)"
        var body = [header]
        if let failure = data.failure { body.append(section("What went wrong", failed(failure), kind: "bad")) }
        if data.failure == nil && !(data.undone.isEmpty && data.left.isEmpty) {
            body.append(section("Undone", list(data.undone, "Undone") + list(data.left, "Left")))
        }
        if !data.conversations.isEmpty {
            body.append(section("AI tools", data.conversations.map(conversation).joined(separator: "\n")))
        }
        if !data.notes.isEmpty { body.append(section("Warnings", list(data.notes, ""))) }
        for (index, steps) in data.sessions.enumerated() where !steps.isEmpty {
            let name = data.sessions.count > 1 ? "Steps, session \(index + 1)" : "Steps"
            let total = max(1, steps.map { $0.offset + $0.milliseconds }.max() ?? 1)
            body.append(section(name, steps.map { step($0, of: total) }.joined(separator: "\n")))
        }
        if !data.changes.isEmpty { body.append(section("Changes", changes)) }
        if !data.masked.isEmpty {
            let counts = data.masked.map { "<li><b>\(html($0.name))</b> \($0.count) times</li>" }.joined()
            body.append(section("Masked secrets", "<ul>\(counts)</ul>"))
        }
        body.append(section("About the run", facts))
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(html(title))</title><style>\(HTMLStyle.text)</style></head><body><main>
            \(body.joined(separator: "\n"))
            </main></body></html>
            """
    }

    private func conversation(_ told: AITranscript) -> String {
        let tool = told.tool + (told.version.map { " \($0)" } ?? "")
        let reason = told.reason.map { ": " + $0 } ?? ""
        func part(_ name: String, _ text: String) -> String {
            text.isEmpty ? "" : "<p>\(name)</p><pre>\(html(VisibleText.of(text)))</pre>"
        }
        return "<details><summary>\(html(tool)): \(html(told.verdict + reason))</summary>"
            + "<p>\(html(told.started)) · \(DurationText.of(milliseconds: told.ms))</p>"
            + part("Prompt", told.prompt) + part("Answer", told.answer) + "</details>"
    }

    private func html(_ text: String) -> String { XMLText.escape(text) }

    private var header: String {
        let run = data.run
        let kind =
            run.status == "ok"
            ? "good" : ["running", "interrupted", "declined", "locked"].contains(run.status) ? "warn" : "bad"
        let when = String(run.started.prefix(19)).replacing("T", with: " ") + " UTC"
        let parts: [String?] = [
            "run \(run.id)", when, run.milliseconds.map { DurationText.of(milliseconds: $0) }, run.context,
            run.world == "live" ? nil : run.world, "\(run.user) on \(run.host)",
        ]
        return "<header><h1>\(html(run.runbook)) <span class=\"badge \(kind)\">\(html(run.status))</span></h1>"
            + "<p class=\"dim\">\(parts.compactMap { $0 }.map(html).joined(separator: " · "))</p></header>"
    }

    private var facts: String {
        let run = data.run
        var facts: [(String, String)] = [("File", run.file)]
        if let reason = run.reason { facts.append(("Reason", reason)) }
        if let exit = run.exit { facts.append(("Exit code", String(exit))) }
        if run.sessions > 1 { facts.append(("Sessions", String(run.sessions))) }
        for (name, value) in JSONReading.value(Array(run.parameters.utf8))?.tableValue?.fields ?? [] {
            facts.append(("-p \(name)", Display.text(value)))
        }
        return "<dl class=\"rows\">"
            + facts.map { "<div><dt>\(html($0.0))</dt><dd>\(html($0.1))</dd></div>" }.joined() + "</dl>"
    }

    private func section(_ title: String, _ content: String, kind: String = "") -> String {
        "<section class=\"\(kind)\"><h2>\(title)</h2>\(content)</section>"
    }

    private func failed(_ failure: ReportData.Failure) -> String {
        // The cause before the noise.
        var text = failure.causes.map { "<p class=\"cause\">\(html($0))</p>" }.joined()
        text += "<p class=\"message\">\(html(failure.message))</p><dl class=\"rows\">"
        func row(_ name: String, _ values: [String], isCode: Bool = false) {
            guard !values.isEmpty else { return }
            let shown = values.map { isCode ? "<code>\(html($0))</code>" : html($0) }.joined(separator: "<br>")
            text += "<div><dt>\(name)</dt><dd>\(shown)</dd></div>"
        }
        row("Step", failure.step.map { [$0] } ?? [])
        row("Where", failure.place.map { [$0] } ?? [])
        row("Undone", failure.undone)
        row("Left", failure.left)
        row("Next", failure.next.map { [$0] } ?? [], isCode: true)
        text += "</dl>"
        if !failure.details.isEmpty { text += "<pre>\(html(failure.details.joined(separator: "\n")))</pre>" }
        return text
    }

    private func list(_ items: [String], _ name: String) -> String {
        guard !items.isEmpty else { return "" }
        let label = name.isEmpty ? "" : "<span class=\"label\">\(name)</span> "
        return "<ul>" + items.map { "<li>\(label)\(html($0))</li>" }.joined() + "</ul>"
    }

    /// - Parameter total: The milliseconds of the whole session.
    private func step(_ step: ReportData.Step, of total: Int) -> String {
        let kind =
            switch step.status {
            case "ok", "restored": "good"
            case "failed": "bad"
            case "skipped": "dim"
            default: "warn"
            }
        let time = step.status == "restored" ? "done earlier" : DurationText.of(milliseconds: step.milliseconds)
        let tries = step.attempt > 1 ? " <span class=\"label\">try \(step.attempt)</span>" : ""
        let line =
            "<span class=\"sign \(kind)\">\(StepSign.of(step.status))</span> \(html(step.name))\(tries)"
            + "<span class=\"time\">\(time)</span>" + bar(step, of: total, kind)
        let indent = "style=\"margin-left:\(Double(step.depth) * 1.4)rem\""
        let error = step.error.map { "<p class=\"error\">\(html($0))</p>" } ?? ""
        guard !step.commands.isEmpty else { return "<div class=\"step\" \(indent)>\(line)\(error)</div>" }
        let open = step.status == "failed" ? " open" : ""
        return "<details class=\"step\" \(indent)\(open)><summary>\(line)</summary>\(error)"
            + step.commands.map(command).joined() + "</details>"
    }

    private func command(_ command: ReportData.Command) -> String {
        var end = command.exit.map { "exit \($0)" } ?? ""
        if let time = command.milliseconds { end += " · \(DurationText.of(milliseconds: time))" }
        let isBad = command.error != nil || (command.exit ?? 0) != 0
        var lines = command.output
        if let error = command.error { lines.append(error) }
        let output = lines.isEmpty ? "" : "<pre>\(html(lines.joined(separator: "\n")))</pre>"
        return "<div class=\"command\"><code>\(command.isWrite ? "" : "<i>read</i> ")\(html(command.text))</code>"
            + "<span class=\"time\(isBad ? " bad" : "")\">\(end)</span>\(output)</div>"
    }

    private var changes: String {
        let rows = data.changes.map { change in
            "<tr><td>\(html(change.kind))</td><td>\(html(change.title))</td><td>\(html(change.state))</td>"
                + "<td>\(html(change.wayBack ?? "no way back"))</td><td>\(html(change.undo ?? ""))</td></tr>"
        }
        return
            "<table><thead><tr><th></th><th>Change</th><th>State</th><th>Way back</th><th>Undo</th></tr></thead><tbody>"
            + rows.joined() + "</tbody></table>"
    }

    /// When the step ran: a line on the span of the session.
    private func bar(_ step: ReportData.Step, of total: Int, _ kind: String) -> String {
        guard step.status != "restored", step.status != "skipped" else { return "" }
        func percent(_ part: Int) -> String {
            let thousandths = min(1000, part * 1000 / total)
            return "\(thousandths / 10).\(thousandths % 10)%"
        }
        return "<span class=\"track\"><span class=\"bar \(kind)\" style=\"margin-left:\(percent(step.offset));"
            + "width:max(2px,\(percent(step.milliseconds)))\"></span></span>"
    }
}
