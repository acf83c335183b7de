import Foundation
import RunbookSecrets
import Synchronization

@testable import RunbookHost

/// Runs a Lua text as a runbook in a folder of its own, with stand-ins and settings as a test asks for.
struct ModuleRun {
    var folder: String
    var environment: [String: String]
    var project = ProjectSettings()
    var wrap: @Sendable (any World, SecretVault) -> any World = { world, _ in world }

    /// A run in a fresh folder whose PATH begins with the folders given.
    init(path: [String] = []) throws {
        folder = NSTemporaryDirectory() + "runbook-tests-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        environment = ["PATH": (path + [inherited]).joined(separator: ":"), "HOME": folder, "TMPDIR": folder]
    }

    /// What a run left.
    struct Outcome {
        var summary: RunSummary
        var events: [RunEvent]

        var message: String { summary.failure?.message ?? "" }
        var remedy: String? { summary.failure?.remedy }
        /// The commands that were run, as they were shown.
        var commands: [String] {
            events.compactMap { if case .actionStarted(let action) = $0 { action.display } else { nil } }
        }
        /// The lines that commands printed.
        var lines: [String] {
            events.compactMap { if case .output(_, _, let line) = $0 { line } else { nil } }
        }
        func notes(_ level: Note.Level) -> [String] {
            events.compactMap { if case .note(let note) = $0, note.level == level { note.text } else { nil } }
        }
    }

    private final class Recorder: EventListener {
        let events = Mutex<[RunEvent]>([])
        func receive(_ event: RunEvent) { events.withLock { $0.append(event) } }
    }

    private struct NoPrompt: Prompter {
        func ask(_ prompt: Prompt) async throws -> String {
            throw RunbookError(.declined, "\"\(prompt.text)\" was asked")
        }
    }

    private struct NoHTTP: HTTPSender {
        func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
            throw RunbookError(.io, "no network here")
        }
    }

    /// Writes a file below the folder.
    func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let full = "\(folder)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: full))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
    }

    /// Runs a text; `dryRun` shows its writes in place of making them.
    func callAsFunction(_ lua: String, dryRun: RunOptions.DryRun? = nil, yes: Bool = true) async -> Outcome {
        var options = RunOptions(
            workingDirectory: folder, environment: environment, stateFolder: "\(folder)/state")
        options.dryRun = dryRun
        options.assumesYes = yes
        options.project = project
        let recorder = Recorder()
        let runner = Runner(
            options: options, listeners: [recorder], lifecycle: PlainLifecycle(), prompter: NoPrompt(),
            http: NoHTTP(), wrap: wrap)
        let source = RunbookSource(path: "\(folder)/test.lua", displayName: "test.lua", text: Array(lua.utf8))
        let summary = await runner.run(source)
        return Outcome(summary: summary, events: recorder.events.withLock { $0 })
    }

    /// Removes the folder.
    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Where the repository's files are that tests use.
enum RepositoryFiles {
    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder with the stand-ins of a tool.
    static func standIns(_ name: String) -> String { "\(root)/Tests/Fixtures/stand-ins/\(name)" }
}
