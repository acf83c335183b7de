import Foundation
import RunbookHost
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

/// Turns signals into a gentle stop of the run, and a second one into its end.
///
/// SIGINT or SIGTERM once: the body is cancelled, its children are asked to end (SIGINT, SIGTERM, SIGKILL by process
/// group), the journal is finished, the lock is given back. Twice: the process ends now. So it does when a stop, by a
/// signal or by a time limit, is not heard: a script inside of Lua's own C functions cannot be interrupted.
final class SignalHandling: Sendable {
    private let stop: StopSwitch
    private let keepsRunning: Bool
    private let terminal = SavedTerminal()
    private let isOver = Atomic<Bool>(false)
    private let run: String
    private let stateFolder: String
    private let lastWords: @Sendable (StopSwitch.Reason) -> Void

    /// How long the end of a stopped run may take, in quarters of a second, once its children are gone.
    private static let patience = 20
    /// How long a script that cannot be interrupted is waited for.
    private static let busyPatience = 6

    /// Begins to handle signals.
    ///
    /// - Parameters:
    ///   - keepsRunning: True when a lost terminal does not stop the run.
    ///   - lastWords: What is still told of the run when the process must end at once.
    init(
        stop: StopSwitch, keepsRunning: Bool, run: String, options: RunOptions,
        lastWords: @escaping @Sendable (StopSwitch.Reason) -> Void = { _ in }
    ) {
        self.stop = stop
        self.keepsRunning = keepsRunning
        self.run = run
        stateFolder = options.stateFolder
        self.lastWords = lastWords
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
        let reader = ends[0]
        Thread.detachNewThread { [self] in listen(reader) }
        stop.whenStopped { [self] reason in Thread.detachNewThread { [self] in watch(reason) } }
    }

    /// The run has come to its end; nothing more is to be watched.
    func finish() {
        isOver.store(true, ordering: .relaxed)
        stop.whenStopped(nil)
        terminal.restore()
    }

    private static func handle(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
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
            let reason = Self.reason(signal)
            count += 1
            if count > 1 { end(reason) }
            if reason == .interrupt { Terminal.error("\nstopping; press Ctrl-C again to stop at once") }
            stop.stop(reason)
        }
    }

    /// Ends the process when the stop does not.
    private func watch(_ reason: StopSwitch.Reason) {
        var idle = 0
        var busy = 0
        while idle < Self.patience, busy < Self.busyPatience {
            usleep(250_000)
            // An undo takes the time that it takes; a second signal still ends it.
            if isOver.load(ordering: .relaxed) || stop.isUndoing { return }
            idle = ChildProcesses.isEmpty ? idle + 1 : 0
            busy = stop.isBusy ? busy + 1 : 0
        }
        end(reason)
    }

    private func end(_ reason: StopSwitch.Reason) -> Never {
        ChildProcesses.killAll()
        PrivateFiles.remove(run, in: stateFolder)
        terminal.restore()
        let summary = RunSummary.cutShort(run, runbook: "", reason)
        switch reason {
        case .timeout, .stuck, .lockLost:
            Terminal.error("\(summary.failure?.message ?? ""), and the script could not be interrupted")
        default: break
        }
        Terminal.error("stopped at once")
        lastWords(reason)
        _exit(summary.exitCode)
    }

    private static func reason(_ signal: Int32) -> StopSwitch.Reason {
        switch signal {
        case SIGTERM: .terminate
        case SIGHUP: .hangup
        default: .interrupt
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

    /// Puts them back, and shows the cursor.
    func restore() {
        guard var settings else { return }
        tcsetattr(0, TCSADRAIN, &settings)
        if Terminal.isInteractive(2, environment: Surroundings.environment) { Terminal.write("\u{1B}[?25h", to: 2) }
    }
}
