import GRDB
import RunbookSecrets

/// A report of a past run.
public struct RunReport: Sendable {
    /// How a report is written.
    public enum Format: String, Sendable, CaseIterable {
        /// For an issue or a chat.
        case markdown
        /// One file for a browser, without any reference to the outside.
        case html
        /// For programs.
        case json
        /// For continuous integration: a test case a step.
        case junit
    }

    private let data: ReportData

    /// Reads what is known of a run.
    ///
    /// - Throws: `RunbookError` with code `io`.
    public init(history: History, run: StoredRun) throws {
        data = try ReportData(history: history, run: run)
    }

    /// The report's text.
    public func text(_ format: Format) -> String {
        switch format {
        case .markdown: MarkdownReport(data: data).text
        case .html: HTMLReport(data: data).text
        case .json: JSONReport(data: data).text
        case .junit: JUnitReport(data: data).text
        }
    }

    /// Writes a report to a file, for this person only.
    ///
    /// - Throws: `RunbookError` with code `io`.
    public static func write(_ text: String, to path: String) throws {
        try LiveFiles(folder: ".", vault: SecretVault()).replace(path, Array((text + "\n").utf8), mode: 0o600)
    }
}

/// What a report tells.
struct ReportData: Sendable {
    struct Command: Sendable {
        var text: String
        var isWrite: Bool
        var exit: Int?
        var milliseconds: Int?
        var error: String?
        var output: [String] = []
    }

    struct Step: Sendable {
        var name: String
        var depth: Int
        var status: String
        var milliseconds: Int
        var attempt: Int
        var error: String?
        var place: String?
        /// Milliseconds from the session's begin to its own.
        var offset = 0
        var commands: [Command] = []
    }

    struct Change: Sendable {
        var kind: String
        var title: String
        var state: String
        var wayBack: String?
        var undo: String?
    }

    struct Failure: Sendable {
        var message: String
        var step: String?
        var place: String?
        var details: [String]
        var causes: [String]
        var undone: [String]
        var left: [String]
        var next: String?
    }

    let run: StoredRun
    /// The steps of each session.
    private(set) var sessions: [[Step]] = []
    private(set) var notes: [String] = []
    private(set) var failure: Failure?
    private(set) var undone: [String] = []
    private(set) var left: [String] = []
    private(set) var masked: [(name: String, count: Int)] = []
    let changes: [Change]
    /// What AI tools were asked and answered, in order.
    let conversations: [AITranscript]

    /// The last lines of a command's output that are kept.
    private static let outputLimit = 12

    init(history: History, run: StoredRun) throws {
        self.run = run
        conversations = AITranscript.all(beside: history.eventsPath(of: run.id))
        changes = try history.read { db in
            let writes = try Row.fetchAll(
                db,
                sql: """
                    SELECT kind, object, name, display, state, inverse_summary, undo FROM writes
                    WHERE run = ? ORDER BY seq
                    """, arguments: [run.id])
            return writes.map { row in
                let object: String = row["object"]
                let name: String = row["name"]
                return Change(
                    kind: row["kind"], title: object == "command" ? row["display"] : "\(object) \(name)",
                    state: row["state"], wayBack: row["inverse_summary"], undo: row["undo"])
            }
        }
        var reader = Reader()
        try RunLog(history: history, run: run).eachEvent { reader.take($0) }
        sessions = reader.sessions
        notes = reader.notes
        failure = run.status == "ok" ? nil : reader.failure
        undone = reader.undone
        left = reader.left
        masked = reader.masked.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        if failure == nil, let error = run.error {
            failure = Failure(message: error, details: [], causes: [], undone: [], left: [])
        }
    }

    private struct Reader {
        var sessions: [[Step]] = []
        var notes: [String] = []
        var failure: Failure?
        var undone: [String] = []
        var left: [String] = []
        var masked: [String: Int] = [:]
        private var steps: [Int: Int] = [:]
        private var began = 0
        private var commands: [Int: (step: Int, command: Int)] = [:]

        mutating func take(_ event: [String: Any]) {
            switch event["event"] as? String {
            case "run-started":
                sessions.append([])
                steps = [:]
                commands = [:]
                failure = nil
                began = Self.timeOfDay(event) ?? 0
            case "step-started", "step-ended": take(step: event)
            case "action-started": begin(event)
            case "action-ended":
                update(event) { command in
                    command.exit = event["exit"] as? Int
                    command.milliseconds = event["ms"] as? Int
                    command.error = event["error"] as? String
                }
            case "output":
                update(event) { command in
                    command.output.append(event["line"] as? String ?? "")
                    if command.output.count > ReportData.outputLimit { command.output.removeFirst() }
                }
            case "note" where event["level"] as? String == "warning": notes.append(event["text"] as? String ?? "")
            case "run-ended": end(event)
            default: break
            }
        }

        private mutating func take(step event: [String: Any]) {
            guard let number = event["step"] as? Int else { return }
            if sessions.isEmpty { sessions.append([]) }
            let last = sessions.count - 1
            var step = Step(
                name: event["name"] as? String ?? "", depth: event["depth"] as? Int ?? 0,
                status: event["status"] as? String ?? "", milliseconds: event["ms"] as? Int ?? 0,
                attempt: event["attempt"] as? Int ?? 1, error: event["error"] as? String,
                place: event["where"] as? String)
            if let index = steps[number] {
                step.commands = sessions[last][index].commands
                step.offset = sessions[last][index].offset
                sessions[last][index] = step
            } else {
                steps[number] = sessions[last].count
                step.offset = ((Self.timeOfDay(event) ?? began) - began + Self.day) % Self.day
                sessions[last].append(step)
            }
        }

        private static let day = 86_400_000

        /// Milliseconds since midnight, of an event's `2026-11-26T01:22:49.818Z`.
        private static func timeOfDay(_ event: [String: Any]) -> Int? {
            let text = (event["time"] as? String ?? "").dropFirst(11)
            let parts = text.split { ":.Z".contains($0) }.compactMap { Int($0) }
            guard parts.count == 4 else { return nil }
            return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
        }

        private mutating func begin(_ event: [String: Any]) {
            guard let action = event["action"] as? Int, let step = (event["step"] as? Int).flatMap({ steps[$0] }) else {
                return
            }
            let last = sessions.count - 1
            commands[action] = (step, sessions[last][step].commands.count)
            sessions[last][step].commands.append(
                Command(text: event["display"] as? String ?? "", isWrite: event["write"] as? Bool ?? false))
        }

        private mutating func update(_ event: [String: Any], _ change: (inout Command) -> Void) {
            guard let place = (event["action"] as? Int).flatMap({ commands[$0] }) else { return }
            change(&sessions[sessions.count - 1][place.step].commands[place.command])
        }

        private mutating func end(_ event: [String: Any]) {
            undone += event["undone"] as? [String] ?? []
            left = event["left"] as? [String] ?? []
            for (name, count) in event["masked"] as? [String: Int] ?? [:] { masked[name, default: 0] += count }
            guard let message = event["error"] as? String else { return }
            failure = Failure(
                message: message, step: event["failed_step"] as? String, place: event["where"] as? String,
                details: event["details"] as? [String] ?? [], causes: event["causes"] as? [String] ?? [],
                undone: event["undone"] as? [String] ?? [], left: left, next: event["next"] as? String)
        }
    }
}
