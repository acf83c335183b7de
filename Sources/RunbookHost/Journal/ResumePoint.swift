import Foundation
import GRDB
import RunbookLua

/// How far an earlier session of a run came.
public struct ResumePoint: Sendable {
    /// The run.
    public let run: StoredRun
    /// The parameters as they were given on the command line.
    public let arguments: [(name: String, value: String)]
    let sources: [Source]
    let steps: [StoredStep]
    let writes: [StoredWrite]
    /// The runbook's text as it was.
    let text: [UInt8]?

    struct Source: Sendable {
        let path: String
        let kind: String
        let hash: String
    }

    /// Reads it from the journal.
    ///
    /// - Throws: `RunbookError` with code `usage` for an id that is none or is that of several runs.
    public static func load(_ id: String, stateFolder: String) throws -> ResumePoint {
        let history = try History.open(stateFolder)
        let run = try history.find(id)
        return try history.read { db in
            let sources = try Row.fetchAll(
                db, sql: "SELECT path, kind, hash FROM sources WHERE run = ? ORDER BY path", arguments: [run.id]
            ).map { Source(path: $0["path"], kind: $0["kind"], hash: $0["hash"]) }
            let given = try JSONDecoder().decode([String: String].self, from: Data(run.arguments.utf8))
            return ResumePoint(
                run: run, arguments: given.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, sources: sources,
                steps: try RunJournal.steps(of: run.id, db), writes: try RunJournal.writes(of: run.id, db),
                text: try Data.fetchOne(
                    db,
                    sql: """
                        SELECT content FROM texts JOIN sources USING (hash)
                        WHERE run = ? AND kind = 'runbook' AND path = ?
                        """, arguments: [run.id, run.file]
                ).map(Array.init))
        }
    }
}

extension ResumePoint {
    /// Refuses to work on the run in another world than its own: what it made is not there, and what is there it did not make.
    ///
    /// - Parameter world: What stands for the world; nil: nothing does.
    /// - Throws: `RunbookError` with code `usage`.
    public func check(world: String?) throws {
        let world = world ?? "live"
        if world == run.world { return }
        func words(_ world: String) -> String {
            switch world {
            case "live": "in the real world"
            case "sim": "in the simulator"
            default: "from a tape"
            }
        }
        throw RunbookError(
            .usage, "run \(run.id) was made \(words(run.world)), and this would go on \(words(world))",
            remedy: run.world == "live"
                ? "leave out --\(world)"
                : "what it made there is gone with it: start anew, or see `runbook report \(run.id)`")
    }

    /// True when something of the run was taken back, or was about to be.
    var isUndoBegun: Bool {
        let states = writes.map(\.undo) + steps.map(\.undo)
        return states.contains { $0 != nil && $0 != .refused }
    }
}

/// Refuses to go on with a run whose runbook, libraries or parameters are not what they were.
struct ResumeCheck {
    let point: ResumePoint
    let run: RunSession

    /// - Throws: `RunbookError` with code `usage` that lists what changed.
    func check() throws {
        switch point.run.status {
        case RunSummary.Status.ok.rawValue:
            throw RunbookError(.usage, "run \(point.run.id) has finished; there is nothing to resume")
        case RunSummary.Status.undone.rawValue:
            throw RunbookError(
                .usage, "run \(point.run.id) was undone; there is nothing to resume",
                remedy: "run \(run.source.displayName) again")
        case RunSummary.Status.undoFailed.rawValue: throw undoneInPart
        // The engine was killed in the undo: its writes are no longer what the finished steps left.
        default: if point.isUndoBegun { throw undoneInPart }
        }
        try point.check(world: run.options.standIn)
        let changes = changes()
        if changes.isEmpty { return }
        if run.options.acceptsChanges {
            for change in changes {
                run.hub.publish(.note(Note(level: .warning, text: "resumed although \(change)")))
            }
            return
        }
        throw RunbookError(
            .usage, "run \(point.run.id) cannot be resumed: \(changes.joined(separator: "; "))",
            remedy: "start it anew, or resume with --accept-changes")
    }

    private func changes() -> [String] {
        var changes: [String] = []
        for source in point.sources {
            let text = source.kind == "runbook" ? run.source.text : try? run.files.read(source.path)
            if let text {
                if Fingerprint.of(text) != source.hash { changes.append("\(source.path) has changed") }
            } else {
                changes.append("\(source.path) is gone")
            }
        }
        if run.source.path != point.run.file { changes.append("it ran \(point.run.file), not \(run.source.path)") }
        return changes + parameters()
    }

    private var undoneInPart: RunbookError {
        RunbookError(
            .usage, "run \(point.run.id) was undone in part; there is nothing to resume",
            remedy: "take back the rest with `runbook undo \(point.run.id)`, then run \(run.source.displayName) again")
    }

    private func parameters() -> [String] {
        let values = LuaTable(run.parameters.map { (LuaValue.string($0.name), $0.value) })
        let text = run.vault.redactor.redact(JSONText.encode(.table(values), pretty: false))
        if text == point.run.parameters { return [] }
        let now = JSONFields.read(text)
        let before = JSONFields.read(point.run.parameters)
        var changes: [String] = []
        for (name, value) in now.sorted(by: { $0.key < $1.key }) where before[name] != value {
            changes.append("parameter `\(name)` was \(before[name] ?? "not there") and is \(value)")
        }
        for name in before.keys.sorted() where now[name] == nil {
            changes.append("parameter `\(name)` is gone")
        }
        return changes
    }
}

/// The fields of a JSON object, each as compact JSON text.
enum JSONFields {
    static func read(_ text: String) -> [String: String] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            return [:]
        }
        var fields: [String: String] = [:]
        for (name, value) in object {
            let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .withoutEscapingSlashes, .sortedKeys]
            guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { continue }
            fields[name] = String(decoding: data, as: UTF8.self)
        }
        return fields
    }
}
