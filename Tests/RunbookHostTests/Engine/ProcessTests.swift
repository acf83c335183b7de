import Foundation
import RunbookSecrets
import Synchronization
import Testing

@testable import RunbookHost

/// Programs that a run starts.
@Suite("processes")
struct ProcessTests {
    private func world(_ folder: String, _ environment: [String: String] = [:], vault: SecretVault = SecretVault())
        -> LiveWorld
    {
        var all = environment
        all["PATH"] = all["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return LiveWorld(
            settings: LiveWorld.Settings(folder: folder, environment: all, privateFolder: folder + "/private"),
            vault: vault, prompts: RefusingPrompter(), http: Refusing())
    }

    private struct Refusing: HTTPSender {
        func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
            throw RunbookError(.io, "no network")
        }
    }

    /// A folder for one test.
    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "runbook-processes-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func isGone(_ file: String) throws -> Bool {
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let child = try #require(Int32(text))
        for _ in 0..<100 {
            if kill(child, 0) != 0 { return true }
            usleep(50_000)
        }
        return false
    }

    @Test("a grandchild goes with its parent when the time is over")
    func grandchild() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let command = Command(
            ["sh", "-c", "sh -c 'echo $$ > pid; exec sleep 300' & wait"], timeout: .milliseconds(500),
            grace: .milliseconds(100))
        let error = try await #require(throws: RunbookError.self) { _ = try await world(folder).read(command) }
        #expect(error.code == .timeout)
        #expect(
            error.message == "sh -c 'sh -c '\\''echo $$ > pid; exec sleep 300'\\'' & wait' was over its limit of 0.5s")
        #expect(try isGone(folder + "/pid"))
    }

    @Test("beside a command that waits, a probe tells what has changed, and ends with it")
    func probe() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var command = Command(
            ["sh", "-c", "for i in 1 1 2; do echo $i > state; sleep 0.3; done; echo done"], timeout: .seconds(20))
        command.probe = ProgressProbe(
            Command(["sh", "-c", "echo $$ > pid; echo looked >> count; cat state"]), every: .milliseconds(50)
        ) { output in
            let text = String(decoding: output, as: UTF8.self).filter { !$0.isNewline }
            return text.isEmpty ? nil : "state \(text)"
        }
        let lines = Mutex<[String]>([])
        let tap = OutputTap { stream, line in lines.withLock { $0.append("\(stream.rawValue) \(line)") } }
        let result = try await OutputTap.$current.withValue(tap) { try await world(folder).read(command) }
        #expect(result.text == "done")
        #expect(lines.withLock { $0 } == ["stderr state 1", "stderr state 2", "stdout done"])
        #expect(try isGone(folder + "/pid"))
        let looked = try String(contentsOfFile: folder + "/count", encoding: .utf8)
        usleep(200_000)
        #expect(try String(contentsOfFile: folder + "/count", encoding: .utf8) == looked)
    }

    @Test("a probe that fails, or that nobody sees, changes nothing")
    func failingProbe() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for probe in [["no-such-program"], ["sh", "-c", "touch seen; exit 1"]] {
            var command = Command(["sh", "-c", "sleep 0.2; exit 3"])
            command.probe = ProgressProbe(Command(probe), every: .milliseconds(20)) { _ in "told" }
            #expect(try await world(folder).read(command).status == 3)
            #expect(!FileManager.default.fileExists(atPath: folder + "/seen"))
            let lines = Mutex<[String]>([])
            let tap = OutputTap { _, line in lines.withLock { $0.append(line) } }
            let result = try await OutputTap.$current.withValue(tap) { try await world(folder).read(command) }
            #expect(result.status == 3)
            #expect(lines.withLock { $0 } == [])
        }
        #expect(FileManager.default.fileExists(atPath: folder + "/seen"))
    }

    @Test("one that ignores signals is killed")
    func stubborn() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let start = ContinuousClock.now
        let command = Command(
            ["sh", "-c", "trap '' INT TERM; echo $$ > pid; while :; do sleep 1; done"], timeout: .milliseconds(500),
            grace: .milliseconds(100))
        await #expect(throws: RunbookError.self) { _ = try await world(folder).read(command) }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(try isGone(folder + "/pid"))
    }

    @Test("a cancelled task ends what it started")
    func cancelled() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = world(folder)
        let task = Task {
            try await world.read(Command(["sh", "-c", "echo $$ > pid; exec sleep 300"], grace: .milliseconds(100)))
        }
        while !FileManager.default.fileExists(atPath: folder + "/pid") { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try isGone(folder + "/pid"))
    }

    @Test("it has a process group of its own")
    func group() async throws {
        let result = try await world("/tmp").read(Command(["sh", "-c", "ps -o pgid= -p $$; echo $$"]))
        let numbers = result.text.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 2 && numbers[0] == numbers[1])
    }

    @Test("standard input is closed unless given")
    func input() async throws {
        #expect(try await world("/tmp").read(Command(["cat"], timeout: .seconds(20))).stdout.isEmpty)
        #expect(try await world("/tmp").read(Command(["cat"], input: "given")).text == "given")
        let large = String(repeating: "0123456789abcdef", count: 1 << 16)
        #expect(try await world("/tmp").read(Command(["cat"], input: SensitiveText(large))).stdout.count == 1 << 20)
        #expect(try await world("/tmp").read(Command(["true"], input: SensitiveText(large))).status == 0)
    }

    @Test("only the variables that are asked for are handed on")
    func environment() async throws {
        let vault = SecretVault()
        let token = SensitiveText(vault.load(name: "TOKEN", text: "sesame-street"))
        let world = world(
            "/tmp",
            [
                "HOME": "/home/x", "LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "aws", "DATABASE_URL": "db",
                "KUBECONFIG": "k",
            ],
            vault: vault)
        func names(_ command: Command) async throws -> Set<String> {
            Set(
                try await world.read(command).text.split(separator: "\n").compactMap {
                    $0.split(separator: "=").first.map(String.init)
                })
        }
        #expect(try await names(Command(["env"])).subtracting(["PWD", "SHLVL", "_"]) == ["PATH", "HOME", "LC_ALL"])
        #expect(
            try await names(Command(["env"], inherited: ["PATH", "AWS_*"])).subtracting(["PWD"]) == [
                "PATH", "AWS_SECRET_ACCESS_KEY",
            ])
        let given = try await world.read(Command(["env"], environment: ["TOKEN": token, "HOME": "/other"]))
        #expect(given.text.contains("TOKEN=‹secret TOKEN›") && given.text.contains("HOME=/other"))
    }

    @Test("it starts in the run's folder, or in the one given")
    func directory() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
        let world = world(folder)
        #expect(try await world.read(Command(["pwd"])).text.hasSuffix((folder as NSString).lastPathComponent))
        #expect(try await world.read(Command(["pwd"], directory: "sub")).text.hasSuffix("/sub"))
        let error = try await #require(throws: RunbookError.self) {
            _ = try await world.read(Command(["pwd"], directory: "none"))
        }
        #expect(error.message == "pwd: the folder none does not exist")
        #expect(error.code == .missing)
    }

    @Test(
        "exit codes and signals",
        arguments: [("exit 0", 0), ("exit 42", 42), ("kill -TERM $$", 143), ("kill -KILL $$", 137)])
    func status(_ script: String, _ status: Int) async throws {
        #expect(try await world("/tmp").read(Command(["sh", "-c", script])).status == status)
    }

    @Test("output over the limit is an error that names it; the end of the errors is kept")
    func limits() async throws {
        let error = try await #require(throws: RunbookError.self) {
            _ = try await world("/tmp").read(
                Command(["sh", "-c", "head -c 3000000 /dev/zero"], outputLimit: 1_000_000))
        }
        #expect(error.message == "sh printed more than 1 MB, the limit of what is kept")
        #expect(error.remedy == "send its output to a file, or ask it for less")
        let result = try await world("/tmp").read(
            Command([
                "sh", "-c",
                "head -c 16777216 /dev/zero | tr '\\0' x; head -c 16777216 /dev/zero | tr '\\0' y >&2; echo end >&2",
            ]))
        #expect(result.stdout.count == 16 << 20)
        #expect(result.stderr.count <= 128 << 10)
        #expect(result.errorText.hasSuffix("yend"))
    }

    @Test("a private file is readable by its owner only, and gone afterwards")
    func privateFile() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let vault = SecretVault()
        let token = SensitiveText(vault.load(name: "TOKEN", text: "sesame-street"))
        let world = world(folder, vault: vault)
        let script = "stat -c %a \"$1\" $(dirname \"$1\"); cat \"$1\"; echo \"$1\" > where"
        let result = try await world.read(
            Command(["sh", "-c", script, "sh", "{{values}}"], privateFiles: ["values": token]))
        #expect(result.text == "600\n700\n‹secret TOKEN›")
        let path = try String(contentsOfFile: folder + "/where", encoding: .utf8).trimmingCharacters(in: .newlines)
        #expect(path.hasPrefix(folder + "/private/"))
        #expect(!FileManager.default.fileExists(atPath: path))
        await #expect(throws: RunbookError.self) {
            _ = try await world.read(
                Command(
                    ["sh", "-c", "sleep 60", "{{values}}"], timeout: .milliseconds(300), grace: .milliseconds(50),
                    privateFiles: ["values": token]))
        }
        await #expect(throws: RunbookError.self) {
            _ = try await world.read(Command(["no-such-tool", "{{values}}"], privateFiles: ["values": token]))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/private").isEmpty)
    }

    @Test(
        "a program that has ended does not keep the run, even when another one still holds its output",
        arguments: ["", "setsid "])
    func heldPipe(_ prefix: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let start = ContinuousClock.now
        let result = try await world(folder).read(
            Command([
                "sh", "-c", "\(prefix)sh -c 'echo $$ > pid; exec sleep 60' & while [ ! -s pid ]; do :; done; echo done",
            ]))
        #expect(result.text == "done")
        #expect(ContinuousClock.now - start < .seconds(30))
        let child = try #require(
            Int32(try String(contentsOfFile: folder + "/pid", encoding: .utf8).trimmingCharacters(in: .newlines)))
        kill(child, SIGKILL)
    }

    @Test("a program that closes its output is waited for")
    func closedOutput() async throws {
        let result = try await world("/tmp").read(
            Command(["sh", "-c", "printf out; printf err >&2; exec >&- 2>&-; sleep 0.3; exit 5"]))
        #expect(result.status == 5)
        #expect(result.text == "out" && result.errorText == "err")
    }

    @Test("output arrives byte for byte: no text, zeros, no end of line, a line of a megabyte")
    func bytes() async throws {
        let odd = try await world("/tmp").read(Command(["printf", "a\\377\\376\\000b\\r\\n\\nc"]))
        #expect(odd.stdout == [97, 255, 254, 0, 98, 13, 10, 10, 99])
        let long = try await world("/tmp").read(Command(["sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' z"]))
        #expect(long.stdout.count == 1 << 20 && long.stdout.allSatisfy { $0 == UInt8(ascii: "z") })
    }
}
