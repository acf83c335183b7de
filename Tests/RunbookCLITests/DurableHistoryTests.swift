import Foundation
import Testing

/// A long history, an old database, a damaged one.
@Suite(.serialized) struct DurableHistoryTests {
    private func shell(_ database: String, _ sql: String) throws -> Duration {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [database, sql]
        process.standardOutput = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        return ContinuousClock.now - start
    }

    @Test func aLongHistoryIsReadByItsIndex() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", "runbook { name = 'r' }")
        #expect(try sandbox.run("r.lua").code == 0)
        _ = try sandbox.query(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO runs (id, runbook, file, status, exit, started, ms, user, host, pid, cwd, version, parameters, arguments, secrets)
            SELECT printf('%06x', i), 'deploy-' || (i % 7), '/srv/deploy.lua', 'ok', 0,
                strftime('%Y-%m-%dT%H:%M:%SZ', 1500000000 + i * 60, 'unixepoch'), i % 5000, 'ann', 'host', 1, '/srv', '0.1.0',
                '{"namespace":"shop"}', '{}', '[]' FROM n
            """)
        let plan = try sandbox.query("EXPLAIN QUERY PLAN SELECT * FROM runs ORDER BY started DESC, seq DESC LIMIT 30")
        #expect(plan.contains("USING INDEX runs_by_start") && !plan.contains("TEMP B-TREE"))
        let filtered = try sandbox.query(
            "EXPLAIN QUERY PLAN SELECT * FROM runs WHERE runbook = 'deploy-3' ORDER BY started DESC, seq DESC LIMIT 30")
        #expect(filtered.contains("USING INDEX runs_by_runbook") && !filtered.contains("TEMP B-TREE"))
        let outcome = try sandbox.run("history", "-n", "1000", "--output", "json")
        let runs = try #require(outcome.json["runs"] as? [[String: Any]])
        #expect(runs.count == 1000)
        #expect(runs[0]["runbook"] as? String == "r")
        #expect(runs[1]["run"] as? String == "0186a0")
        #expect(runs[1]["params"] as? [String: String] == ["namespace": "shop"])
        #expect(try sandbox.run("history").stdout.split(separator: "\n").count == 30)
        #expect(try sandbox.run("history", "--runbook", "deploy-3").stdout.split(separator: "\n").count == 30)
    }

    @Test func ofAllRunsEachIsPrinted() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", "runbook { name = 'r' }")
        for _ in 0..<3 { #expect(try sandbox.run("r.lua").code == 0) }
        let starts = try sandbox.history().compactMap { $0["started"] as? String }
        #expect(starts.count == 3 && starts == starts.sorted(by: >))
    }

    @Test func aDamagedDatabaseIsSetAside() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", "runbook { name = 'r' }\nstep('A', function() exec.run { 'true' } end)")
        try FileManager.default.createDirectory(
            atPath: sandbox.stateHome + "/runbook", withIntermediateDirectories: true)
        try Data("this is no database, and never was one; it only stands in the place of one".utf8)
            .write(to: URL(fileURLWithPath: sandbox.database))
        let outcome = try sandbox.run("r.lua")
        #expect(outcome.code == 0)
        #expect(
            outcome.stderr.contains(
                /the journal .*runs\.db was damaged; it is now .*runs\.db\.damaged-\d{4}-.*, and a new one was begun/),
            "\(outcome.stderr)")
        #expect(try sandbox.history().count == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: sandbox.stateHome + "/runbook")
        #expect(files.contains { $0.hasPrefix("runs.db.damaged-") })
    }

    @Test func aDatabaseWithDamagedPagesIsSetAside() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", "runbook { name = 'r' }\nstep('A', function() exec.run { 'true' } end)")
        #expect(try sandbox.run("r.lua").code == 0)
        _ = try sandbox.query("PRAGMA wal_checkpoint(TRUNCATE)")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: sandbox.database))
        for index in 4096..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: sandbox.database))
        let outcome = try sandbox.run("r.lua")
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("was damaged"))
    }

    @Test func anUnwritableJournalStopsWritesAndNotReads() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("read.lua", "runbook { name = 'r' }\nprint(fs.exists('/'))")
        try sandbox.write(
            "write.lua",
            "runbook { name = 'w' }\nstep('A', function() fs.write { path = '\(sandbox.path("a"))', text = 'a' } end)")
        // A file where the folder should be: no permission helps against that, not even root's.
        try sandbox.write("state", "")
        let read = try sandbox.run("read.lua")
        #expect(read.code == 0 && read.stdout == "true\n")
        let write = try sandbox.run("write.lua")
        #expect(write.code == 1)
        #expect(write.stderr.contains("cannot make the folder \(sandbox.stateHome)/runbook: not a directory"))
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("a")))
    }

    @Test func aDatabaseOfALaterProgramIsLeftAlone() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write(
            "w.lua",
            "runbook { name = 'w' }\nstep('A', function() fs.write { path = '\(sandbox.path("a"))', text = 'a' } end)")
        #expect(try sandbox.run("w.lua").code == 0)
        _ = try sandbox.query("PRAGMA user_version = 99")
        let outcome = try sandbox.run("w.lua")
        #expect(outcome.code == 1)
        #expect(
            outcome.stderr.contains("the journal has schema 99, and this runbook knows schemas up to 2"),
            "\(outcome.stderr)")
        #expect(try sandbox.query("SELECT count(*) FROM runs") == "1")
    }

    @Test func anOldDatabaseMigrates() throws {
        let sandbox = try DurableSandbox()
        try FileManager.default.createDirectory(
            atPath: sandbox.stateHome + "/runbook", withIntermediateDirectories: true)
        let root = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        _ = try sandbox.query(".read \(root)/Fixtures/journal-v1.sql")
        #expect(try sandbox.query("PRAGMA user_version") == "1")
        let before = try sandbox.query("SELECT id FROM runs")
        let run = try #require(try sandbox.history().first)
        #expect(run["run"] as? String == before)
        #expect(run["status"] as? String == "ok" && run["user"] as? String == "ann")
        #expect(try sandbox.query("PRAGMA user_version") == "2")
        #expect(try sandbox.run("undo", before, "--dry-run").stderr.contains("  Would    remove /srv/one.txt"))
    }
}
