import Foundation
import RunbookSecrets
import Synchronization

/// A world that answers from a tape: no tool is run, no file is written, no server is asked.
public final class ReplayWorld: World {
    private struct State {
        var unused: [TapeKey: [Int]]
        var last: [TapeKey: Int]
    }

    private let base: any World
    private let vault: SecretVault
    private let path: String
    private let records: [TapeRecord]
    private let state: Mutex<State>

    /// Answers from the records of a tape; reads of files that are not on it go to `base`.
    public init(base: any World, vault: SecretVault, path: String, records: [TapeRecord]) {
        self.base = base
        self.vault = vault
        self.path = path
        self.records = records
        var unused: [TapeKey: [Int]] = [:]
        for (index, record) in records.enumerated() where record.kind != "tape" {
            unused[TapeKey(record), default: []].append(index)
        }
        state = Mutex(State(unused: unused.mapValues { $0.reversed() }, last: [:]))
    }

    /// Reads a tape.
    ///
    /// - Throws: `RunbookError` with code `usage` that names the file and the line.
    public static func read(path: String) throws -> [TapeRecord] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RunbookError(.usage, "the tape \(path) cannot be read", remedy: "make one with --record \(path)")
        }
        let decoder = JSONDecoder()
        return try data.split(separator: 10, omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            if line.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) { return nil }
            do {
                return try decoder.decode(TapeRecord.self, from: Data(line))
            } catch {
                throw RunbookError(.usage, "\(path):\(number + 1): this line is no record of a tape")
            }
        }
    }

    /// Answers a request: the first unused record that equals it, then the last such record again.
    public func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .sleep: return .done
        case .environment: return try await base.perform(request)
        default: break
        }
        guard let key = TapeKey(request.action, redactor: vault.redactor) else {
            return try await base.perform(request)
        }
        if let record = next(key) { return try answer(record, request.action) }
        switch request.action {
        case .file where !request.isWrite, .now: return try await base.perform(request)
        default: throw unmatched(key)
        }
    }

    private func next(_ key: TapeKey) -> TapeRecord? {
        state.withLock { state in
            if let index = state.unused[key]?.popLast() {
                state.last[key] = index
                return records[index]
            }
            return state.last[key].map { records[$0] }
        }
    }

    private func answer(_ record: TapeRecord, _ action: Action) throws -> Response {
        if let error = record.error {
            throw RunbookError(RunbookError.Code(rawValue: error.code) ?? .io, error.message, exit: record.exit)
        }
        switch action {
        case .process, .terminal:
            let stderr = Array(record.stderr.utf8)
            if let tap = OutputTap.current {
                for line in record.stderr.split(separator: "\n") { tap.emit(.stderr, String(line)) }
            }
            return .process(
                ProcessResult(status: record.exit, stdout: record.output, stderr: stderr, milliseconds: record.ms))
        case .http:
            let headers = (record.headers ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            return .http(
                HTTPAnswer(status: record.exit, headers: headers, body: record.output, milliseconds: Double(record.ms)))
        case .file(.read): return .bytes(record.output)
        case .file(.list): return .names(record.stdout.split(separator: "\n").map(String.init))
        case .file(.status): return .status(Self.status(record))
        case .prompt: return .answer(record.stdout)
        case .now: return .time(Double(record.stdout) ?? 0)
        case .file, .sleep, .environment: return .done
        }
    }

    private static func status(_ record: TapeRecord) -> FileStatus? {
        let words = record.stdout.split(separator: " ")
        guard record.exit == 0, words.count == 4 else { return nil }
        return FileStatus(
            isFolder: words[0] == "folder", size: Int64(words[1]) ?? 0, mode: UInt16(words[2], radix: 8) ?? 0o644,
            modified: Double(words[3]) ?? 0)
    }

    private func unmatched(_ key: TapeKey) -> RunbookError {
        let wanted = Command.display(key.argv)
        let candidates = records.filter { $0.kind == key.kind && !$0.argv.isEmpty }
        guard let near = candidates.max(by: { Self.likeness($0, key) < Self.likeness($1, key) }) else {
            return RunbookError(
                .missing, "the tape \(path) has no record of: \(wanted)", remedy: "record it again with --record")
        }
        return RunbookError(
            .missing, "the tape \(path) has no record of: \(wanted)",
            details: ["nearest: \(Command.display(near.argv))", Self.difference(near, key)],
            remedy: "the runbook or the tape is stale; record it again with --record")
    }

    private static func likeness(_ record: TapeRecord, _ key: TapeKey) -> Int {
        let prefix = zip(record.argv, key.argv).prefix { $0 == $1 }.count
        let shared = Set(record.argv).intersection(key.argv).count
        return 4 * prefix + 2 * shared - abs(record.argv.count - key.argv.count) + (record.stdin == key.stdin ? 1 : 0)
    }

    private static func difference(_ record: TapeRecord, _ key: TapeKey) -> String {
        let length = max(record.argv.count, key.argv.count)
        for index in 0..<length {
            let old = index < record.argv.count ? record.argv[index] : "nothing"
            let new = index < key.argv.count ? key.argv[index] : "nothing"
            if old != new {
                return "argument \(index): recorded \(Command.display([old])), asked \(Command.display([new]))"
            }
        }
        return "the arguments are equal; standard input differs"
    }
}
