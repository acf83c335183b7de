import GRDB

/// The tables of the journal, and how older ones become them.
///
/// `PRAGMA user_version` holds the number of steps that a database has taken. A step that has shipped never changes.
enum JournalSchema {
    static var version: Int { steps.count }

    /// Brings a database to the newest version; several processes may do so at the same time.
    ///
    /// - Throws: `RunbookError` with code `io` for a database of a later version of the program, or the database's error.
    static func migrate(_ db: Database) throws {
        if try version(of: db) == version { return }
        try db.inTransaction(.immediate) {
            let found = try version(of: db)
            guard found <= version else {
                throw RunbookError(
                    .io, "the journal has schema \(found), and this runbook knows schemas up to \(version)",
                    remedy: "use the newer runbook that wrote it, or another XDG_STATE_HOME")
            }
            for step in steps[found...] { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    private static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    private static let steps = [
        """
        CREATE TABLE runs (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            runbook TEXT NOT NULL,
            file TEXT NOT NULL,
            status TEXT NOT NULL,
            exit INTEGER,
            started TEXT NOT NULL,
            ms INTEGER,
            world TEXT NOT NULL DEFAULT 'live',
            context TEXT,
            reason TEXT,
            user TEXT NOT NULL,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            cwd TEXT NOT NULL,
            version TEXT NOT NULL,
            lock TEXT,
            sessions INTEGER NOT NULL DEFAULT 1,
            parameters TEXT NOT NULL,
            arguments TEXT NOT NULL,
            secrets TEXT NOT NULL,
            tools TEXT NOT NULL DEFAULT '{}',
            error TEXT
        );
        CREATE INDEX runs_by_start ON runs (started DESC, seq DESC);
        CREATE TABLE texts (
            hash TEXT PRIMARY KEY,
            content BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE sources (
            run TEXT NOT NULL,
            path TEXT NOT NULL,
            kind TEXT NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (run, path)
        ) WITHOUT ROWID;
        CREATE TABLE steps (
            run TEXT NOT NULL,
            scope TEXT NOT NULL,
            name TEXT NOT NULL,
            status TEXT NOT NULL,
            ms INTEGER NOT NULL,
            position INTEGER NOT NULL,
            has_undo INTEGER NOT NULL,
            undo TEXT,
            result BLOB,
            unkept TEXT,
            PRIMARY KEY (run, scope)
        ) WITHOUT ROWID;
        CREATE TABLE writes (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            session INTEGER NOT NULL,
            scope TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            occurrence INTEGER NOT NULL,
            superseded INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL,
            kind TEXT NOT NULL,
            object TEXT NOT NULL,
            name TEXT NOT NULL,
            display TEXT NOT NULL,
            capability TEXT NOT NULL,
            namespace TEXT,
            idempotent INTEGER NOT NULL,
            started TEXT NOT NULL,
            ms INTEGER,
            exit INTEGER,
            response BLOB,
            error TEXT,
            inverse TEXT,
            inverse_summary TEXT,
            transient INTEGER NOT NULL DEFAULT 0,
            evidence TEXT,
            undo TEXT,
            undo_error TEXT
        );
        CREATE INDEX writes_by_run ON writes (run, seq);
        """,
        "CREATE INDEX runs_by_runbook ON runs (runbook, started DESC, seq DESC)",
    ]
}
