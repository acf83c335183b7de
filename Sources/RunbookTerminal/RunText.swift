import RunbookHost

/// The lines that stay on the screen: what both renderers write of a run's events, but for the steps' ends.
struct RunText {
    let console: Console

    private var style: Style { console.progressStyle }

    /// The lines of an event that is no end of a step.
    func lines(_ event: RunEvent, _ progress: RunProgress) -> [Console.Line] {
        switch event {
        case .runStarted(let run): [started(run), told("")]
        case .stepStarted(let step) where step.attempt > 1: [retried(step, progress.steps[step.number]?.lastError)]
        case .note(let note): lines(note)
        case .stepStarted, .stepEnded, .actionStarted, .actionEnded, .output, .planned, .runEnded: []
        }
    }

    private func told(_ text: String) -> Console.Line { Console.Line(text: text, stream: .progress) }

    private func started(_ run: RunIdentity) -> Console.Line {
        let place = [run.context, run.namespace].compactMap { $0 }.joined(separator: "/")
        let parts = [style.bold(ScreenText.line(run.runbook)), "run \(run.id)", ScreenText.line(place)]
        return told(parts.filter { !$0.isEmpty }.joined(separator: "  ") + (run.isDryRun ? "  dry run" : ""))
    }

    private func retried(_ step: StepRecord, _ error: String?) -> Console.Line {
        let line = StepLine(style: style, columns: console.progressColumns)
        let text = line.text(step, sign: style.yellow("↻"), time: "try \(step.attempt)", isCut: false)
        guard let error else { return told(text) }
        let indent = String(repeating: "  ", count: step.depth + 1)
        return told(text + "\n" + indent + style.dim("after: " + ScreenText.line(error).cutInMiddle(to: 200)))
    }

    private func lines(_ note: Note) -> [Console.Line] {
        switch note.level {
        case .print:
            let text = console.isProductOnTerminal ? ScreenText.product(note.text) : note.text
            return [Console.Line(text: text, stream: .product)]
        case .info: return ScreenText.lines(note.text).map { told("  " + $0) }
        case .warning:
            return ScreenText.lines(note.text).enumerated().map { index, text in
                told("  " + style.yellow(index == 0 ? "warning: " + text : text))
            }
        case .branch, .unread: return []
        }
    }
}
