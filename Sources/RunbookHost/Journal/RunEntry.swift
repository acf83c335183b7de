import Foundation
import GRDB
import RunbookLua

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A run's row in the journal.
struct RunEntry: Sendable {
    let id: String
    let session: Int
    private let values: StatementArguments
    private let source: JournalSource

    init(run: RunSession, session: Int) {
        id = run.id
        self.session = session
        let redactor = run.vault.redactor
        func json(_ fields: [(String, LuaValue)]) -> String {
            redactor.redact(JSONText.encode(.table(LuaTable(fields.map { (.string($0.0), $0.1) })), pretty: false))
        }
        let options = run.options
        let arguments = options.parameters.map { ($0.name, LuaValue.string($0.value)) }
        let secrets = LuaValue.list(run.header.secrets.map { .string($0.name) })
        let place = Host.current(environment: options.environment)
        values = [
            run.id, run.header.name, run.source.path, "running", SystemClock.text(SystemClock.now()),
            options.standIn ?? "live", options.context, options.reason.map { redactor.redact($0) }, place.user,
            place.name,
            place.pid, redactor.redact(options.workingDirectory), RunbookVersion.current, try? run.lockName,
            json(run.parameters),
            json(arguments), JSONText.encode(secrets, pretty: false),
        ]
        source = JournalSource(path: run.source.path, kind: "runbook", text: run.source.text)
    }

    /// Adds the row, or says that the run goes on.
    func insert(_ db: Database) throws {
        try db.run(
            """
            INSERT INTO runs (id, runbook, file, status, started, world, context, reason, user, host, pid, cwd, version,
                lock, parameters, arguments, secrets)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET status = 'running', exit = NULL, error = NULL, user = excluded.user,
                host = excluded.host, pid = excluded.pid, sessions = sessions + 1, parameters = excluded.parameters,
                arguments = excluded.arguments, version = excluded.version
            """, values)
        try RunJournal.add(source, run: id, db)
    }

    /// Notes how the run ended.
    func finish(
        _ summary: RunSummary, _ milliseconds: Int, _ tools: [(tool: String, version: String)], _ db: Database
    ) throws {
        let versions = LuaTable(tools.map { (LuaValue.string($0.tool), LuaValue.string($0.version)) })
        try db.run(
            "UPDATE runs SET status = ?, exit = ?, ms = coalesce(ms, 0) + ?, error = ?, tools = ? WHERE id = ?",
            [
                summary.status.rawValue, summary.exitCode, milliseconds, summary.failure?.message,
                JSONText.encode(.table(versions), pretty: false), id,
            ])
    }
}

/// Who runs, and where.
struct Host {
    let user: String
    let name: String
    let pid: Int

    static func current(environment: [String: String]) -> Host {
        var buffer = [UInt8](repeating: 0, count: 256)
        let found = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), bytes.count - 1) } ?? -1
        }
        let name = found == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : "unknown"
        let account = getpwuid(getuid())?.pointee.pw_name.map { String(cString: $0) }
        let user = environment["SUDO_USER"] ?? account ?? environment["USER"] ?? "uid \(getuid())"
        return Host(user: user, name: name, pid: Int(getpid()))
    }
}

/// The version of the program that writes the journal.
enum RunbookVersion {
    static let current = "0.1.0"
}

extension RunSession {
    /// The run as its listeners are told of it.
    var identity: RunIdentity {
        let namespace = parameters.first { $0.name == "namespace" }?.value.stringValue
        return RunIdentity(
            id: id, runbook: header.name, file: source.displayName, isDryRun: options.dryRun != nil,
            context: options.context, namespace: namespace, started: SystemClock.text(SystemClock.now()))
    }
}
