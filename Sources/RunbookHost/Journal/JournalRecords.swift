import Foundation
import GRDB

/// How a write stands in the journal.
enum WriteState: String, Sendable {
    /// It was about to be made, and nothing is known of it since.
    case intent
    /// It was made.
    case done
    /// It was made, and the command or the server said no.
    case failed
    /// It was stopped on the way.
    case interrupted
    /// It was never begun: the program is not there, the call was refused.
    case void
    /// A resume found that it had taken effect, or was told so.
    case assumed
    /// A resume made it again.
    case repeated
}

/// How the taking back of a write or a step stands.
enum UndoState: String, Sendable {
    /// It was begun.
    case begun
    /// It is done.
    case undone
    /// It failed.
    case failed
    /// The world has moved on.
    case refused
}

/// A write as the journal has it.
struct StoredWrite: Sendable {
    var seq: Int64
    var scope: String
    var fingerprint: String
    var occurrence: Int
    var isSuperseded: Bool
    var state: WriteState
    var object: String
    var name: String
    var display: String
    var capability: String
    var namespace: String?
    var isIdempotent: Bool
    var started: String
    var response: String?
    var inverse: String?
    var inverseSummary: String?
    var isTransient: Bool
    var evidence: String?
    var undo: UndoState?
    var undoError: String?

    static let columns = """
        seq, scope, fingerprint, occurrence, superseded, state, object, name, display, capability, namespace,
        idempotent, started, response, inverse, inverse_summary, transient, evidence, undo, undo_error
        """

    /// `image todo-backend:v1.0.0`, as a person is told.
    var title: String {
        if object == "command" { return CommandFailure.short(display) }
        return name.isEmpty ? object : "\(object) \(name)"
    }
}

extension StoredWrite {
    /// Reads a row of `columns`.
    init(_ row: Row) {
        seq = row["seq"]
        scope = row["scope"]
        fingerprint = row["fingerprint"]
        occurrence = row["occurrence"]
        isSuperseded = row["superseded"]
        state = WriteState(rawValue: row["state"]) ?? .intent
        object = row["object"]
        name = row["name"]
        display = row["display"]
        capability = row["capability"]
        namespace = row["namespace"]
        isIdempotent = row["idempotent"]
        started = row["started"]
        response = row["response"]
        inverse = row["inverse"]
        inverseSummary = row["inverse_summary"]
        isTransient = row["transient"]
        evidence = row["evidence"]
        undo = (row["undo"] as String?).flatMap(UndoState.init)
        undoError = row["undo_error"]
    }
}

/// A finished step as the journal has it.
struct StoredStep: Sendable {
    var scope: String
    var name: String
    var status: StepRecord.Status
    var position: Int64
    var hasUndo: Bool
    var undo: UndoState?
    /// What it returned, or nil where that could not be kept.
    var result: [UInt8]?
    /// Why it could not.
    var unkept: String?

    init(
        scope: String, name: String, status: StepRecord.Status, position: Int64, hasUndo: Bool, result: [UInt8]?,
        unkept: String?
    ) {
        self.scope = scope
        self.name = name
        self.status = status
        self.position = position
        self.hasUndo = hasUndo
        self.result = result
        self.unkept = unkept
    }

    init(_ row: Row) {
        scope = row["scope"]
        name = row["name"]
        status = StepRecord.Status(rawValue: row["status"]) ?? .ok
        position = row["position"]
        hasUndo = row["has_undo"]
        undo = (row["undo"] as String?).flatMap(UndoState.init)
        result = (row["result"] as Data?).map(Array.init)
        unkept = row["unkept"]
    }
}

/// A run as the journal has it.
public struct StoredRun: Sendable {
    /// The id.
    public var id: String
    /// The runbook's name.
    public var runbook: String
    /// The runbook's path.
    public var file: String
    /// The status: the CONTRACT's words, `running` for one under way, `killed` for one whose engine is gone.
    public var status: String
    /// The exit code, once it has ended.
    public var exit: Int?
    /// When it began, RFC 3339.
    public var started: String
    /// How long it took, once it has ended.
    public var milliseconds: Int?
    /// `live`, or what stood for the world: `sim`, `replay`.
    public var world: String
    /// The kube context as given.
    public var context: String?
    /// Why it was made.
    public var reason: String?
    /// Who ran it.
    public var user: String
    /// Where.
    public var host: String
    /// The engine's process.
    public var pid: Int
    /// The working directory.
    public var workingDirectory: String
    /// The lock that it held.
    public var lock: String?
    /// How many times it was begun: 1, and one more for each resume.
    public var sessions: Int
    /// The parameters' values as JSON, secrets masked.
    public var parameters: String
    /// The parameters as given on the command line, as JSON.
    var arguments: String
    /// What went wrong, in one line.
    public var error: String?

    init(_ row: Row) {
        id = row["id"]
        runbook = row["runbook"]
        file = row["file"]
        status = row["status"]
        exit = row["exit"]
        started = row["started"]
        milliseconds = row["ms"]
        world = row["world"]
        context = row["context"]
        reason = row["reason"]
        user = row["user"]
        host = row["host"]
        pid = row["pid"]
        workingDirectory = row["cwd"]
        lock = row["lock"]
        sessions = row["sessions"]
        parameters = row["parameters"]
        arguments = row["arguments"]
        error = row["error"]
    }
}
