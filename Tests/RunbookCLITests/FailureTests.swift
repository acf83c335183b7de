import Foundation
import RunbookTestSupport
import Testing

/// How a run that fails, is refused or takes too long ends.
@Suite("failure")
struct FailureTests {
    @Test("a failing step names the command, its exit code, its last lines, the step and the Lua line")
    func step() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "deploy.lua",
            """
            runbook { name = "deploy" }
            step("Look around", function() end)
            step("Install the release", function()
              exec.run({ "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; done; exit 3" })
            end)
            step("Never", function() exec.run({ "touch", "ran" }) end)
            """)
        let result = try bench.run("deploy.lua")
        #expect(result.status == 1)
        #expect(result.out == "")
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.count < 15, "\(result.errors)")
        #expect(lines.count { $0.hasPrefix("✗ Install the release  ") } == 1)
        #expect(
            lines.contains(
                "  sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; done; exit 3' exited 3: line 12"))
        #expect(lines.contains("    line 11"))
        #expect(lines.contains("  Where    deploy.lua:4"))
        #expect(!bench.exists("ran"))
        let document = try bench.run("deploy.lua", "--output", "json").json()
        #expect(document["status"].text == "failed")
        #expect(document["error"]["step"].text == "Install the release")
        #expect(document["error"]["where"].text == "deploy.lua:4")
        #expect(document["error"]["details"].texts.last == "line 12")
        #expect(document["error"]["traceback"].text?.contains("deploy.lua") == true)
        #expect(document["steps"].list.map { $0["status"].text } == ["ok", "failed"])
    }

    @Test("a failure with a lot of output stays short")
    func long() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "deploy.lua",
            """
            runbook { name = "deploy" }
            step("Print", function() exec.run({ "sh", "-c", "seq 100000; seq 100000 >&2; exit 1", ("x"):rep(4000) }) end)
            """)
        let result = try bench.run("deploy.lua")
        #expect(result.status == 1)
        #expect(result.errors.split(separator: "\n").count < 15)
        #expect(result.errors.utf8.count < 2000)
    }

    @Test("a mistake of the script: message, line and step")
    func mistake() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "bug.lua", "runbook { name = \"bug\" }\nstep(\"Add\", function()\n  local t\n  return t.x + 1\nend)\n")
        let result = try bench.run("bug.lua")
        #expect(result.status == 1)
        #expect(
            result.errors.contains(
                /\n✗ Add +\d\.\ds\n  attempt to index a nil value \(local 't'\)\n  Where    bug.lua:4\n/))
    }

    @Test("fail ends the run with its message, remedy and exit code")
    func fail() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("plain.lua", "runbook {}\nstep(\"Judge\", function() fail(\"too large\") end)\n")
        let plain = try bench.run("plain.lua")
        #expect(plain.status == 1)
        #expect(plain.errors.contains(/\n✗ Judge +\d\.\ds\n  too large\n  Where    plain.lua:2\n/))
        try bench.write(
            "needs.lua", "runbook {}\nfail { message = \"no cluster\", remedy = \"start one\", exit = 3 }\n")
        let needs = try bench.run("needs.lua")
        #expect(needs.status == 3)
        #expect(needs.errors.contains("no cluster\n  Where    needs.lua:2\n  Try      start one\n"))
        try bench.write("verdict.lua", "runbook {}\nfail { message = \"unhealthy\", result = { healthy = false } }\n")
        let verdict = try bench.run("verdict.lua", "--output", "json")
        #expect(verdict.status == 1)
        #expect(try verdict.json()["result"]["healthy"].flag == false)
    }

    private static let questions = """
        runbook { name = "delete" }
        step("Delete", { confirm = "Delete it?" }, function() exec.run({ "touch", "first" }) end)
        confirm("The other one too?")
        exec.run({ "touch", "second" })
        """

    @Test("a confirmation without a terminal is a refusal")
    func declined() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("delete.lua", Self.questions)
        let result = try bench.run("delete.lua")
        #expect(result.status == 6)
        #expect(
            result.errors.hasSuffix(
                """
                  "Delete it?" needs a person to confirm it
                  Where    delete.lua:2
                  Try      run it on a terminal, or with --yes

                """), "\(result.errors)")
        #expect(try bench.run("delete.lua", "--output", "json").json()["status"].text == "declined")
        #expect(!bench.exists("first") && !bench.exists("second"))
    }

    @Test("--yes answers confirmations", arguments: ["--yes", "-y"])
    func confirmed(_ option: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("delete.lua", Self.questions)
        #expect(try bench.run("delete.lua", option).status == 0)
        #expect(bench.exists("first") && bench.exists("second"))
    }

    @Test("on a terminal a person answers", arguments: [("y\n", 0), ("n\n", 6), ("\n", 6)] as [(String, Int32)])
    func asked(_ keys: String, _ status: Int32) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("ask.lua", "runbook {}\nconfirm(\"Go on?\")\nexec.run({ \"touch\", \"ran\" })\n")
        let result = try PseudoTerminal.run(bench, ["ask.lua"], question: "Go on? [y/N]", keys: keys)
        #expect(result.status == status, "\(result.screen)")
        #expect(bench.exists("ran") == (status == 0))
    }

    @Test("--timeout ends the run and what it started")
    func timeout() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "slow.lua",
            """
            runbook { name = "slow" }
            step("Wait", function() exec.run({ "sh", "-c", "sleep 61.25 & echo $! > pid; wait" }) end)
            """)
        let result = try bench.run("slow.lua", "--timeout", "1s", "--output", "json")
        #expect(result.status == 124)
        #expect(result.seconds < 30)
        let document = try result.json()
        #expect(document["status"].text == "timeout")
        #expect(document["error"]["message"].text == "the run was over its limit of 1.0s")
        #expect(document["steps"][0]["status"].text == "interrupted")
        let child = try #require(
            bench.read("pid").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
        var isGone = false
        for _ in 0..<100 where !isGone {
            isGone = kill(child, 0) != 0
            if !isGone { usleep(100_000) }
        }
        #expect(isGone)
    }

    @Test("a program that does not read its input ends by itself, not the engine")
    func brokenPipe() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["TOKEN"] = "sesame-street"
        try bench.write(
            "pipe.lua",
            """
            runbook { secrets = { "TOKEN" } }
            for _ = 1, 20 do exec.run({ "true" }, { stdin = secrets.TOKEN }) end
            exec.run({ "true" }, { stdin = ("x"):rep(1000000) })
            local r = exec.run({ "sh", "-c", "yes | head -n 1" })
            print(r.stdout, r.stderr == "")
            """)
        let result = try bench.run("pipe.lua")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.out == "y\n\ttrue\n")
    }
}
