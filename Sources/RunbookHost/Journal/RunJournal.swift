import Foundation
import GRDB
import Synchronization

/// The journal of one run: what it is about to do is on disk before it does it.
///
/// The database is opened beside the run's first work; the first write waits for it. When the journal cannot be
/// written, every later write of the run is refused.
final class RunJournal: Sendable {
    let folder: String
    let id: String
    private let opening = Mutex<Task<JournalStore, any Error>?>(nil)
    private let state = Mutex(State())

    private struct State {
        var pending: [@Sendable (Database) throws -> Void] = []
        var broken: RunbookError?
    }

    init(folder: String, id: String) {
        self.folder = folder
        self.id = id
    }

    /// Opens the database and makes `first` its first entry, without waiting for it.
    func open(_ first: @escaping @Sendable (Database) throws -> Void) {
        let folder = folder
        let task = Task.detached {
            let store = try JournalStore.open(in: folder)
            do {
                try await store.queue.write(first)
                return store
            } catch  where JournalStore.isDamage(error) {
                // Only now did a page turn out to be damaged.
                try store.queue.close()
                let path = JournalStore.path(in: folder)
                let aside = try JournalStore.setAside(path)
                let fresh = try JournalStore.open(in: folder)
                try await fresh.queue.write(first)
                return JournalStore(
                    queue: fresh.queue,
                    notice: "the journal \(path) was damaged; it is now \(aside), and a new one was begun")
            }
        }
        opening.withLock { $0 = task }
    }

    /// True once `open` was called.
    var isOpen: Bool { opening.withLock { $0 != nil } }

    /// What a person should know about the opening; waits for it.
    func notice() async -> String? {
        guard let task = opening.withLock({ $0 }) else { return nil }
        return try? await task.value.notice
    }

    /// The error that keeps the journal from being written, or nil.
    var broken: RunbookError? { state.withLock { $0.broken } }

    /// Adds something that is to be written with the next entry at the latest, or at the run's end.
    func later(_ work: @escaping @Sendable (Database) throws -> Void) {
        state.withLock { $0.pending.append(work) }
    }

    /// Writes an entry with all that waits.
    ///
    /// - Parameter durable: True when it must survive a loss of power: the call returns when the disk has it.
    /// - Throws: `RunbookError` with code `io`; the journal is broken from then on.
    func write<Value: Sendable>(
        durable: Bool = false, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        if let broken { throw broken }
        let pending = state.withLock { state in
            defer { state.pending.removeAll() }
            return state.pending
        }
        do {
            guard let task = opening.withLock({ $0 }) else {
                throw RunbookError(.internal, "the journal was not opened")
            }
            let queue = try await task.value.queue
            // A run that is being stopped still writes down what it did: the work does not inherit the cancellation.
            return try await Task.detached {
                try await queue.writeWithoutTransaction { db in
                    if durable { try db.execute(sql: "PRAGMA synchronous = FULL") }
                    defer { if durable { try? db.execute(sql: "PRAGMA synchronous = NORMAL") } }
                    return try Self.transaction(db) {
                        for entry in pending { try entry(db) }
                        return try work(db)
                    }
                }
            }.value
        } catch {
            throw fail(error)
        }
    }

    /// Reads.
    ///
    /// - Throws: `RunbookError` with code `io`.
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            guard let task = opening.withLock({ $0 }) else {
                throw RunbookError(.internal, "the journal was not opened")
            }
            return try await task.value.queue.read(work)
        } catch {
            throw JournalStore.failure(error, JournalStore.path(in: folder))
        }
    }

    private static func transaction<Value>(_ db: Database, _ work: () throws -> Value) throws -> Value {
        var value: Value?
        try db.inTransaction(.immediate) {
            value = try work()
            return .commit
        }
        guard let value else { throw RunbookError(.internal, "a transaction without a result") }
        return value
    }

    private func fail(_ error: any Error) -> RunbookError {
        var failure = JournalStore.failure(error, JournalStore.path(in: folder))
        failure.remedy =
            failure.remedy
            ?? "nothing more is changed while the journal cannot be written: make room or give it a folder that can be"
            + " written, then `runbook resume \(id)`"
        return state.withLock { state in
            if let broken = state.broken { return broken }
            state.broken = failure
            return failure
        }
    }
}

extension Database {
    /// Runs a statement that is kept prepared.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
