import Foundation
import RunbookSecrets
import Synchronization

/// A world that writes each request and its answer to a tape.
public struct RecordingWorld: World {
    private let base: any World
    private let vault: SecretVault
    private let tape: TapeWriter

    /// Records what passes to `base`.
    public init(base: any World, vault: SecretVault, tape: TapeWriter) {
        self.base = base
        self.vault = vault
        self.tape = tape
    }

    /// Carries out a request and records it.
    public func perform(_ request: Request) async throws -> Response {
        guard let key = TapeKey(request.action, redactor: vault.redactor) else {
            return try await base.perform(request)
        }
        if case .process(let command) = request.action { try await noteVersion(of: command) }
        do {
            let response = try await base.perform(request)
            try tape.add(record(key, request.action, response))
            return response
        } catch let error as RunbookError {
            let masked = TapeRecord.TapeError(code: error.code.rawValue, message: vault.redactor.redact(error.message))
            try tape.add(
                TapeRecord(kind: key.kind, argv: key.argv, stdin: key.stdin, exit: error.exit ?? 1, error: masked))
            throw error
        }
    }

    private static let tools: Set<String> = ["docker", "helm", "k6", "kubectl", "minikube"]

    /// Writes down the version of a tool, the first time that it is used.
    private func noteVersion(of command: Command) async throws {
        guard let tool = command.argv.first?.split(separator: "/").last.map(String.init), Self.tools.contains(tool),
            tape.isFirst(tool)
        else { return }
        let question = Command(ToolVersions.arguments(tool), timeout: .seconds(20), isQuiet: true)
        guard let result = try? await base.read(question), result.succeeded, let version = ToolVersion(result.text)
        else { return }
        try tape.add(TapeRecord(kind: "tape", argv: [tool], stdout: Array("version=\(version)".utf8)))
    }

    private func record(_ key: TapeKey, _ action: Action, _ response: Response) -> TapeRecord {
        var record = TapeRecord(kind: key.kind, argv: key.argv, stdin: key.stdin)
        switch response {
        case .process(let result):
            let secret = try? result.secretOutput.map(vault.reveal)
            record = TapeRecord(
                argv: key.argv, stdin: key.stdin, exit: result.status,
                stdout: secret.map { SecretObjects.masked($0, vault.redactor) } ?? result.stdout,
                stderr: String(decoding: result.stderr, as: UTF8.self),
                ms: result.milliseconds)
        case .http(let answer):
            record = TapeRecord(
                kind: key.kind, argv: key.argv, stdin: key.stdin, exit: answer.status, stdout: answer.body,
                ms: Int(answer.milliseconds),
                headers: Dictionary(answer.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0), \($1)" }))
        case .bytes(let bytes):
            record = TapeRecord(kind: key.kind, argv: key.argv, stdout: vault.redactor.redact(bytes))
        case .names(let names): record.stdout = vault.redactor.redact(names.joined(separator: "\n"))
        case .status(let status):
            record.exit = status == nil ? 1 : 0
            record.stdout =
                status.map {
                    "\($0.isFolder ? "folder" : "file") \($0.size) \(String($0.mode, radix: 8)) \($0.modified)"
                } ?? ""
        case .answer(let answer):
            if case .prompt(let prompt) = action, prompt.kind != .hidden {
                record.stdout = vault.redactor.redact(answer)
            }
        case .time(let seconds): record.stdout = String(seconds)
        case .variable, .done, .predicted: break
        }
        return record
    }
}

/// Appends records to a tape's file.
public final class TapeWriter: Sendable {
    private let file: Mutex<FileHandle>
    private let tools = Mutex<Set<String>>([])
    private let path: String

    /// Begins a tape with a line on who made it.
    ///
    /// - Throws: `RunbookError` with code `io` when the file cannot be made.
    public init(path: String, about: [String: String]) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw RunbookError(
                .usage, "the tape \(path) cannot be written", remedy: "give a path in a folder that exists")
        }
        file = Mutex(handle)
        try add(
            TapeRecord(
                kind: "tape", argv: [],
                stdout: Array(
                    about.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n").utf8)))
    }

    /// Whether a tool had not been seen before.
    func isFirst(_ tool: String) -> Bool { tools.withLock { $0.insert(tool).inserted } }

    func add(_ record: TapeRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = try encoder.encode(record)
        line.append(10)
        do {
            try file.withLock { try $0.write(contentsOf: line) }
        } catch {
            throw RunbookError(.io, "the tape \(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
