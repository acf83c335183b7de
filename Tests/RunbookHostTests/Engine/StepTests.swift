import RunbookLua
import Testing

@testable import RunbookHost

/// Steps: conditions, tries, limits, records.
@Suite("steps")
struct StepTests {
    private func records(_ outcome: ModuleRun.Outcome) -> [String] {
        outcome.summary.steps.map { "\($0.depth) \($0.name) \($0.status.rawValue) \($0.attempt)" }
    }

    @Test("a step returns what its function returns, all of it")
    func results() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local a, b, c = step("Three", function() return 1, nil, "x" end)
            local nothing = step("None", function() end)
            local inner = step("Outer", function() return step("Inner", { budget = "1m" }, function() return { 7 } end)[1] end)
            return { a = a, b = tostring(b), c = c, nothing = nothing == nil, inner = inner }
            """)
        #expect(outcome.message == "")
        #expect(outcome.result == #"{"a":1,"b":"nil","c":"x","inner":7,"nothing":true}"#)
        #expect(records(outcome) == ["0 Three ok 1", "0 None ok 1", "0 Outer ok 1", "1 Inner ok 1"])
        #expect(outcome.summary.steps[3].parent == 3)
        #expect(outcome.summary.steps[3].site == "test.lua:3")
    }

    @Test("when and unless")
    func conditions() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local ran = {}
            local function note(name) return function() ran[#ran + 1] = name return name end end
            local skipped = step("a", { when = false }, note "a")
            step("b", { when = function() return false end }, note "b")
            step("c", { unless = true }, note "c")
            step("d", { unless = function() return 1 end }, note "d")
            step("e", { when = true, unless = false }, note "e")
            step("f", { when = function() return true end, unless = function() end }, note "f")
            return { ran = ran, skipped = skipped == nil }
            """)
        #expect(outcome.result == #"{"ran":["e","f"],"skipped":true}"#)
        #expect(outcome.summary.steps.map(\.status) == [.skipped, .skipped, .skipped, .skipped, .ok, .ok])
    }

    @Test("retries: so many more tries, with a wait that doubles")
    func retries() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let start = ContinuousClock.now
        let outcome = await run(
            """
            local tries = 0
            step("Third time", { retries = 3, backoff = "100ms" }, function()
              tries = tries + 1
              if tries < 3 then error("not yet") end
            end)
            step("Never", { retries = 1, backoff = 0 }, function() tries = tries + 10 fail("no") end)
            """)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        #expect(outcome.summary.status == .failed && outcome.summary.exitCode == 1)
        #expect(outcome.message == "no")
        #expect(outcome.summary.failure?.step == "Never")
        #expect(records(outcome) == ["0 Third time ok 3", "0 Never failed 2"])
        let failures = outcome.events.compactMap { event in
            if case .stepEnded(let step) = event, step.error != nil { "\(step.name) \(step.attempt)" } else { nil }
        }
        #expect(failures == ["Third time 1", "Third time 2", "Never 1", "Never 2"])
    }

    @Test(
        "what a new try cannot mend is not tried again",
        arguments: [
            (
                "exec.run({ secrets.TOKEN })",
                "`exec.run`: argument 1, `argv[1]` would put ‹secret TOKEN› where everyone on the machine can read it"
            ),
            (
                "exec.run({ \"true\" }, { tiemout = 1 })",
                "`exec.run`: argument 2, `options`: unknown option `tiemout`; did you mean `timeout`?"
            ),
        ])
    func notRetried(_ call: String, _ message: String) async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = "sesame-street"
        let outcome = await run(
            "runbook { secrets = { \"TOKEN\" } }\nstep(\"Go\", { retries = 5, backoff = \"10m\" }, function() \(call) end)"
        )
        #expect(outcome.message == message)
        #expect(outcome.summary.steps.first?.attempt == 1)
    }

    @Test("a time limit is for one try")
    func timeout() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local tries = 0
            step("Slow", { timeout = "200ms", retries = 1, backoff = 0 }, function()
              tries = tries + 1
              if tries == 1 then exec.run({ "sleep", "60" }) end
            end)
            step("Busy", { timeout = "200ms" }, function() while true do end end)
            """)
        #expect(records(outcome) == ["0 Slow ok 2", "0 Busy failed 1"])
        #expect(outcome.message == "the step \"Busy\" was over its limit of 0.2s")
        #expect(outcome.summary.exitCode == 1)
    }

    @Test("allow_failure: the run goes on, and the script gets nil and the reason")
    func allowed() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local value, why = step("Optional", { allow_failure = true }, function() exec.run({ "sh", "-c", "exit 7" }) end)
            step("Go on", function() end)
            return { value = value == nil, why = why }
            """)
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.steps.map(\.status) == [.allowed, .ok])
        #expect(outcome.summary.steps[0].error == "sh -c 'exit 7' exited 7")
    }

    @Test("a budget is recorded, and is no limit")
    func budget() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run("step(\"Slow\", { budget = \"1ms\" }, function() time.sleep(0.05) end)")
        let step = try #require(outcome.summary.steps.first)
        #expect(step.status == .ok && step.budget == 1 && step.milliseconds >= 50)
    }

    @Test("the innermost step is the one that failed; pcall sees the error's parts")
    func errors() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local ok, problem = pcall(step, "Caught", function() exec.run({ "sh", "-c", "echo why >&2; exit 9" }) end)
            print(ok, problem.code, problem.exit, problem.message, problem.step)
            step("Outer", function() step("Inner", function() error("deep") end) end)
            """)
        #expect(outcome.notes(.print) == ["false\tcommand\t9\tsh -c 'echo why >&2; exit 9' exited 9: why\tCaught"])
        #expect(outcome.message == "deep")
        #expect(outcome.summary.failure?.step == "Inner")
        #expect(outcome.summary.failure?.site == "test.lua:3")
        #expect(records(outcome) == ["0 Caught failed 1", "0 Outer failed 1", "1 Inner failed 1"])
    }

    @Test("a confirmation without a person", arguments: ["confirm = true", "confirm = \"Sure?\""])
    func confirm(_ option: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let text = "step(\"Delete\", { \(option), retries = 3 }, function() exec.run({ \"touch\", \"ran\" }) end)"
        let refused = await run(text, yes: false)
        let question = option.contains("Sure") ? "Sure?" : "Delete?"
        #expect(refused.message == "\"\(question)\" needs a person to confirm it")
        #expect(refused.remedy == "run it on a terminal, or with --yes")
        #expect(refused.summary.status == .declined && refused.summary.exitCode == 6)
        #expect(refused.commands.isEmpty)
        #expect(await run(text, yes: true).commands == ["touch ran"])
    }

    @Test(
        "wrong options",
        arguments: [
            (
                "step(\"a\")",
                "`step` needs `options` as argument 2: the function, or the options that stand before it (function or table)"
            ),
            ("step(\"a\", {})", "`step` needs `body` as argument 3: what to do (function)"),
            (
                "step(\"a\", { retires = 1 }, function() end)",
                "`step`: argument 2, `options`: unknown option `retires`; did you mean `retries`?"
            ),
        ])
    func wrong(_ lua: String, _ message: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(lua)
        #expect(outcome.message == message)
        #expect(outcome.summary.failure?.site == "test.lua:1")
    }
}
