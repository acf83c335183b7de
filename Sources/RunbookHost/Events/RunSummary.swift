import RunbookLua

/// How a run ended.
public struct RunSummary: Sendable {
    /// The status in the CONTRACT's words.
    public enum Status: String, Sendable, Codable {
        /// All went well.
        case ok
        /// A step failed.
        case failed
        /// A step failed, and everything was undone.
        case undone
        /// A step failed, and the undo failed too.
        case undoFailed = "undo-failed"
        /// A confirmation was refused.
        case declined
        /// Another run holds the lock.
        case locked
        /// The run was over its time limit.
        case timeout
        /// A signal ended it.
        case interrupted
        /// The command line or the runbook is wrong; nothing was run.
        case invalid
        /// Something that it needs is missing; nothing was run.
        case missing
    }
    /// The run's id.
    public var id: String
    /// The runbook's name.
    public var runbook: String
    /// How it ended.
    public var status: Status
    /// The exit code.
    public var exitCode: Int32
    /// True when nothing could change.
    public var isDryRun: Bool
    /// When it began, RFC 3339.
    public var started: String
    /// How long it took.
    public var milliseconds: Int
    /// The steps, in the order in which they began.
    public var steps: [StepRecord] = []
    /// What the runbook returned.
    public var result: LuaValue = .nil
    /// What went wrong.
    public var failure: RunFailure?
    /// The writes that a preview showed.
    public var plan: [PlannedChange] = []
    /// What a preview could not read or a real run would miss.
    public var missing: [String] = []
    /// The branches that a preview took on values that it cannot know, with their lines.
    public var branches: [String] = []
    /// What was undone, newest first.
    public var undone: [String] = []
    /// What is left behind.
    public var left: [String] = []
    /// How many times secrets were masked, by name.
    public var masked: [(name: String, count: Int)] = []
    /// The same by name and by place: `output`, `notes`, `steps`, `commands`, `preview`, `result`, `error` or `run`.
    public var maskedIn: [String: [String: Int]] = [:]

    /// The summary of a run that did not begin.
    public static func refused(_ file: String, _ error: RunbookError) -> RunSummary {
        var summary = RunSummary(
            id: "", runbook: file, status: .invalid, exitCode: 2, isDryRun: false, started: "", milliseconds: 0)
        summary.failure = RunFailure(message: error.message, details: error.details, remedy: error.remedy)
        return summary
    }

    /// The summary of a run whose body did not end when it was stopped.
    public static func ended(
        _ id: String, of runbook: String, by reason: StopSwitch.Reason, isDryRun: Bool, after time: Duration
    ) -> RunSummary {
        var summary = RunSummary(
            id: id, runbook: runbook, status: .interrupted, exitCode: reason.exitCode, isDryRun: isDryRun,
            started: SystemClock.text(SystemClock.now() - Double(time.milliseconds) / 1000),
            milliseconds: time.milliseconds)
        summary.failure = RunFailure(message: reason.message)
        RunOutcome.note(reason, &summary)
        return summary
    }
}

/// What made a run fail.
public struct RunFailure: Sendable {
    /// One line.
    public var message: String
    /// The step in which it happened, or nil.
    public var step: String?
    /// Lua's traceback, or nil.
    public var traceback: String?
    /// The line of the runbook.
    public var site: String?
    /// The command that failed, in full, or nil.
    public var command: String?
    /// Its exit code.
    public var exit: Int?
    /// What a command printed last.
    public var details: [String] = []
    /// What to do.
    public var remedy: String?
    /// The cause that a diagnosis found, one line a finding.
    public var causes: [String] = []
    /// The command to run next.
    public var next: String?
    /// True when the runbook did its work and this is what it found, such as a diagnosis.
    public var isVerdict = false
}
