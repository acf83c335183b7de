import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The database of all runs: `runs.db` in the state folder.
struct JournalStore: Sendable {
    let queue: DatabaseQueue
    /// What a person should know about the opening: that a damaged database was set aside.
    let notice: String?

    /// The database's path in a state folder.
    static func path(in folder: String) -> String { folder + "/runs.db" }

    /// Opens the database, and makes it where there is none; a damaged one is set aside first.
    ///
    /// - Throws: `RunbookError` with code `io`.
    static func open(in folder: String) throws -> JournalStore {
        let path = path(in: folder)
        do {
            try StateFolder.make(folder)
            do {
                return JournalStore(queue: try queue(path), notice: nil)
            } catch let error as DatabaseError where isDamage(error) {
                let aside = try setAside(path)
                return JournalStore(
                    queue: try queue(path),
                    notice: "the journal \(path) was damaged; it is now \(aside), and a new one was begun")
            }
        } catch {
            throw failure(error, path)
        }
    }

    /// Opens the database for looking; nil when there is none.
    ///
    /// - Throws: `RunbookError` with code `io`.
    static func openExisting(in folder: String) throws -> JournalStore? {
        access(path(in: folder), F_OK) == 0 ? try open(in: folder) : nil
    }

    private static func queue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // Changing to WAL needs the file for itself, and no busy handler is called for it.
            if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
                try retrying { _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
            }
            // The next process reads the whole log when it opens the database, so the log is kept short.
            try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 200")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try JournalSchema.migrate($0) }
        return queue
    }

    private static func retrying(_ work: () throws -> Void) throws {
        var left = 200
        while true {
            do {
                return try work()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && left > 0 {
                left -= 1
                usleep(10_000)
            }
        }
    }

    /// True for what only a damaged file gives.
    static func isDamage(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB
    }

    /// Renames a damaged database with its companions; gives the new path.
    static func setAside(_ path: String) throws -> String {
        let date = SystemClock.text(SystemClock.now()).prefix(19).replacing(":", with: "")
        let aside = "\(path).damaged-\(date)"
        guard rename(path, aside) == 0 else {
            throw RunbookError(.io, "cannot rename \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
        return aside
    }

    /// The error for a database that cannot be opened, read or written.
    static func failure(_ error: any Error, _ path: String) -> RunbookError {
        if let error = error as? RunbookError { return error }
        guard let error = error as? DatabaseError else {
            return RunbookError(.io, "the journal \(path): \(error)")
        }
        let reason = error.message ?? "SQLite code \(error.resultCode.rawValue)"
        return RunbookError(.io, "the journal \(path): \(reason)")
    }
}

/// The folder for state.
enum StateFolder {
    /// Makes a folder and those above it, for this person only.
    ///
    /// - Throws: `RunbookError` with code `io`.
    static func make(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw RunbookError(
                .io, "cannot make the folder \(path): \(String(cString: strerror(errno)).lowercased())",
                remedy: "set XDG_STATE_HOME to a folder that can be written")
        }
        try make(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw RunbookError(
                .io, "cannot make the folder \(path): \(String(cString: strerror(errno)).lowercased())",
                remedy: "set XDG_STATE_HOME to a folder that can be written")
        }
    }
}
