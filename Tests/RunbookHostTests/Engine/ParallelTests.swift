import RunbookLua
import Testing

@testable import RunbookHost

/// `parallel`.
@Suite("parallel")
struct ParallelTests {
    @Test("results stand under the functions' keys")
    func results() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local map = parallel { a = function() time.sleep(0.05) return 1 end, b = function() return { x = 2 } end, c = function() end }
            local list = parallel { function() time.sleep(0.05) return "first" end, function() return "second" end }
            local none = parallel {}
            return { a = map.a, b = map.b.x, c = map.c == nil, list = list, none = next(none) == nil }
            """)
        #expect(outcome.message == "")
        #expect(outcome.result == #"{"a":1,"b":2,"c":true,"list":["first","second"],"none":true}"#)
        #expect(Set(outcome.summary.steps.map(\.name)) == ["a", "b", "c"])
    }

    @Test("the first failure stops the others, and is the error")
    func failure() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let start = ContinuousClock.now
        let outcome = await run(
            """
            parallel {
              slow = function() exec.run({ "sleep", "60" }) end,
              waits = function() time.sleep("60s") end,
              busy = function() while true do time.sleep(0) end end,
              fails = function() time.sleep(0.2) exec.run({ "sh", "-c", "exit 5" }) end,
            }
            """)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(outcome.message == "sh -c 'exit 5' exited 5")
        #expect(outcome.summary.failure?.step == "fails")
        let states = Dictionary(
            outcome.summary.steps.map { ($0.name, $0.status) }, uniquingKeysWith: { first, _ in first })
        #expect(states == ["slow": .interrupted, "waits": .interrupted, "busy": .interrupted, "fails": .failed])
    }

    @Test("branches nest, and steps in them belong to them")
    func nesting() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            return parallel {
              a = function() return step("In a", function() return parallel { function() return 1 end, function() return 2 end } end) end,
            }
            """)
        #expect(outcome.result == #"{"a":[1,2]}"#)
        let steps = outcome.summary.steps
        #expect(steps.map(\.name) == ["a", "In a"])
        #expect(steps.map(\.depth) == [0, 1])
        #expect(steps[1].parent == 1)
    }

    @Test("what is no function is refused", arguments: ["parallel(1)", "parallel { a = 1 }", "parallel()"])
    func wrong(_ lua: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(lua)
        #expect(outcome.message.hasPrefix("`parallel`"), "\(outcome.message)")
        #expect(outcome.summary.exitCode == 1)
    }
}
