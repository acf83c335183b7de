import RunbookHost
import Synchronization

/// Tells of a run in plain lines: progress on standard error, what scripts print and previews on standard output.
final class PlainRenderer: EventListener {
    private let style: Style
    private let output: OutputFormat
    private let column = 56

    init(style: Style, output: OutputFormat) {
        self.style = style
        self.output = output
    }

    func receive(_ event: RunEvent) {
        switch event {
        case .runStarted(let run): started(run)
        case .stepStarted(let step): if step.attempt > 1 { Terminal.error(line(step, "↻", "try \(step.attempt)")) }
        case .stepEnded(let step): ended(step)
        case .note(let note): tell(note)
        case .runEnded(let summary): SummaryText(style: style, output: output).write(summary)
        case .actionStarted, .actionEnded, .output, .planned: break
        }
    }

    private func started(_ run: RunIdentity) {
        let place = [run.context, run.namespace].compactMap { $0 }.joined(separator: "/")
        let parts = [style.bold(run.runbook), "run \(run.id)", place].filter { !$0.isEmpty }
        Terminal.error(parts.joined(separator: "  ") + (run.isDryRun ? "  dry run" : "") + "\n")
    }

    private func ended(_ step: StepRecord) {
        var time = DurationText.of(milliseconds: step.milliseconds)
        if let budget = step.budget { time += " of " + DurationText.of(milliseconds: budget) }
        switch step.status {
        case .running: break
        case .ok:
            Terminal.error(line(step, style.green("✓"), time))
            if let budget = step.budget, step.milliseconds > budget {
                Terminal.error(
                    indent(step.depth + 2) + style.yellow("over its budget of \(DurationText.of(milliseconds: budget))")
                )
            }
        case .restored: Terminal.error(line(step, style.green("✓"), "done earlier"))
        case .skipped: Terminal.error(line(step, style.dim("–"), "not needed"))
        case .failed: Terminal.error(line(step, style.red("✗"), time))
        case .allowed:
            Terminal.error(line(step, style.yellow("!"), time))
            if let error = step.error {
                Terminal.error(indent(step.depth + 2) + style.yellow("failed, and may: \(error)"))
            }
        case .interrupted: Terminal.error(line(step, style.yellow("■"), time))
        }
    }

    private func line(_ step: StepRecord, _ sign: String, _ time: String) -> String {
        let name = indent(step.depth) + sign + " " + step.name + (step.detail.map { "  " + style.dim($0) } ?? "")
        let visible = 2 * step.depth + 2 + step.name.count + (step.detail.map { $0.count + 2 } ?? 0)
        return name + String(repeating: " ", count: max(2, column - visible)) + style.dim(time.padding(toLeft: 8))
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private func tell(_ note: Note) {
        switch note.level {
        case .print: Terminal.write(note.text + "\n", to: output == .json ? 2 : 1)
        case .info: Terminal.error("  " + note.text)
        case .warning: Terminal.error("  " + style.yellow("warning: " + note.text))
        case .branch, .unread: break
        }
    }
}
