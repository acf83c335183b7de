import Foundation
import Synchronization

/// A folder with runbooks and a state folder of its own, in which the built program is started.
final class DurableSandbox: Sendable {
    /// The folder.
    let folder: String
    /// The state folder, as `XDG_STATE_HOME` names it.
    let stateHome: String

    /// How a program ended.
    struct Outcome: Sendable {
        var code: Int32
        var signal: Int32?
        var stdout: String
        var stderr: String
        var milliseconds: Int

        /// The fields of the JSON document on standard output.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(stdout.utf8)) as? [String: Any]) ?? [:]
        }
    }

    /// Makes the folder.
    init(stateHome: String? = nil) throws {
        folder = NSTemporaryDirectory() + "runbook-durable-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.stateHome = stateHome ?? folder + "/state"
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The program under test: `RUNBOOK_BINARY`, or the one that was built beside the tests.
    static var program: String {
        if let path = ProcessInfo.processInfo.environment["RUNBOOK_BINARY"] { return path }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/.build/debug/runbook"
    }

    /// A path in the folder.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes a file in the folder.
    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    /// The text of a file in the folder; empty when it is not there.
    func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    /// Starts the program.
    func start(_ arguments: [String], through launcher: [String] = []) throws -> Running {
        let process = Process()
        let whole = launcher + [Self.program] + arguments
        process.executableURL = URL(fileURLWithPath: whole[0])
        process.arguments = Array(whole.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_STATE_HOME"] = stateHome
        environment["RUNBOOK_PATH"] = nil
        environment["CI"] = nil
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        return try Running(process, in: folder)
    }

    /// Runs the program to its end.
    func run(_ arguments: String..., through launcher: [String] = []) throws -> Outcome {
        try start(arguments, through: launcher).wait()
    }

    /// The runs of the history, newest first.
    func history() throws -> [[String: Any]] {
        try run("history", "--output", "json").json["runs"] as? [[String: Any]] ?? []
    }

    /// The database.
    var database: String { stateHome + "/runbook/runs.db" }

    /// Asks the sqlite3 shell.
    func query(_ sql: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [database, sql]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

/// A program that was started; its output goes to files, so that no pipe keeps it waiting.
final class Running: @unchecked Sendable {
    // Used by the one test that started it.
    let process: Process
    private let output: String
    private let start = ContinuousClock.now

    init(_ process: Process, in folder: String) throws {
        self.process = process
        output = "\(folder)/.output-\(UUID().uuidString.prefix(8))"
        for stream in ["out", "err"] {
            _ = FileManager.default.createFile(atPath: "\(output).\(stream)", contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: output + ".out")
        process.standardError = FileHandle(forWritingAtPath: output + ".err")
        try process.run()
    }

    /// What it has written to standard error so far.
    var stderr: String { (try? String(contentsOfFile: output + ".err", encoding: .utf8)) ?? "" }

    /// What it has written to standard output so far.
    var stdout: String { (try? String(contentsOfFile: output + ".out", encoding: .utf8)) ?? "" }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until standard error holds a text, at most some seconds; true when it does.
    func waitFor(_ text: String, seconds: Double = 10) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if stderr.contains(text) { return true }
            usleep(20_000)
        }
        return false
    }

    /// Waits for its end.
    func wait() -> DurableSandbox.Outcome {
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        let took = ContinuousClock.now - start
        defer { for stream in ["out", "err"] { unlink("\(output).\(stream)") } }
        return DurableSandbox.Outcome(
            code: isSignal ? -1 : process.terminationStatus, signal: isSignal ? process.terminationStatus : nil,
            stdout: (try? String(contentsOfFile: output + ".out", encoding: .utf8)) ?? "", stderr: stderr,
            milliseconds: Int(took.components.seconds) * 1000
                + Int(took.components.attoseconds / 1_000_000_000_000_000))
    }
}
