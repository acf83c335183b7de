import Foundation
import RunbookSecrets
import Testing

@testable import RunbookHost

/// Tapes: what is written, and how it is answered.
@Suite("tape worlds")
struct TapeTests {
    /// Answers each request with its number, so that a test sees which one an answer belongs to.
    private struct Counting: World {
        func perform(_ request: Request) async throws -> Response {
            switch request.action {
            case .process(let command):
                if command.argv == ["missing"] { throw RunbookError(.missing, "missing: command not found") }
                return .process(
                    ProcessResult(status: 3, stdout: [0xff, 0x00], stderr: Array("end\n".utf8), milliseconds: 7))
            case .http:
                return .http(
                    HTTPAnswer(
                        status: 404, headers: [("content-type", "text/plain")], body: [104, 105], milliseconds: 5))
            case .file(.read): return .bytes(Array("content".utf8))
            case .file(.status): return .status(FileStatus(isFolder: false, size: 7, mode: 0o640, modified: 12.5))
            case .file(.list): return .names(["a", "b"])
            case .prompt: return .answer("yes")
            case .now: return .time(1000.25)
            default: return .done
            }
        }
    }

    private struct Silent: World {
        func perform(_ request: Request) async throws -> Response {
            throw RunbookError(.internal, "the tape was passed by")
        }
    }

    static let requests: [Request] = [
        .read(.process(Command(["tool", "a b"], input: "in"))), .read(.file(.read("f"))), .read(.file(.status("f"))),
        .read(.file(.list("d"))), .read(.http(HTTPCall(method: "POST", url: "http://x/", body: "{}"))),
        .read(.prompt(Prompt("Sure?", .confirm))), .read(.now),
        .write(.file(.write("f", "text", mode: 0o644)), Change(.create, "file", "f", capability: "fs")),
    ]

    @Test("every kind of request is answered as it was", arguments: requests.indices)
    func kinds(_ index: Int) async throws {
        let request = Self.requests[index]
        let path = NSTemporaryDirectory() + "runbook-tape-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let vault = SecretVault()
        let recording = RecordingWorld(
            base: Counting(), vault: vault, tape: try TapeWriter(path: path, about: ["runbook": "1"]))
        let live = try await recording.perform(request)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let records = try ReplayWorld.read(path: path)
        #expect(records.count == 2 && records[0].kind == "tape")
        let replay = ReplayWorld(base: Silent(), vault: vault, path: path, records: records)
        #expect(String(describing: try await replay.perform(request)) == String(describing: live))
        #expect(String(describing: try await replay.perform(request)) == String(describing: live), "the last one again")
    }

    @Test("an error is recorded and given again")
    func errors() async throws {
        let path = NSTemporaryDirectory() + "runbook-tape-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let vault = SecretVault()
        let request = Request.read(.process(Command(["missing"])))
        let recording = RecordingWorld(base: Counting(), vault: vault, tape: try TapeWriter(path: path, about: [:]))
        await #expect(throws: RunbookError.self) { _ = try await recording.perform(request) }
        let replay = ReplayWorld(base: Silent(), vault: vault, path: path, records: try ReplayWorld.read(path: path))
        let error = try await #require(throws: RunbookError.self) { _ = try await replay.perform(request) }
        #expect(error.message == "missing: command not found")
        #expect(error.code == .missing)
    }

    private func replay(_ records: [TapeRecord]) -> ReplayWorld {
        ReplayWorld(base: Silent(), vault: SecretVault(), path: "t.tape", records: records)
    }

    @Test("the first unused record of equal argv and stdin, then the last one again")
    func order() async throws {
        let world = replay([
            TapeRecord(argv: ["a"], exit: 1), TapeRecord(argv: ["a"], stdin: "x", exit: 2),
            TapeRecord(argv: ["a"], exit: 3),
        ])
        func status(_ input: SensitiveText?) async throws -> Int {
            try await world.read(Command(["a"], input: input)).status
        }
        #expect(try await status("x") == 2)
        #expect(try await status(nil) == 1)
        #expect(try await status(nil) == 3)
        #expect(try await status(nil) == 3)
        #expect(try await status("x") == 2)
    }

    @Test("no record: the nearest one is shown")
    func unmatched() async throws {
        let world = replay([
            TapeRecord(argv: ["helm", "list"]), TapeRecord(argv: ["kubectl", "get", "pods", "-n", "shop"]),
            TapeRecord(kind: "http", argv: ["GET", "http://x/"]),
        ])
        func message(_ request: Request) async throws -> [String] {
            let error = try await #require(throws: RunbookError.self) { _ = try await world.perform(request) }
            #expect(error.code == .missing)
            return [error.message] + error.details
        }
        #expect(
            try await message(.read(.process(Command(["kubectl", "get", "pods", "-n", "other"])))) == [
                "the tape t.tape has no record of: kubectl get pods -n other", "nearest: kubectl get pods -n shop",
                "argument 4: recorded shop, asked other",
            ])
        #expect(
            try await message(.read(.process(Command(["helm", "list"], input: "x")))).last
                == "the arguments are equal; standard input differs")
        #expect(
            try await message(.read(.http(HTTPCall(method: "GET", url: "http://y/"))))[1] == "nearest: GET http://x/")
        #expect(
            try await message(.read(.prompt(Prompt("Sure?", .confirm)))) == [
                "the tape t.tape has no record of: 'Sure?'"
            ])
    }

    @Test("waits are not waited for, and a read of a file that is not on the tape is made")
    func passing() async throws {
        let world = ReplayWorld(base: Counting(), vault: SecretVault(), path: "t.tape", records: [])
        _ = try await world.perform(.read(.sleep(.seconds(3600))))
        #expect(try await world.contents(of: "f") == Array("content".utf8))
        await #expect(throws: RunbookError.self) {
            _ = try await world.perform(.write(.file(.remove("f")), Change(.delete, "file", "f", capability: "fs")))
        }
    }
}
