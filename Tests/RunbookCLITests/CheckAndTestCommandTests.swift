import Foundation
import Testing

/// `runbook check` and `runbook test`.
@Suite("check and test")
struct CheckAndTestCommandTests {
    @Test("check prints FILE:LINE:COLUMN: RULE: message and exits 2")
    func findings() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("a.lua", "runbook { name = \"a\" }\nexec.rum({ \"true\" })\n")
        try bench.write("more/b.lua", "local x = = 1\n")
        try bench.write(
            "more/good.lua", "runbook { name = \"good\" }\nstep(\"Go\", function() exec.run({ \"true\" }) end)\n")
        let result = try bench.run("check", "a.lua", "more")
        #expect(result.status == 2)
        #expect(
            result.out == """
                a.lua:2:6: unknown-api: `exec` has no function `rum`; did you mean `run`?
                more/b.lua:1:11: syntax: unexpected symbol near '='

                """)
        let good = try bench.run("check", "more/good.lua")
        #expect(good.status == 0)
        #expect(good.out == "")
        #expect(good.errors == "nothing found\n")
        #expect(try bench.run("check", "nope.lua").status == 2)
        #expect(try bench.run("check").out == result.out)
        try bench.write("empty/notes.txt", "")
        let nothing = try bench.run("check", "empty")
        #expect(nothing.status == 2)
        #expect(nothing.errors == "no .lua file in empty\n")
    }

    @Test("check in JSON and SARIF")
    func formats() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("a.lua", "runbook { name = \"a\" }\nexec.rum({ \"true\" })\n")
        func document(_ format: String) throws -> JSON {
            let result = try bench.run("check", "a.lua", "--output", format)
            #expect(result.status == 2)
            return JSON(try JSONSerialization.jsonObject(with: Data(result.out.utf8)))
        }
        let finding = try document("json")["findings"][0]
        #expect(finding["rule"].text == "unknown-api")
        #expect(finding["line"].number == 2)
        let sarif = try document("sarif")
        #expect(sarif["version"].text == "2.1.0")
        #expect(sarif["runs"][0]["results"][0]["ruleId"].text == "unknown-api")
    }

    private static let tests = """
        describe("deploy", function()
          before_each(function() on { "helm", "upgrade" }:returns { stdout = "done" } end)
          it("passes", function()
            local r = runbook.run("deploy.lua")
            expect(r.exit).to_equal(0)
            expect(r.commands).to_contain("helm upgrade --install shop")
          end)
          it("fails <&>", function() expect({ 1, 2 }).to_equal({ 1, 3 }) end)
          it("has no answer", function()
            local r = runbook.run("other.lua")
            expect(r.error.message).to_equal("the test has no answer for: kubectl get pods")
          end)
        end)
        """

    private func bench() throws -> Bench {
        let bench = try Bench()
        try bench.write("tests/deploy_test.lua", Self.tests)
        try bench.write(
            "deploy.lua",
            "runbook {}\nstep(\"Go\", function() exec.run({ \"helm\", \"upgrade\", \"--install\", \"shop\" }) end)\n")
        try bench.write("other.lua", "runbook {}\nexec.run({ \"kubectl\", \"get\", \"pods\" }, { read = true })\n")
        return bench
    }

    @Test("test prints what failed and where, and exits 1")
    func text() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("test", "tests")
        #expect(result.status == 1)
        #expect(
            result.out == """
                ✗ tests/deploy_test.lua  3 tests
                  ✗ deploy › fails <&>
                      tests/deploy_test.lua:8: expected [1,2] to equal [1,3]
                2 passed, 1 failed

                """)
        #expect(try bench.run("test").out == result.out)
    }

    @Test("test in TAP")
    func tap() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("test", "tests", "--output", "tap")
        #expect(result.status == 1)
        #expect(
            result.out == """
                TAP version 13
                1..3
                ok 1 - tests/deploy_test.lua › deploy › passes
                not ok 2 - tests/deploy_test.lua › deploy › fails <&>
                  ---
                  message: |
                    tests/deploy_test.lua:8: expected [1,2] to equal [1,3]
                  ...
                ok 3 - tests/deploy_test.lua › deploy › has no answer

                """)
    }

    @Test("test in JUnit")
    func junit() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("test", "tests", "--output", "junit")
        #expect(result.status == 1)
        #expect(
            result.out.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"3\" failures=\"1\""))
        #expect(result.out.contains("name=\"deploy › fails &lt;&amp;&gt;\""))
        #expect(result.out.contains("<failure message=\"tests/deploy_test.lua:8: expected [1,2] to equal [1,3]\"/>"))
        #expect(result.out.components(separatedBy: "<testcase ").count == 4)
    }

    @Test("--filter runs the tests whose name holds a text; none is an error")
    func filter() throws {
        let bench = try bench()
        defer { bench.remove() }
        let some = try bench.run("test", "tests", "--filter", "passes")
        #expect(some.status == 0)
        #expect(some.out == "✓ tests/deploy_test.lua  1 test\n1 passed, 0 failed\n")
        let none = try bench.run("test", "tests", "--filter", "pases")
        #expect(none.status == 2)
        #expect(none.errors == "no test whose name holds \"pases\"\n")
    }

    @Test("files that cannot be run, or have no test, fail")
    func broken() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("tests/a_test.lua", "local x = = 1\n")
        try bench.write("tests/b_test.lua", "local x = 1\n")
        try bench.write("tests/c_test.lua", "describe(\"c\", function() error(\"in the group\") end)\n")
        try bench.write("tests/d_test.lua", "it(\"d\", function() expect(1).to_eqal(1) end)\n")
        try bench.write("tests/e_test.lua", "it(\"e\", function() runbook.run(\"x.lua\", { dryrun = true }) end)\n")
        let result = try bench.run("test", "tests")
        #expect(result.status == 1)
        for message in [
            "tests/a_test.lua:1: unexpected symbol near '='", "the file has no test: write it with describe and it",
            "tests/c_test.lua:1: in the group", "tests/d_test.lua:1: expect has no matcher `to_eqal`",
            "`runbook.run`: unknown option `dryrun`; it takes params, env, dry_run, yes, sim, faults, tape",
        ] {
            #expect(result.out.contains(message), "\(result.out)")
        }
        #expect(result.out.hasSuffix("0 passed, 5 failed\n"))
        let none = try bench.run("test", "nowhere")
        #expect(none.status == 2)
        #expect(none.errors == "no test (*_test.lua) in nowhere\n")
    }

    @Test("--watch runs the tests again when a test or the runbook above it changes", .timeLimit(.minutes(1)))
    func watch() async throws {
        let sandbox = try DurableSandbox()
        try FileManager.default.createDirectory(atPath: sandbox.path("tests"), withIntermediateDirectories: true)
        func runbook(_ value: Int) throws {
            try sandbox.write("a.lua", "runbook { name = \"a\" }\nreturn \(value)\n")
        }
        func test(_ value: Int) throws {
            try sandbox.write(
                "tests/a_test.lua",
                "it(\"a\", function() expect(runbook.run(\"a.lua\").result).to_equal(\(value)) end)\n")
        }
        try runbook(1)
        try test(1)
        let running = try sandbox.start(["test", "tests", "--watch"])
        defer { running.send(SIGKILL) }
        func until(_ verdicts: [String]) async throws {
            func shown() -> [String] {
                running.stdout.split(separator: "\n").filter { $0.contains("passed,") }.map(String.init)
            }
            while shown() != verdicts { try await Task.sleep(for: .milliseconds(50)) }
        }
        let (good, bad) = ("1 passed, 0 failed", "0 passed, 1 failed")
        try await until([good])
        // A change within the clock tick of the first look would not be seen.
        try await Task.sleep(for: .milliseconds(1100))
        try runbook(2)
        try await until([good, bad])
        try await Task.sleep(for: .milliseconds(1100))
        try test(2)
        try await until([good, bad, good])
        running.send(SIGTERM)
        let end = running.wait()
        #expect(end.signal == SIGTERM || end.code == 143)
    }
}
