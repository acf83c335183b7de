import Foundation
import GRDB
import RunbookLua

/// The runs of the past.
public struct History: Sendable {
    private let store: JournalStore
    private let folder: String

    /// Opens the history.
    ///
    /// - Throws: `RunbookError` with code `usage` when there is none yet, or `io`.
    public static func open(_ stateFolder: String) throws -> History {
        guard let history = try openIfThere(stateFolder) else {
            throw RunbookError(.usage, "there is no history in \(stateFolder) yet")
        }
        return history
    }

    /// Opens the history; nil when there is none yet.
    ///
    /// - Throws: `RunbookError` with code `io`.
    public static func openIfThere(_ stateFolder: String) throws -> History? {
        try JournalStore.openExisting(in: stateFolder).map { History(store: $0, folder: stateFolder) }
    }

    /// What a person should know about the opening.
    public var notice: String? { store.notice }

    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        do {
            return try store.queue.unsafeRead(work)
        } catch {
            throw JournalStore.failure(error, JournalStore.path(in: folder))
        }
    }

    /// The newest runs, newest first.
    public func recent(_ limit: Int, runbook: String? = nil) throws -> [StoredRun] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM runs \(Self.filter(runbook)) ORDER BY started DESC, seq DESC LIMIT ?
                    """, arguments: Self.arguments(runbook, limit))
            var runs: [StoredRun] = []
            while let row = try rows.next() {
                var run = StoredRun(row)
                run.status = status(run.status, run.id)
                runs.append(run)
            }
            return runs
        }
    }

    /// How many runs there are.
    public func count() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM runs") ?? 0 }
    }

    /// Gives each of the newest runs as a line of JSON, newest first.
    ///
    /// The database makes the text, so that a long history costs what reading it costs.
    public func eachJSON(_ limit: Int, runbook: String? = nil, _ body: (String) throws -> Void) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT status, id, json_object('run', id, 'runbook', runbook, 'status', status, 'started', started,
                        'ms', ms, 'exit', exit, 'file', file, 'world', world, 'context', context, 'reason', reason,
                        'user', user, 'host', host, 'sessions', sessions, 'params', json(parameters), 'error', error)
                    FROM runs \(Self.filter(runbook)) ORDER BY started DESC, seq DESC LIMIT ?
                    """, arguments: Self.arguments(runbook, limit))
            while let row = try rows.next() {
                let stored: String = row[0]
                let line: String = row[2]
                guard stored == "running" else {
                    try body(Self.isInContract(stored) ? line : Self.replaceStatus(line, stored, "failed"))
                    continue
                }
                try body(Self.replaceStatus(line, stored, status(stored, row[1])))
            }
        }
    }

    private static func filter(_ runbook: String?) -> String { runbook == nil ? "" : "WHERE runbook = ?" }

    // SQLite takes a negative limit for none.
    private static func arguments(_ runbook: String?, _ limit: Int) -> StatementArguments {
        runbook.map { [$0, limit] } ?? [limit]
    }

    private static func isInContract(_ status: String) -> Bool { status != "invalid" && status != "missing" }

    private static func replaceStatus(_ line: String, _ old: String, _ new: String) -> String {
        guard let range = line.firstRange(of: "\"status\":\"\(old)\"") else { return line }
        return line.replacingCharacters(in: range, with: "\"status\":\"\(new)\"")
    }

    // A run whose engine is gone says still that it is under way.
    private func status(_ stored: String, _ id: String) -> String {
        guard stored == "running" else { return stored }
        return EventLog.isAlive(id, in: folder) ? "running" : "interrupted"
    }

    /// The run of an id or of the beginning of one; the newest one for nil.
    ///
    /// - Throws: `RunbookError` with code `usage`.
    public func find(_ id: String?) throws -> StoredRun {
        guard let id else {
            guard let newest = try recent(1).first else {
                throw RunbookError(.usage, "no runs yet", remedy: "`runbook list` shows what can be run")
            }
            return newest
        }
        let runs = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM runs WHERE id >= ?1 AND id < ?1 || x'7F' ORDER BY seq DESC LIMIT 6",
                arguments: [id]
            ).map(StoredRun.init)
        }
        guard let first = runs.first(where: { $0.id == id }) ?? runs.first, !id.isEmpty else {
            throw RunbookError(.usage, "no run `\(id)` in the history", remedy: "`runbook history` lists the runs")
        }
        guard runs.count == 1 || first.id == id else {
            let ids = runs.prefix(5).map(\.id).joined(separator: ", ") + (runs.count > 5 ? ", …" : "")
            throw RunbookError(
                .usage, "`\(id)` is the beginning of several runs: \(ids)", remedy: "give more of the id")
        }
        var run = first
        run.status = status(first.status, first.id)
        return run
    }

    /// The path of a run's events.
    public func eventsPath(of id: String) -> String { EventLog.path(of: id, in: folder) }
}
