import Foundation
import GRDB

/// A write that is about to be made.
struct WriteIntent: Sendable {
    var session: Int
    var scope: String
    var fingerprint: String
    var occurrence: Int
    var kind: String
    var object: String
    var name: String
    var display: String
    var capability: String
    var namespace: String?
    var isIdempotent: Bool
    var inverse: String?
    var inverseSummary: String?
    var isTransient: Bool
}

/// A source text that a run was made of.
struct JournalSource: Sendable {
    var path: String
    var kind: String
    var text: [UInt8]
}

extension RunJournal {
    /// Puts the intent of a write on disk; gives its number.
    ///
    /// - Throws: `RunbookError` with code `io`: then the write must not be made.
    func intend(_ intent: WriteIntent) async throws -> Int64 {
        let id = id
        return try await write(durable: true) { db in
            try db.run(
                """
                INSERT INTO writes (run, session, scope, fingerprint, occurrence, state, kind, object, name, display,
                    capability, namespace, idempotent, started, inverse, inverse_summary, transient)
                VALUES (?, ?, ?, ?, ?, 'intent', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    id, intent.session, intent.scope, intent.fingerprint, intent.occurrence, intent.kind,
                    intent.object, intent.name, intent.display, intent.capability, intent.namespace,
                    intent.isIdempotent, SystemClock.text(SystemClock.now()), intent.inverse, intent.inverseSummary,
                    intent.isTransient,
                ])
            return db.lastInsertedRowID
        }
    }

    /// Notes how a write ended.
    func finish(
        _ seq: Int64, _ state: WriteState, response: StoredResponse? = nil, exit: Int? = nil, milliseconds: Int? = nil,
        error: String? = nil, inverse: String? = nil, evidence: String? = nil
    ) async throws {
        let stored = try response.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try await write { db in
            try db.run(
                """
                UPDATE writes SET state = ?, response = ?, exit = ?, ms = ?, error = ?,
                    inverse = coalesce(?, inverse), evidence = coalesce(?, evidence) WHERE seq = ?
                """,
                [state.rawValue, stored, exit, milliseconds, error, inverse, evidence, seq])
        }
    }

    /// Notes a step that has finished; it is written with the next entry.
    func finished(_ step: StoredStep, milliseconds: Int) {
        let id = id
        later { db in
            try db.run(
                """
                INSERT INTO steps (run, scope, name, status, ms, position, has_undo, result, unkept)
                VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(seq), 0) FROM writes WHERE run = ?), ?, ?, ?)
                ON CONFLICT (run, scope) DO UPDATE SET status = excluded.status, ms = excluded.ms,
                    position = excluded.position, has_undo = excluded.has_undo, result = excluded.result,
                    unkept = excluded.unkept, undo = NULL
                """,
                [
                    id, step.scope, step.name, step.status.rawValue, milliseconds, id, step.hasUndo,
                    step.result.map { Data($0) }, step.unkept,
                ])
        }
    }

    /// Forgets what the tries of a step have done so far, as far as a resume goes by it: the step begins anew.
    func startOver(_ scope: String) {
        let id = id
        later { db in
            let below = scope + "/"
            let arguments: StatementArguments = [id, scope, below.count, below]
            try db.run(
                """
                UPDATE writes SET superseded = 1
                WHERE run = ? AND (scope = ? OR substr(scope, 1, ?) = ?)
                """, arguments)
            try db.run("DELETE FROM steps WHERE run = ? AND substr(scope, 1, ?) = ?", [id, below.count, below])
        }
    }

    /// Notes how the taking back of a write stands.
    func noteUndo(write seq: Int64, _ state: UndoState, error: String? = nil) async throws {
        try await write { db in
            try db.run("UPDATE writes SET undo = ?, undo_error = ? WHERE seq = ?", [state.rawValue, error, seq])
        }
    }

    /// Notes how the taking back of a step stands, with all writes below it.
    func noteUndo(step scope: String, _ state: UndoState, error: String? = nil) async throws {
        let id = id
        let below = scope + "/"
        try await write { db in
            try db.run("UPDATE steps SET undo = ? WHERE run = ? AND scope = ?", [state.rawValue, id, scope])
            try db.run(
                """
                UPDATE writes SET undo = ?, undo_error = ?
                WHERE run = ? AND (scope = ? OR substr(scope, 1, ?) = ?)
                """, [state.rawValue, error, id, scope, below.count, below])
        }
    }

    /// The writes of the run, in their order.
    func writes() async throws -> [StoredWrite] {
        let id = id
        return try await read { db in try Self.writes(of: id, db) }
    }

    /// The finished steps of the run.
    func steps() async throws -> [StoredStep] {
        let id = id
        return try await read { db in try Self.steps(of: id, db) }
    }

    static func writes(of id: String, _ db: Database) throws -> [StoredWrite] {
        try Row.fetchAll(
            db, sql: "SELECT \(StoredWrite.columns) FROM writes WHERE run = ? ORDER BY seq", arguments: [id]
        ).map(StoredWrite.init)
    }

    static func steps(of id: String, _ db: Database) throws -> [StoredStep] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT scope, name, status, position, has_undo, undo, result, unkept FROM steps
                WHERE run = ? ORDER BY position
                """, arguments: [id]
        ).map(StoredStep.init)
    }

    /// Notes a text that the run is made of.
    static func add(_ source: JournalSource, run id: String, _ db: Database) throws {
        let hash = Fingerprint.of(source.text)
        try db.run("INSERT OR IGNORE INTO texts (hash, content) VALUES (?, ?)", [hash, Data(source.text)])
        try db.run(
            "INSERT OR REPLACE INTO sources (run, path, kind, hash) VALUES (?, ?, ?, ?)",
            [id, source.path, source.kind, hash])
    }
}
