import RunbookHost
import Synchronization

/// Shows a run on a terminal: what runs is drawn anew a few times a second, what has ended stays above it.
///
/// It writes once a frame, only what has changed, and does nothing while nothing runs.
package final class LiveRenderer: EventListener {
    private struct State {
        var progress = RunProgress()
        var screen = LiveScreen()
        /// Lines that wait for the next frame, or for the end of a pause.
        var waiting: [String] = []
        var isTicking = false
        var pauses = 0
        var isOver = false
        var turn = 0
        /// Frames to leave out.
        var skips = 0
        var lastStep: Int?
    }

    private let console: Console
    private let device: any LiveDevice
    private let isSimple: Bool
    /// True when standard output is the same terminal, so that what goes there is drawn in order too.
    private let isShared: Bool
    private let state = Mutex(State())

    /// The time between two frames.
    static let interval = Duration.milliseconds(100)

    /// Makes a renderer.
    ///
    /// - Parameters:
    ///   - device: The terminal behind standard error.
    ///   - isShared: True when the product goes to that terminal too.
    ///   - isSimple: True when its font may lack what is beyond ASCII, as the Linux console's does.
    package init(console: Console, device: any LiveDevice, isShared: Bool, isSimple: Bool) {
        self.console = console
        self.device = device
        self.isShared = isShared
        self.isSimple = isSimple
    }

    package func receive(_ event: RunEvent) {
        state.withLock { state in
            state.progress.apply(event, at: ContinuousClock.now)
            let lines = lines(of: event, &state)
            if case .actionStarted(let action) = event, action.usesTerminal { pause(&state) }
            if case .actionEnded(let action) = event, action.usesTerminal { resume(&state) }
            if case .runEnded = event { return end(lines, &state) }
            show(lines, &state)
            startTicking(&state)
        }
    }

    /// Leaves the terminal to another, such as a question; what happens meanwhile waits.
    package func pause() { state.withLock { pause(&$0) } }

    /// Takes the terminal back.
    package func resume() { state.withLock { resume(&$0) } }

    /// Others may have written meanwhile: the next frame begins where the cursor is.
    package func redraw() { state.withLock { $0.screen.forget() } }

    /// Shows a line of the program's own.
    package func announce(_ text: String) {
        state.withLock { state in
            if state.isOver { return device.write(text + "\n") }
            show([Console.Line(text: console.progressStyle.yellow(text), stream: .progress)], &state)
        }
    }

    // MARK: Events

    // The terminal may have become wider or narrower.
    private var current: Console {
        var current = console
        let columns = device.size.columns
        current.progressColumns = columns
        if isShared || console.isJSON { current.productColumns = columns }
        return current
    }

    private func lines(of event: RunEvent, _ state: inout State) -> [Console.Line] {
        let console = current
        var lines = RunText(console: console).lines(event, state.progress)
        if !lines.isEmpty { state.lastStep = nil }
        if case .stepEnded(let step) = event, step.status != .running {
            let tree = FinishedTree(line: StepLine(style: console.progressStyle, columns: console.progressColumns))
            state.progress.takeFinished { nodes in
                lines += tree.lines(nodes).map { Console.Line(text: $0, stream: .progress) }
                state.lastStep = nodes.first.flatMap { $0.children.isEmpty ? $0.record?.number : nil }
            }
        }
        if case .runEnded(let summary) = event {
            lines += EndScreen(console: console).lines(summary, lastStep: state.lastStep)
        }
        return lines
    }

    private func show(_ lines: [Console.Line], _ state: inout State) {
        for line in lines {
            if line.stream == .product && !isShared && !console.isJSON {
                if device.isProductPiped { giveWay(&state) }
                console.write([line])
            } else {
                state.waiting.append(line.text)
            }
        }
        // While the region is on the screen, a burst of lines is one frame.
        if !state.screen.isShown && state.pauses == 0 { flush(&state) }
    }

    /// Lets the program that reads the product show it first, as `| tee` does.
    private func giveWay(_ state: inout State) {
        if state.screen.isShown {
            device.write(state.screen.frame(above: state.waiting, region: [], columns: device.size.columns))
            state.waiting = []
        }
        state.skips = 2
    }

    private func flush(_ state: inout State) {
        guard !state.waiting.isEmpty else { return }
        device.write(state.waiting.map { $0.replacing("\n", with: "\r\n") + "\r\n" }.joined())
        state.waiting = []
    }

    private func pause(_ state: inout State) {
        state.pauses += 1
        if state.pauses == 1 { clear(&state) }
    }

    private func resume(_ state: inout State) {
        state.pauses = max(0, state.pauses - 1)
        if state.pauses > 0 || state.isOver { return }
        flush(&state)
        startTicking(&state)
    }

    /// Takes the region off the screen and gives the keys back.
    private func clear(_ state: inout State) {
        let text = state.screen.frame(above: state.waiting, region: [], columns: device.size.columns)
        state.waiting = []
        if !text.isEmpty { device.write(text) }
        device.quiet(false)
    }

    private func end(_ lines: [Console.Line], _ state: inout State) {
        state.isOver = true
        clear(&state)
        let isRouted = isShared || console.isJSON
        if isRouted {
            device.write(lines.map { $0.text.replacing("\n", with: "\r\n") + "\r\n" }.joined())
        } else {
            console.write(lines)
        }
    }

    // MARK: Frames

    private func startTicking(_ state: inout State) {
        guard !state.isTicking, !state.isOver, state.pauses == 0, state.progress.isActive else { return }
        state.isTicking = true
        Task.detached { [weak self] in
            repeat { try? await Task.sleep(for: Self.interval) } while self?.tick() == true
        }
    }

    /// Draws a frame; false when there is nothing more to draw for now.
    func tick() -> Bool {
        state.withLock { state in
            guard state.pauses == 0, !state.isOver else {
                state.isTicking = false
                return false
            }
            guard device.isForeground else {
                // The terminal is another's: only what stays is written, where the cursor is.
                state.screen.forget()
                flush(&state)
                return state.progress.isActive || stopTicking(&state)
            }
            if state.skips > 0 {
                state.skips -= 1
                return true
            }
            let size = device.size
            let layout = LiveLayout(
                style: console.progressStyle, columns: size.columns, rows: size.rows, isSimple: isSimple)
            let region = layout.lines(state.progress, now: ContinuousClock.now, turn: state.turn)
            state.turn += 1
            if !region.isEmpty { device.quiet(true) }
            let text = state.screen.frame(above: state.waiting, region: region, columns: size.columns)
            state.waiting = []
            if !text.isEmpty { device.write(text) }
            return state.progress.isActive || stopTicking(&state)
        }
    }

    private func stopTicking(_ state: inout State) -> Bool {
        state.isTicking = false
        device.quiet(false)
        return false
    }
}
