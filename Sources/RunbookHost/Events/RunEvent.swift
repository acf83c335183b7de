/// Something that happened in a run: the one stream that the terminal, the log, the journal and the reports listen to.
public enum RunEvent: Sendable {
    /// The header was read and checked; the body begins.
    case runStarted(RunIdentity)
    /// A step began.
    case stepStarted(StepRecord)
    /// A step ended, or will be tried again.
    case stepEnded(StepRecord)
    /// A command, request or file action began.
    case actionStarted(ActionRecord)
    /// A line that a command printed.
    case output(action: Int, stream: OutputStreamName, line: String)
    /// It ended.
    case actionEnded(ActionRecord)
    /// A preview stood in for a write.
    case planned(PlannedChange)
    /// Something to tell a person: a warning, a log line, what a script printed.
    case note(Note)
    /// The run is over.
    case runEnded(RunSummary)
}

/// What a run is.
public struct RunIdentity: Sendable, Codable {
    /// The run's short id.
    public var id: String
    /// The runbook's name.
    public var runbook: String
    /// The file as found.
    public var file: String
    /// True when nothing may change.
    public var isDryRun: Bool
    /// The kube context, or nil where there is none.
    public var context: String?
    /// The namespace parameter, if the runbook has one.
    public var namespace: String?
    /// When it began, RFC 3339.
    public var started: String
}

/// A step and how far it came.
public struct StepRecord: Sendable, Codable {
    /// How a step stands.
    public enum Status: String, Sendable, Codable {
        /// It is under way.
        case running
        /// It did what it says.
        case ok
        /// It failed.
        case failed
        /// It failed, and the runbook allows that.
        case allowed
        /// It was not needed: `when` or `unless`.
        case skipped
        /// Its result came from the journal of an earlier run.
        case restored
        /// It was stopped.
        case interrupted
    }
    /// Counts from 1 in the order in which steps begin.
    public var number: Int
    /// The step around it, or nil.
    public var parent: Int?
    /// How deep it stands: 0 for a step of the body.
    public var depth: Int
    /// The name that the runbook gives it.
    public var name: String
    /// How it stands.
    public var status: Status
    /// Milliseconds, once it has ended.
    public var milliseconds: Int
    /// Which try this is, from 1.
    public var attempt: Int
    /// The budget in milliseconds, or nil.
    public var budget: Int?
    /// A short remark to show beside it, or nil.
    public var detail: String?
    /// What went wrong, or nil.
    public var error: String?
    /// The line of the runbook.
    public var site: String?
}

/// A thing asked of the world.
public struct ActionRecord: Sendable, Codable {
    /// Counts from 1.
    public var number: Int
    /// The step that it belongs to, or nil.
    public var step: Int?
    /// The command line or a like text, redacted.
    public var display: String
    /// True for a write.
    public var isWrite: Bool
    /// True when a program talks to the person, so that the terminal is its own while it runs.
    public var usesTerminal = false
    /// The exit code of a command, once it has ended.
    public var exit: Int?
    /// Milliseconds, once it has ended.
    public var milliseconds: Int?
    /// What went wrong, or nil.
    public var error: String?
    /// The line of the runbook.
    public var site: String?
}

/// A write that a preview showed.
public struct PlannedChange: Sendable, Codable {
    /// How sure the preview is of it.
    public enum Certainty: Sendable, Codable, Equatable {
        /// It will happen as shown.
        case certain
        /// What it does depends on the result of an earlier write, by number.
        case dependent(on: Int)
        /// It cannot be validated before an earlier write has happened, and why.
        case unvalidated(String)
    }
    /// Counts from 1 in the order of the run.
    public var number: Int
    /// The step that it belongs to, or nil.
    public var step: Int?
    /// What happens.
    public var kind: Change.Kind
    /// What it happens to.
    public var object: String
    /// Which one.
    public var name: String
    /// The namespace that it touches, where the name does not hold it.
    public var namespace: String?
    /// The rest of the line.
    public var summary: String
    /// The exact command, redacted; empty where it is no command.
    public var command: [String]
    /// What would differ.
    public var difference: Difference?
    /// How sure it is.
    public var certainty: Certainty
    /// What would take it back, or nil when nothing would.
    public var undo: String?
    /// The line of the runbook.
    public var site: String?
    /// What a server-side dry run said, or nil.
    public var server: String?
}

/// Something to tell a person.
public struct Note: Sendable, Codable {
    /// How it is meant.
    public enum Level: String, Sendable, Codable {
        /// What a script printed: the run's product.
        case print
        /// For those who follow along.
        case info
        /// Something to look at.
        case warning
        /// A branch that a preview took on an unknown value.
        case branch
        /// A read that a preview could not make, and why.
        case unread
    }
    /// How it is meant.
    public var level: Level
    /// The text.
    public var text: String
    /// The step that it belongs to, or nil.
    public var step: Int?
}
