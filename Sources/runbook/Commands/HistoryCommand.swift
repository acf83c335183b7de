import ArgumentParser
import RunbookHost
import RunbookLua
import RunbookTerminal

/// Lists the runs of the past.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", _superCommandName: RunbookCommand.name,
        abstract: "List the runs of the past, newest first.")

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("How many runs; 0: all (default: 30, and all with --output json).", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Only runs of this runbook.", valueName: "name"))
    var runbook: String?

    @Option(help: ArgumentHelp("How the result is printed.", valueName: "format"))
    var output: OutputFormat = .text

    mutating func run() throws {
        if let limit, limit < 0 { throw ValidationError("`--limit \(limit)`: write a number from 0") }
        do {
            let history = try History.openIfThere(Surroundings.stateFolder)
            if let notice = history?.notice { Terminal.error("warning: " + notice) }
            if output == .json { try writeJSON(history) } else { try writeText(history) }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(error.code == .usage ? 2 : 1)
        }
    }

    private func writeJSON(_ history: History?) throws {
        var text = "{\"runs\":["
        var isFirst = true
        try history?.eachJSON(limit.map { $0 == 0 ? -1 : $0 } ?? -1, runbook: runbook) { line in
            if !isFirst { text += ",\n" }
            isFirst = false
            text += line
            if text.utf8.count > 1 << 20 {
                Terminal.write(text, to: 1)
                text = ""
            }
        }
        Terminal.write(text + "]}\n", to: 1)
    }

    private func writeText(_ history: History?) throws {
        let limit = limit ?? 30
        let runs = try history?.recent(limit == 0 ? -1 : limit, runbook: runbook) ?? []
        if runs.isEmpty {
            Terminal.out(runbook.map { "no runs of \($0) yet" } ?? "no runs yet")
            return
        }
        let style = Style(isColored: Terminal.usesColor(1, environment: Surroundings.environment))
        let width = min(32, runs.map(\.runbook.count).max() ?? 0)
        for run in runs { Terminal.out(line(run, width, style)) }
    }

    /// What is left of the terminal's line, whose colours take no columns.
    private func remarkWidth(_ text: String) -> Int {
        let used = CellWidth.of(text.replacing(/\u{1B}\[[0-9;]*m/, with: "")) + 2
        return max(20, (Terminal.size(1)?.columns ?? 160) - used)
    }

    private func line(_ run: StoredRun, _ width: Int, _ style: Style) -> String {
        let date = String(run.started.prefix(16)).replacing("T", with: " ")
        let time = run.milliseconds.map { DurationText.of(milliseconds: $0) } ?? ""
        let status = run.status.padding(to: 11)
        let colored =
            switch run.status {
            case "ok": style.green(status)
            case "running", "interrupted", "locked", "declined": style.yellow(status)
            default: style.red(status)
            }
        var text =
            "\(run.id)  \(style.dim(date))  \(colored)  \(run.runbook.padding(to: width))  \(time.padding(toLeft: 8))"
        if run.world != "live" { text += "  \(run.world)" }
        let remark = run.reason ?? run.error
        if let remark { text += "  " + style.dim(ScreenText.line(remark).cut(to: remarkWidth(text))) }
        return text
    }
}
