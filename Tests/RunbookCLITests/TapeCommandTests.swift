import Foundation
import RunbookTestSupport
import Testing

/// `--record` and `--replay`.
@Suite("tapes")
struct TapeCommandTests {
    private static let deploy = """
        runbook { name = "deploy", secrets = { "TOKEN" } }
        local version = exec.run({ "stand-in", "version" }, { read = true }).stdout
        step("Log in", function()
          exec.run({ "stand-in", "login" }, { stdin = secrets.TOKEN, env = { TOKEN = secrets.TOKEN } })
        end)
        local state = exec.run({ "stand-in", "state" }, { check = false, env = { TOKEN = secrets.TOKEN } })
        fs.write { path = "config.txt", text = "token=" .. secrets.TOKEN }
        local again = exec.run({ "stand-in", "count" }).stdout
        again = again .. exec.run({ "stand-in", "count" }).stdout
        print(version, state.status, state.stderr, again, fs.read("config.txt"))
        """

    private func bench() throws -> Bench {
        var bench = try Bench()
        bench.environment["TOKEN"] = "sesame-street-42"
        try bench.standIn(
            "stand-in",
            """
            case $1 in
            version) echo v1.2.3 ;;
            login) cat; echo; printf '%s' "$TOKEN" | base64 ;;
            state) echo "bad $TOKEN" >&2; exit 4 ;;
            count) echo x >> count; wc -l < count ;;
            esac
            """)
        try bench.write("deploy.lua", Self.deploy)
        return bench
    }

    @Test("a recorded run replays without a tool, a secret and a file, and holds no secret")
    func both() throws {
        var bench = try bench()
        defer { bench.remove() }
        let recorded = try bench.run("deploy.lua", "--record", "deploy.tape")
        #expect(recorded.status == 0, "\(recorded.errors)")
        #expect(recorded.out == "v1.2.3\n\t4\tbad ‹secret TOKEN›\n\t1\n2\n\ttoken=‹secret TOKEN›\n")
        let tape = try #require(bench.read("deploy.tape"))
        let finder = LeakFinder(secrets: ["TOKEN": Array("sesame-street-42".utf8)])
        #expect(finder.leaks(in: tape).isEmpty)
        #expect(tape.contains("‹secret TOKEN›"))
        let records = try tape.split(separator: "\n").map {
            JSON(try JSONSerialization.jsonObject(with: Data($0.utf8)))
        }
        let state = try #require(records.first { $0["argv"].texts == ["stand-in", "state"] })
        #expect(state.keys.isSuperset(of: ["argv", "stdin", "exit", "stdout", "stderr", "ms"]))
        #expect(state["exit"].number == 4)
        #expect(state["stdin"].isNull)
        #expect(state["kind"].value == nil)
        let files = records.filter { $0["kind"].text == "file" }.compactMap { $0["argv"].texts.first }
        #expect(files.contains("write") && files.last == "read")

        try FileManager.default.removeItem(atPath: bench.folder + "/config.txt")
        bench.environment["PATH"] = ""
        bench.environment["TOKEN"] = nil
        let replayed = try bench.run("deploy.lua", "--replay", "deploy.tape")
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.out == recorded.out)
        #expect(!bench.exists("config.txt"))
        bench.environment["TOKEN"] = "another-secret-value"
        #expect(try bench.run("deploy.lua", "--replay", "deploy.tape").out == recorded.out)
    }

    @Test("a stale tape: what was asked, the nearest record, where they differ, the line")
    func stale() throws {
        var bench = try bench()
        defer { bench.remove() }
        #expect(try bench.run("deploy.lua", "--record", "deploy.tape").status == 0)
        bench.environment["PATH"] = ""
        try FileManager.default.removeItem(atPath: bench.folder + "/count")
        try bench.write("deploy.lua", Self.deploy.replacing("\"state\" }", with: "\"state\", \"--all\" }"))
        let result = try bench.run("deploy.lua", "--replay", "deploy.tape")
        #expect(result.status == 1)
        #expect(
            result.errors.contains(
                """
                the tape deploy.tape has no record of: stand-in state --all
                    nearest: stand-in state
                    argument 2: recorded nothing, asked --all
                  Where    deploy.lua:6

                """), "\(result.errors)")
        #expect(
            result.errors.contains(
                """
                  Try      the runbook or the tape is stale; record it again with --record

                """), "\(result.errors)")
        #expect(!bench.exists("count"))
    }

    @Test("a tape says who made it: the program, and once each tool that was used, with its version")
    func versions() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = "\(Program.root)/.tools/bin:\(Bench.systemPath)"
        bench.environment["TOKEN"] = "sesame-street-42"
        try bench.write(
            "tools.lua",
            """
            runbook { secrets = { "TOKEN" } }
            local function read(argv) return exec.run(argv, { read = true }).stdout end
            print(read { "kubectl", "get", "nodes", "-o", "name" })
            exec.run({ "kubectl", "apply", "-f", "-" }, { stdin = json.encode { apiVersion = "v1", kind = "Secret",
              metadata = { name = "s" }, stringData = { token = secrets.TOKEN } } })
            print(#read { "kubectl", "get", "secret", "s", "-o", "json" } > 0, read { "helm", "list", "-q" })
            """)
        let recorded = try bench.run("tools.lua", "--sim", "--yes", "--record", "tools.tape")
        #expect(recorded.status == 0, "\(recorded.errors)")
        let tape = try #require(bench.read("tools.tape"))
        let records = try tape.split(separator: "\n").map {
            JSON(try JSONSerialization.jsonObject(with: Data($0.utf8)))
        }
        let notes = records.filter { $0["kind"].text == "tape" }
        let version = try bench.run("--version").out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(notes.first?["argv"].texts == [])
        #expect(
            notes.first?["stdout"].text?.contains("runbook=\(version)") == true, "\(notes.first?["stdout"].text ?? "")")
        #expect(notes.dropFirst().map { $0["argv"].texts } == [["kubectl"], ["helm"]])
        for (note, tool) in zip(
            notes.dropFirst(), [["kubectl", "version", "--client"], ["helm", "version", "--short"]])
        {
            let stated = try #require(note["stdout"].text?.firstMatch(of: /^version=(\d+\.\d+\.\d+)/)?.1)
            try bench.write(
                "ask.lua",
                "runbook {}\nprint(exec.run({ \"\(tool.joined(separator: "\", \""))\" }, { read = true }).stdout)\n")
            #expect(try bench.run("ask.lua").out.contains("v\(stated)"), "\(tool) \(stated)")
        }
        let finder = LeakFinder(secrets: ["TOKEN": Array("sesame-street-42".utf8)])
        #expect(finder.leaks(in: tape).isEmpty, "not in plain text, and not in base64 as kubectl shows it")
        bench.environment["PATH"] = ""
        let replayed = try bench.run("tools.lua", "--yes", "--replay", "tools.tape")
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.out == recorded.out)
    }

    @Test("standard input counts")
    func input() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "t.tape",
            #"{"argv": ["cat"], "stdin": "one", "exit": 0, "stdout": "first", "stderr": "", "ms": 1}"# + "\n"
                + #"{"argv": ["cat"], "stdin": "one", "exit": 0, "stdout": "second", "stderr": "", "ms": 1}"# + "\n")
        try bench.write(
            "t.lua",
            "runbook {}\nfor _ = 1, 3 do print(exec.run({ \"cat\" }, { stdin = \"one\" }).stdout) end\nexec.run({ \"cat\" }, { stdin = \"two\" })\n"
        )
        let result = try bench.run("t.lua", "--replay", "t.tape")
        #expect(result.out == "first\nsecond\nsecond\n")
        #expect(result.status == 1)
        #expect(result.errors.contains("the arguments are equal; standard input differs"))
    }

    @Test("a line that is no record")
    func broken() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("t.tape", "{\"argv\": [\"true\"]}\n\n{\"argv\": 1}\n")
        try bench.write("t.lua", "exec.run({ \"true\" })\n")
        let result = try bench.run("t.lua", "--replay", "t.tape")
        #expect(result.status == 2)
        #expect(result.errors == "t.tape:3: this line is no record of a tape\n")
    }

    @Test(
        "the tapes of the real tools replay: every exit code and output",
        arguments: ["helm-4.3-lifecycle", "helm-3.8-lifecycle", "kubectl-1.37-lifecycle"])
    func recordings(_ name: String) throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = ""
        let tape = "\(Program.root)/Tests/Fixtures/recordings/\(name).jsonl"
        let lines = try String(contentsOfFile: tape, encoding: .utf8).split(separator: "\n")
        let records = try lines.map { JSON(try JSONSerialization.jsonObject(with: Data($0.utf8))) }
        try #require(records.count > 20)
        let calls = try records.map { record in
            let options =
                record["stdin"].text.map { ["check": false, "stdin": $0] as [String: Any] } ?? ["check": false]
            return try ("json.decode(\(quoted(record["argv"].value)))", "json.decode(\(quoted(options)))")
        }
        let body = calls.map { "run(\($0.0), \($0.1))\n" }.joined()
        try bench.write(
            "replay.lua",
            """
            runbook { name = "replay" }
            local results = {}
            local function run(argv, options)
              local r = exec.run(argv, options)
              results[#results + 1] = { exit = r.status, stdout = r.stdout, stderr = r.stderr }
            end
            \(body)
            return results
            """)
        let result = try bench.run("replay.lua", "--replay", tape, "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let answers = try result.json()["result"].list
        #expect(answers.count == records.count)
        for (answer, record) in zip(answers, records) {
            #expect(answer["exit"].number == record["exit"].number)
            #expect(answer["stdout"].text == record["stdout"].text)
            #expect(answer["stderr"].text == record["stderr"].text)
        }
    }

    /// A JSON text as a Lua string.
    private func quoted(_ value: Any?) throws -> String {
        let text = String(decoding: try JSONSerialization.data(withJSONObject: value ?? NSNull()), as: UTF8.self)
        return "[====[\(text)]====]"
    }
}
