import Foundation
import RunbookHost
import RunbookTerminal
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a signal handler may touch: the writing end of a pipe.
///
/// A handler runs between any two instructions, so it does nothing but write one byte.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func noteSignal(_ signal: Int32) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: signal)
    _ = write(signalPipe, &byte, 1)
    errno = saved
}

/// Turns signals into a gentle stop of the run, and a second one into its end; a stop that does not land ends the
/// process, whatever asked for it.
///
/// SIGINT or SIGTERM once: the body is cancelled, its children are asked to end (SIGINT, SIGTERM, SIGKILL by process
/// group), the journal is finished, the lock is given back. Twice: the process ends now.
final class SignalHandling: Sendable {
    private let stop: StopSwitch
    private let keepsRunning: Bool
    private let terminal = SavedTerminal()
    private let live: LiveRenderer?
    private let isOver = Atomic<Bool>(false)
    private let run: String
    private let runbook: String
    private let stateFolder: String
    private let isDryRun: Bool
    private let output: OutputFormat
    private let start = ContinuousClock.now

    /// How long the end of a stopped run may take, in quarters of a second, once its children are gone.
    private static let patience = 20
    /// How long a script that cannot be interrupted is waited for.
    private static let busyPatience = 6

    /// Begins to handle signals.
    ///
    /// - Parameter keepsRunning: True when a lost terminal does not stop the run.
    init(
        stop: StopSwitch, keepsRunning: Bool, run: String, of runbook: String, options: RunOptions,
        output: OutputFormat, live: LiveRenderer? = nil
    ) {
        self.live = live
        self.stop = stop
        self.keepsRunning = keepsRunning
        self.run = run
        self.runbook = runbook
        self.output = output
        stateFolder = options.stateFolder
        isDryRun = options.dryRun != nil
    }

    /// Installs the handlers and starts the thread that listens to them.
    func install() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe = ends[1]
        for signal in [SIGINT, SIGTERM, SIGHUP] { Self.handle(signal, noteSignal) }
        // A reader that goes away (`runbook … | head`) must not end a deployment half-way. A handler, unlike SIG_IGN,
        // does not reach the programs that the run starts.
        Self.handle(SIGPIPE) { _ in }
        if live != nil { watchJobControl() }
        let reader = ends[0]
        Thread.detachNewThread { [self] in listen(reader) }
        stop.onStop { [self] reason in Thread.detachNewThread { [self] in watch(reason) } }
    }

    /// The run has come to its end; nothing more is to be watched.
    func finish() {
        isOver.store(true, ordering: .relaxed)
        terminal.restore()
    }

    // Ctrl-Z: the live view goes before the program stops, and comes again when it goes on.
    private func watchJobControl() {
        var action = sigaction()
        sigaction(SIGTSTP, nil, &action)
        // A shell without job control has its programs ignore it.
        if !Self.ignores(action) { Self.handle(SIGTSTP, noteSignal) }
        Self.handle(SIGCONT, noteSignal)
    }

    private func follow(_ signal: Int32) {
        if signal == SIGCONT {
            live?.redraw()
            return
        }
        live?.pause()
        // The system's own way of stopping knows when there is nobody who would let the program go on.
        Self.handle(SIGTSTP, SIG_DFL)
        kill(getpid(), SIGTSTP)
        Self.handle(SIGTSTP, noteSignal)
        live?.resume()
    }

    private static func ignores(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func handle(_ signal: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
        var action = sigaction()
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = Int32(SA_RESTART)
        sigaction(signal, &action, nil)
    }

    private func listen(_ reader: Int32) {
        var count = 0
        var byte: UInt8 = 0
        while true {
            let got = read(reader, &byte, 1)
            if got < 0 && errno == EINTR { continue }
            guard got == 1 else { return }
            let signal = Int32(byte)
            if signal == SIGHUP && keepsRunning { continue }
            if signal == SIGTSTP || signal == SIGCONT {
                follow(signal)
                continue
            }
            count += 1
            let reason = Self.reason(signal)
            let (isUndoing, isSettling) = (stop.isUndoing, stop.isSettling)
            if count > 1 {
                end(reason, "stopped at once" + (isUndoing ? "; `runbook undo \(run)` takes back the rest" : ""))
            }
            let awaited = ChildProcesses.awaited
            stop.stop(reason)
            if isUndoing {
                tell("changes are being taken back, which goes on; press Ctrl-C again to stop at once")
            } else if !isSettling, reason == .interrupt || !awaited.isEmpty {
                tell(Self.notice(awaited))
            }
        }
    }

    private static func notice(_ awaited: [String]) -> String {
        guard let first = awaited.first else { return "stopping; press Ctrl-C again to stop at once" }
        let more = awaited.count > 1 ? " and \(awaited.count - 1) more" : ""
        return "stopping when \(first)\(more) has written down what it did; press Ctrl-C again to stop at once"
    }

    private static func reason(_ signal: Int32) -> StopSwitch.Reason {
        switch signal {
        case SIGTERM: .terminate
        case SIGHUP: .hangup
        default: .interrupt
        }
    }

    /// Ends the process when the stop does not: a script inside of Lua's own C functions cannot be interrupted.
    private func watch(_ reason: StopSwitch.Reason) {
        var idle = 0
        var busy = 0
        while idle < Self.patience, busy < Self.busyPatience {
            usleep(250_000)
            // An undo, and the question whether to undo, take the time that they take; a second signal still ends them.
            if isOver.load(ordering: .relaxed) || stop.isUndoing || stop.isSettling { return }
            idle = ChildProcesses.isEmpty ? idle + 1 : 0
            busy = stop.isBusy ? busy + 1 : 0
        }
        let why = busy < Self.busyPatience ? "it did not come to its end" : "the script could not be interrupted"
        end(reason, "\(reason.message); \(why), so the program ended")
    }

    private func end(_ reason: StopSwitch.Reason, _ message: String) -> Never {
        ChildProcesses.killAll()
        PrivateFiles.remove(run, in: stateFolder)
        terminal.restore()
        Terminal.error(message)
        if output == .json {
            let time = ContinuousClock.now - start
            let summary = RunSummary.ended(run, of: runbook, by: reason, isDryRun: isDryRun, after: time)
            Terminal.out(SummaryJSON.text(of: summary))
        }
        _exit(reason.exitCode)
    }

    // A terminal that takes nothing must not keep the next signal from being heard.
    private func tell(_ text: String) {
        Thread.detachNewThread { [live] in
            if let live { live.announce(text) } else { Terminal.error("\n" + text) }
        }
    }
}

/// The terminal's settings as they were when the program began.
final class SavedTerminal: Sendable {
    private let settings: termios?

    init() {
        var settings = termios()
        self.settings = tcgetattr(0, &settings) == 0 ? settings : nil
    }

    /// Puts them back, and shows the cursor; in the background the terminal is another's.
    func restore() {
        guard var settings, Terminal.isForeground(0) else { return }
        tcsetattr(0, TCSADRAIN, &settings)
        if Terminal.isInteractive(2, environment: Surroundings.environment) { Terminal.write("\u{1B}[?25h", to: 2) }
    }
}
