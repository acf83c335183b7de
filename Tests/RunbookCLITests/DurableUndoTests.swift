import Foundation
import RunbookTestSupport
import Testing

/// Undos that were killed on the way, and steps whose own undo stands inside of others.
@Suite struct DurableUndoTests {
    private func sandbox(_ text: String) throws -> DurableSandbox {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", text.replacing("@", with: sandbox.folder))
        return sandbox
    }

    private static let slow = """
        runbook { name = "r" }
        step("One", function() fs.write { path = "@/one", text = "one" } end)
        step("Slow", { undo = function() exec.run { "sh", "-c", "echo undoing >> @/log; test -e @/fast || sleep 20" } end },
          function() exec.run { "sh", "-c", "echo done >> @/log" } end)
        step("Two", function() fs.write { path = "@/two", text = "two" } end)
        step("Last", function() if not fs.exists("@/ok") then fail("broken") end end)
        """

    private func killed(_ sandbox: DurableSandbox, _ arguments: [String]) throws {
        let running = try sandbox.start(arguments)
        let end = ContinuousClock.now + .seconds(20)
        while !sandbox.text("log").contains("undoing"), ContinuousClock.now < end { usleep(10_000) }
        running.send(SIGKILL)
        _ = running.wait()
        try sandbox.write("fast", "")
    }

    @Test("a run that was killed in its undo is not resumed on what is gone, and its undo goes on")
    func killedInTheUndoOfAFailure() throws {
        let sandbox = try sandbox(Self.slow)
        try killed(sandbox, ["r.lua", "--on-failure", "undo"])
        let id = try #require(try sandbox.history().first?["run"] as? String)
        try sandbox.write("ok", "")
        let resumed = try sandbox.run("resume", id)
        #expect(resumed.code == 2)
        #expect(resumed.stderr.contains("run \(id) was undone in part; there is nothing to resume"))
        #expect(resumed.stderr.contains("take back the rest with `runbook undo \(id)`, then run r.lua again"))
        let undone = try sandbox.run("undo", id)
        #expect(undone.code == 0, "\(undone.stderr)")
        #expect(sandbox.text("one") == "" && sandbox.text("log") == "done\nundoing\nundoing\n")
        #expect(try sandbox.history().first?["status"] as? String == "undone")
    }

    @Test("an undo that was killed shows in the history of a run that was well")
    func killedUndoCommand() throws {
        let sandbox = try sandbox(Self.slow)
        try sandbox.write("ok", "")
        #expect(try sandbox.run("r.lua").code == 0)
        let id = try #require(try sandbox.history().first?["run"] as? String)
        try killed(sandbox, ["undo", id])
        #expect(try sandbox.history().first?["status"] as? String == "undo-failed")
        #expect(try sandbox.run("resume", id).code == 2)
        #expect(try sandbox.run("undo", id).code == 0)
        #expect(try sandbox.history().first?["status"] as? String == "undone")
    }

    private static let nested = """
        runbook { name = "r" }
        local at = step("Outer", function()
          step("Inner", { undo = function() exec.run { "sh", "-c", "echo undo inner >> @/log" } end },
            function() exec.run { "sh", "-c", "echo inner >> @/log" } end)
          return time.now()
        end)
        local r = parallel {
          a = function()
            step("A", { undo = function() exec.run { "sh", "-c", "echo undo a of " .. at .. " >> @/log" } end },
              function() exec.run { "sh", "-c", "echo a of " .. at .. " >> @/log" } end)
            return 1
          end,
          b = function() return 2 end,
        }
        step("Sum", { undo = function() exec.run { "sh", "-c", "echo undo sum >> @/log" } end },
          function() exec.run { "sh", "-c", "echo sum " .. r.a + r.b .. " >> @/log" } end)
        step("Last", function() if not fs.exists("@/ok") then fail("broken") end end)
        """

    @Test("a later undo finds the undo of steps inside of finished steps and branches")
    func nestedUndo() throws {
        let sandbox = try sandbox(Self.nested)
        let failed = try sandbox.run("r.lua", "--output", "json")
        let id = try #require(failed.json["run"] as? String)
        let lines = sandbox.text("log").split(separator: "\n").map(String.init)
        #expect(lines.count == 3 && lines[2] == "sum 3")
        let undone = try sandbox.run("undo", id)
        #expect(undone.code == 0, "\(undone.stderr)")
        #expect(!undone.stderr.contains("could not be found"), "\(undone.stderr)")
        // What the outer step returned then holds, though its body was gone through again.
        let all = sandbox.text("log").split(separator: "\n").map(String.init)
        #expect(Array(all.dropFirst(3)) == ["undo sum", "undo \(lines[1])", "undo inner"])
    }

    @Test("a resumed run does not undo around a step whose own undo it has not met")
    func nestedUndoAfterAResume() throws {
        let sandbox = try sandbox(Self.nested)
        let id = try #require(try sandbox.run("r.lua", "--output", "json").json["run"] as? String)
        let before = sandbox.text("log")
        let resumed = try sandbox.run("resume", id, "--on-failure", "undo")
        #expect(resumed.code == 1)
        #expect(
            resumed.stderr.contains(
                "nothing is undone here, since the undo of Inner, A stands in a step that was finished earlier:"
                    + " `runbook undo \(id)` finds it"), "\(resumed.stderr)")
        #expect(sandbox.text("log") == before)
        #expect(try sandbox.run("undo", id).code == 0)
        #expect(sandbox.text("log").hasSuffix("undo inner\n"))
    }

    @Test("the end of a process between a move and its entry is seen: what was moved is not missed")
    func movedBeforeTheEnd() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "r" }
            step("Move", function()
              fs.move { from = "@/old", to = "@/new" }
              if not fs.exists("@/ok") then fail("broken") end
            end)
            """)
        try sandbox.write("old", "text")
        let id = try #require(try sandbox.run("r.lua", "--output", "json").json["run"] as? String)
        _ = try sandbox.query("UPDATE writes SET state = 'intent', response = NULL")
        try sandbox.write("ok", "")
        let resumed = try sandbox.run("resume", id)
        #expect(resumed.code == 0, "\(resumed.stderr)")
        #expect(resumed.stderr.contains("it had taken effect, and is not repeated"))
        #expect(sandbox.text("new") == "text")
    }

    @Test("what was tried several times is told of once")
    func leftOnce() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "r" }
            step("A", { retries = 2, backoff = "10ms" }, function() exec.run { "false" } end)
            """)
        let outcome = try sandbox.run("r.lua", "--output", "json")
        #expect(outcome.json["left"] as? [String] == ["false (it failed; whether it left something is not known)"])
    }

    @Test("a run in the simulator is neither undone nor resumed in the real world")
    func simulatedRun() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "r" }
            fs.write { path = "@/one", text = "one" }
            fail("broken")
            """)
        let failed = try sandbox.run("r.lua", "--sim", "--output", "json")
        #expect(failed.code == 1)
        #expect(!failed.stderr.contains("runbook resume"), "\(failed.stderr)")
        let id = try #require(failed.json["run"] as? String)
        for verb in ["undo", "resume"] {
            let outcome = try sandbox.run(verb, id)
            #expect(outcome.code == 2)
            #expect(
                outcome.stderr.contains(
                    "run \(id) was made in the simulator, and this would go on in the real world"),
                "\(outcome.stderr)")
        }
        #expect(sandbox.text("one") == "one")
    }

    private static let asked = """
        runbook { name = "asked" }
        fs.write { path = "one", text = "one" }
        FAIL
        """

    @Test(
        "a Ctrl-C at the question whether to undo keeps what was done, and the failure is told",
        arguments: [("exec.run { \"false\" }", Int32(1)), ("exec.run { \"sleep\", \"20\" }", 124)])
    func interruptAtTheQuestion(_ fail: String, _ code: Int32) throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["XDG_STATE_HOME"] = bench.folder + "/state"
        try bench.write("asked.lua", Self.asked.replacing("FAIL", with: fail))
        let start = ContinuousClock.now
        // Ctrl-C is a signal only where the terminal is the session's own.
        let result = try PseudoTerminal.run(
            ["/usr/bin/setsid", "--ctty", "--wait", Program.path, "asked.lua", "--timeout", "1s"],
            environment: bench.environment, directory: bench.folder,
            [PseudoTerminal.Step("Undo 1 change? [1] ", "\u{3}")])
        #expect(ContinuousClock.now - start < .seconds(4))
        #expect(result.status == code, "\(result.screen)")
        #expect(result.screen.contains("runbook undo "), "\(result.screen)")
        #expect(!result.screen.contains("did not come to its end"))
        #expect(FileManager.default.fileExists(atPath: bench.folder + "/one"))
    }
}
