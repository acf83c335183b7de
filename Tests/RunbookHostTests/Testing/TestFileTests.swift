import RunbookSecrets
import Testing

@testable import RunbookHost

/// Tests of runbooks, in Lua.
@Suite("tests in Lua")
struct TestFileTests {
    private struct NoNetwork: HTTPSender {
        func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
            throw RunbookError(.io, "no network")
        }
    }

    private func results(_ lua: String, in run: ModuleRun, filter: String? = nil) async -> [String] {
        let options = RunOptions(
            workingDirectory: run.folder, environment: run.environment, stateFolder: run.folder + "/state")
        let runner = TestFileRunner(options: options, http: NoNetwork(), filter: filter) { _, _ in nil }
        let source = RunbookSource(
            path: run.folder + "/tests/x_test.lua", displayName: "x_test.lua", text: Array(lua.utf8))
        return await runner.run(source).map { "\($0.name): \($0.passed ? "passed" : $0.message)" }
    }

    static let matchers: [(String, String)] = [
        ("expect({ a = { 1 } }).to_equal({ a = { 1 } })", "passed"),
        ("expect({ a = 1 }).to_equal({ a = 1, b = 2 })", "x_test.lua:1: expected {\"a\":1} to equal {\"a\":1,\"b\":2}"),
        ("expect(1).never.to_equal(1)", "x_test.lua:1: expected 1 not to equal 1"),
        ("expect(1).never.to_equal(2)", "passed"),
        ("expect({}).to_be({})", "x_test.lua:1: expected {} to be {}"), ("expect(nil).to_be_nil()", "passed"),
        ("expect(0).to_be_truthy()", "passed"), ("expect(false).to_be_falsy()", "passed"),
        ("expect('abc').to_contain('b')", "passed"), ("expect({ 'a', 'b' }).to_contain('b')", "passed"),
        ("expect({ 'a' }).to_contain('x')", "x_test.lua:1: expected [\"a\"] to contain \"x\""),
        ("expect('abc').to_start_with('ab')", "passed"), ("expect('abc').to_match('^%a+$')", "passed"),
        ("expect({ 1, 2 }).to_have_length(2)", "passed"), ("expect(2).to_be_greater_than(1)", "passed"),
        ("expect(2).to_be_less_than(1)", "x_test.lua:1: expected 2 to be less than 1"),
        ("expect(function() error('no way') end).to_fail('way')", "passed"),
        ("expect(function() end).to_fail()", "x_test.lua:1: expected the function to fail"),
        ("expect(1).to_eqal(1)", "x_test.lua:1: expect has no matcher `to_eqal`"),
    ]

    @Test("matchers", arguments: matchers)
    func matcher(_ lua: String, _ result: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        #expect(await results("it(\"t\", function() \(lua) end)", in: run) == ["t: \(result)"])
    }

    @Test("hooks run around each test of their group and of those below it; answers end with the test")
    func hooks() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("r.lua", "runbook {}\nreturn exec.run({ \"tool\" }).stdout")
        let lua = """
            local seen = {}
            before_each(function() seen[#seen + 1] = "top" end)
            describe("a", function()
              before_each(function() seen[#seen + 1] = "before" on { "tool" }:returns { stdout = "answer" } end)
              after_each(function() seen[#seen + 1] = "after" end)
              it("one", function() expect(runbook.run("r.lua").result).to_equal("answer") end)
              describe("b", function() it("two", function() error("broken") end) end)
            end)
            it("last", function()
              expect(table.concat(seen, " ")).to_equal("top before after top before after top")
              expect(runbook.run("r.lua").error.message).to_equal("the test has no answer for: tool")
            end)
            """
        #expect(
            await results(lua, in: run) == ["a › one: passed", "a › b › two: x_test.lua:7: broken", "last: passed"])
        #expect(await results(lua, in: run, filter: "b › ") == ["a › b › two: x_test.lua:7: broken"])
    }

    @Test("what a test sees of a run")
    func seen() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write(
            "deploy.lua",
            """
            runbook { name = "deploy", params = { n = { type = "integer" }, l = { type = "list", default = {} } }, secrets = { "TOKEN" } }
            log.info("told")
            local got = exec.run({ "helm", "list", "-o", "json" }, { read = true }).stdout
            step("Install", function() exec.run({ "helm", "upgrade", "--namespace", "shop", "todo" }, { stdin = secrets.TOKEN }) end)
            confirm("Go on?")
            print("n", params.n, #params.l)
            step("Fail", { when = params.n > 1 }, function() exec.run({ "kubectl", "get" }, { read = true }) end)
            return json.decode(got)
            """)
        let lua = """
            it("t", function()
              on { "helm", "list" }:returns { stdout = { { name = "todo" } } }
              on { "helm", "upgrade", "todo" }:returns { stdout = "ok" }
              on { "kubectl" }:fails("no cluster", 4)
              local r = runbook.run("deploy.lua", { params = { n = 1, l = { "a", "b" } }, env = { TOKEN = "sesame-street" } })
              expect(r.status).to_equal("ok")
              expect(r.exit).to_equal(0)
              expect(r.result).to_equal({ { name = "todo" } })
              expect(r.printed).to_equal("n\\t1\\t2")
              expect(r.notes).to_equal({ "told" })
              expect(r.writes).to_equal({ "helm upgrade --namespace shop todo" })
              expect(r.commands).to_equal({ "helm list -o json", "helm upgrade --namespace shop todo" })
              expect(r.steps).to_equal({ { name = "Install", status = "ok" }, { name = "Fail", status = "skipped" } })
              expect(r.error).to_be_nil()
              local failed = runbook.run("deploy.lua", { params = { n = 2 }, env = { TOKEN = "sesame-street" } })
              expect(failed.exit).to_equal(1)
              expect(failed.error.message).to_equal("kubectl get exited 4: no cluster")
              expect(failed.error.step).to_equal("Fail")
              expect(failed.error.where).to_equal("deploy.lua:7")
              local declined = runbook.run("deploy.lua", { params = { n = 1 }, env = { TOKEN = "sesame-street" }, yes = false })
              expect(declined.status).to_equal("declined")
              local preview = runbook.run("deploy.lua", { params = { n = 1 }, dry_run = true })
              expect(preview.exit).to_equal(0)
              expect(preview.missing).to_equal({ "secret TOKEN is missing" })
              expect(preview.writes).to_equal({ "helm upgrade --namespace shop todo" })
              expect(preview.commands).to_equal({ "helm list -o json" })
              expect(runbook.run("deploy.lua", { params = { n = "x" } }).exit).to_equal(2)
            end)
            """
        #expect(await results(lua, in: run) == ["t: passed"])
    }

    @Test("of several answers the one with the most words wins, the last one among equals")
    func answers() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write(
            "r.lua", "runbook {}\nreturn exec.run({ \"/usr/bin/helm\", \"list\", \"--all\" }, { check = false })")
        let lua = """
            it("t", function()
              on { "helm", "list", "--all" }:returns { stdout = "long" }
              on { "helm", "list" }:returns { stdout = "first" }
              on { "helm" }:fails("short")
              expect(runbook.run("r.lua").result.stdout).to_equal("long")
              on { "helm", "list", "--all" }:fails("later", 9)
              expect(runbook.run("r.lua").result.status).to_equal(9)
            end)
            it("wrong", function() on { }:returns {} end)
            """
        let all = await results(lua, in: run)
        #expect(all[0] == "t: passed")
        #expect(all[1].hasPrefix("wrong: `on` takes the first words of a command: on { \"helm\", \"upgrade\" }"))
    }
}
