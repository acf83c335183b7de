/// A report as one HTML file without any reference to the outside.
struct HTMLReport {
    let data: ReportData

    var text: String {
        let run = data.run
        let title = "\(run.runbook) · run \(run.id)"
        var body = [header]
        if let failure = data.failure { body.append(section("What went wrong", failed(failure), kind: "bad")) }
        for (index, steps) in data.sessions.enumerated() where !steps.isEmpty {
            let name = data.sessions.count > 1 ? "Steps, session \(index + 1)" : "Steps"
            body.append(section(name, steps.map(step).joined(separator: "\n")))
        }
        if !data.changes.isEmpty { body.append(section("Changes", changes)) }
        if data.failure == nil && !(data.undone.isEmpty && data.left.isEmpty) {
            body.append(section("Undone", list(data.undone, "Undone") + list(data.left, "Left")))
        }
        if !data.conversations.isEmpty {
            body.append(section("AI tools", data.conversations.map(conversation).joined(separator: "\n")))
        }
        if !data.notes.isEmpty { body.append(section("Warnings", list(data.notes, ""))) }
        if !data.masked.isEmpty {
            let counts = data.masked.map { "<li><b>\(html($0.name))</b> \($0.count) times</li>" }.joined()
            body.append(section("Masked secrets", "<ul>\(counts)</ul>"))
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(html(title))</title><style>\(Self.style)</style></head><body><main>
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
        var facts: [(String, String)] = [
            ("Run", run.id), ("Started", run.started),
            ("Took", run.milliseconds.map { DurationText.of(milliseconds: $0) } ?? "–"),
            ("By", "\(run.user) on \(run.host)"), ("File", run.file),
        ]
        if let exit = run.exit { facts.append(("Exit code", String(exit))) }
        if let context = run.context { facts.append(("Context", context)) }
        if run.world != "live" { facts.append(("World", run.world)) }
        if let reason = run.reason { facts.append(("Reason", reason)) }
        if run.parameters != "{}" { facts.append(("Parameters", run.parameters)) }
        if run.sessions > 1 { facts.append(("Sessions", String(run.sessions))) }
        let cells = facts.map { "<div><dt>\($0.0)</dt><dd>\(html($0.1))</dd></div>" }.joined()
        return "<header><h1>\(html(run.runbook)) <span class=\"badge \(kind)\">\(html(run.status))</span></h1>"
            + "<dl>\(cells)</dl></header>"
    }

    private func section(_ title: String, _ content: String, kind: String = "") -> String {
        "<section class=\"\(kind)\"><h2>\(title)</h2>\(content)</section>"
    }

    private func failed(_ failure: ReportData.Failure) -> String {
        var text = "<p class=\"message\">\(html(failure.message))</p><dl class=\"rows\">"
        func row(_ name: String, _ value: String?) {
            if let value { text += "<div><dt>\(name)</dt><dd>\(html(value))</dd></div>" }
        }
        row("Step", failure.step)
        for cause in failure.causes { row("Cause", cause) }
        row("Where", failure.place)
        for undone in failure.undone { row("Undone", undone) }
        for left in failure.left { row("Left", left) }
        row("Next", failure.next)
        text += "</dl>"
        if !failure.details.isEmpty { text += "<pre>\(html(failure.details.joined(separator: "\n")))</pre>" }
        return text
    }

    private func list(_ items: [String], _ name: String) -> String {
        guard !items.isEmpty else { return "" }
        let label = name.isEmpty ? "" : "<span class=\"label\">\(name)</span> "
        return "<ul>" + items.map { "<li>\(label)\(html($0))</li>" }.joined() + "</ul>"
    }

    private func step(_ step: ReportData.Step) -> String {
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
            + "<span class=\"time\">\(time)</span>"
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

    private static let style = """
        :root{--bg:#fff;--fg:#1c2024;--dim:#60676f;--line:#e3e6ea;--soft:#f6f7f9;--good:#18794e;--bad:#c62a2f;--warn:#946800}
        @media(prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e8eaed;--dim:#9aa2ab;--line:#2c3036;--soft:#1e2125;
        --good:#4cc38a;--bad:#ff6369;--warn:#f1a10d}}
        body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:2rem 1.2rem 4rem}
        h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1rem;margin:2rem 0 .6rem}
        .badge{font-size:.85rem;padding:.15rem .6rem;border-radius:1rem;border:1px solid;vertical-align:middle}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}
        section.bad{color:inherit;border-left:3px solid var(--bad);padding-left:1rem}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.7rem;margin:0}
        dl.rows{display:block}dl.rows div{display:flex;gap:1rem}dl.rows dt{min-width:4rem}
        dt{color:var(--dim);font-size:.85rem}dd{margin:0;overflow-wrap:anywhere}
        .message{font-weight:600;color:var(--bad);margin:.2rem 0 .6rem}
        .step{border-bottom:1px solid var(--line);padding:.35rem 0}.step>summary{cursor:pointer;list-style-position:outside}
        .sign{display:inline-block;width:1.1rem}.time{float:right;color:var(--dim);font-variant-numeric:tabular-nums}
        .error{color:var(--bad);margin:.2rem 0 .2rem 1.4rem}.label{color:var(--dim);font-size:.85rem}
        .command{margin:.4rem 0 .4rem 1.4rem}code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
        pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap}
        table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.3rem .6rem .3rem 0;vertical-align:top;
        border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{color:var(--dim);font-weight:500;font-size:.85rem}
        """
}
