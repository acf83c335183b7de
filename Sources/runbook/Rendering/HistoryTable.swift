import RunbookHost
import RunbookTerminal

/// Runs of the past as lines of a terminal.
struct HistoryTable {
    let runs: [StoredRun]
    let style: Style
    /// The columns of the terminal, to which a line's last part is cut.
    let columns: Int

    /// A line for each run.
    var lines: [String] {
        let width = min(32, runs.map { CellWidth.of($0.runbook) }.max() ?? 0)
        return runs.map { line($0, width) }
    }

    private func line(_ run: StoredRun, _ width: Int) -> String {
        let date = run.started.prefix(10) + " " + run.started.dropFirst(11).prefix(5)
        let time = run.milliseconds.map { DurationText.of(milliseconds: $0) } ?? ""
        var cells = [
            run.id, String(date), run.status.padding(to: 11), run.runbook.padding(to: width), time.padding(toLeft: 8),
        ]
        if run.world != "live" { cells.append(run.world) }
        let used = CellWidth.of(Self.joined(cells))
        cells[1] = style.dim(cells[1])
        cells[2] = colored(cells[2], run.status)
        if let remark = run.reason ?? run.error {
            cells.append(style.dim(ScreenText.line(remark).cut(to: max(20, columns - used - 2))))
        }
        return Self.joined(cells)
    }

    private func colored(_ text: String, _ status: String) -> String {
        switch status {
        case "ok": style.green(text)
        case "running", "interrupted", "locked", "declined": style.yellow(text)
        default: style.red(text)
        }
    }

    private static func joined(_ cells: [String]) -> String { cells.joined(separator: "  ") }
}
