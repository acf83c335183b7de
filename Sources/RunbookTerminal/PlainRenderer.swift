import RunbookHost
import Synchronization

/// Tells of a run in plain lines, each as soon as it is known: for pipes, logs and terminals that can no more.
package final class PlainRenderer: EventListener {
    private struct State {
        var progress = RunProgress()
        /// The steps that were announced since others began in them.
        var announced: Set<Int> = []
        var last: Int?
    }

    private let console: Console
    private let state = Mutex(State())

    /// Makes a renderer.
    package init(console: Console) { self.console = console }

    package func receive(_ event: RunEvent) {
        state.withLock { state in
            let now = ContinuousClock.now
            state.progress.apply(event, at: now)
            var lines = RunText(console: console).lines(event, state.progress)
            switch event {
            case .stepStarted(let step): lines = announce(step.parent, &state) + lines
            case .stepEnded(let step): lines += ended(step, &state)
            case .runEnded(let summary):
                lines += EndScreen(console: console).lines(summary, lastStep: state.last)
            case .note(let note): if note.level != .branch && note.level != .unread { state.last = nil }
            default: break
            }
            console.write(lines)
        }
    }

    // A step that has others in it is named before them.
    private func announce(_ number: Int?, _ state: inout State) -> [Console.Line] {
        guard let number, let step = state.progress.steps[number]?.record, !state.announced.contains(number) else {
            return []
        }
        let above = announce(step.parent, &state)
        state.announced.insert(number)
        let indent = String(repeating: "  ", count: step.depth)
        let text = indent + console.progressStyle.dim("▸") + " " + ScreenText.line(step.name)
        return above + [Console.Line(text: text, stream: .progress)]
    }

    private func ended(_ step: StepRecord, _ state: inout State) -> [Console.Line] {
        guard step.status != .running else { return [] }
        state.announced.remove(step.number)
        state.last = step.number
        state.progress.takeFinished { _ in }
        return StepLine(style: console.progressStyle, columns: console.progressColumns).ended(step).map {
            Console.Line(text: $0, stream: .progress)
        }
    }
}
