import Foundation
import Testing

/// `runbook rehearse`: what a write leaves that fails, hangs, or loses its engine.
@Suite(.serialized) struct RehearseCommandTests {
    private struct Found {
        let outcome: DurableSandbox.Outcome
        let writes: [[String: Any]]

        /// What the world was like after each fault at a write, as `fault: outcome exit`.
        func cases(_ write: Int) -> [String] {
            (writes[write - 1]["cases"] as? [[String: Any]] ?? []).map {
                "\($0["fault"] as? String ?? ""): \($0["outcome"] as? String ?? "") \($0["exit"] as? Int ?? -1)"
            }
        }

        func problems(_ write: Int) -> [String] {
            (writes[write - 1]["cases"] as? [[String: Any]] ?? []).flatMap { $0["problems"] as? [String] ?? [] }
        }

        func differences(_ write: Int, _ fault: String) -> [String] {
            let result = (writes[write - 1]["cases"] as? [[String: Any]] ?? []).first {
                $0["fault"] as? String == fault
            }
            return result?["differences"] as? [String] ?? []
        }
    }

    private func rehearse(_ text: String, _ arguments: String...) throws -> Found {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", text)
        try sandbox.write("old.txt", "before")
        let outcome = try sandbox.start(["rehearse", "r.lua", "--output", "json"] + arguments).wait()
        let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.folder)
            .filter { !$0.hasPrefix(".") }.sorted()
        #expect(left == ["old.txt", "r.lua"], "a rehearsal changes nothing real")
        #expect(sandbox.text("old.txt") == "before")
        return Found(outcome: outcome, writes: outcome.json["writes"] as? [[String: Any]] ?? [])
    }

    @Test func aFailedRunThatKeepsWhatItDidIsHalfDone() throws {
        let found = try rehearse(
            """
            runbook { name = "r" }
            step("One", function() fs.write { path = "one.txt", text = "1" } end)
            step("Two", { timeout = "1m" }, function()
              fs.write { path = "two.txt", text = fs.read("one.txt") }
            end)
            """)
        #expect(found.outcome.code == 1, "\(found.outcome.stderr)")
        #expect(found.outcome.json["status"] as? String == "half-done")
        #expect(found.writes.map { $0["where"] as? String } == ["r.lua:2", "r.lua:4"])
        #expect(
            found.cases(1) == [
                "fails-before: nothing 1", "fails-after: half-done 1", "hangs: half-done 124", "killed-before: all 0",
                "killed-after: all 0",
            ])
        #expect(
            found.cases(2) == [
                "fails-before: half-done 1", "fails-after: all 1", "hangs: all 1", "killed-before: all 0",
                "killed-after: all 0",
            ])
        #expect(found.differences(2, "fails-before").first?.hasSuffix("/one.txt") == true)
        #expect(found.writes.map { $0["unbounded"] as? Bool } == [true, false])
    }

    @Test func aRunThatIsUndoneIsAllOrNothing() throws {
        let found = try rehearse(
            """
            runbook { name = "r", on_failure = "undo", lock = "r", timeout = "10m" }
            step("One", function() fs.write { path = "old.txt", text = "1" } end)
            step("Two", { undo = function() exec.run { "rm", "x" } end }, function() exec.run { "touch", "x" } end)
            step("Three", function() exec.run({ "touch", "y" }, { undo = { "rm", "y" } }) end)
            parallel {
              a = function() step("A", { retries = 1, backoff = "10s" }, function() fs.write { path = "a.txt", text = "a" } end) end,
              b = function() step("B", function() fs.remove("old.txt") end) end,
            }
            """)
        #expect(found.outcome.code == 0, "\(found.outcome.stdout)")
        #expect(found.outcome.json["status"] as? String == "ok")
        try #require(
            found.writes.count == 5, "signal \(found.outcome.signal ?? 0): \(found.outcome.stderr.suffix(3000))")
        for write in 1...5 {
            #expect(
                found.cases(write) == [
                    "fails-before: nothing 4", "fails-after: nothing 4", "hangs: nothing 124", "killed-before: all 0",
                    "killed-after: all 0",
                ], "write \(write)")
        }
        #expect(found.writes.map { $0["in_doubt"] as? Bool } == [false, true, true, false, false])
        #expect(found.writes.allSatisfy { $0["unbounded"] as? Bool == false })
    }

    @Test func anUndoThatDoesNotUndoIsSeenThroughItsExitCode() throws {
        let found = try rehearse(
            """
            runbook { name = "r", on_failure = "undo" }
            step("One", { undo = function() log.info("nothing to do") end }, function()
              fs.write { path = "one.txt", text = "1" }
            end)
            step("Two", function() fs.write { path = "two.txt", text = "2" } end)
            """)
        #expect(found.outcome.code == 1)
        #expect(found.problems(2).contains("exit code 4 says that all was undone, and it was not"))
    }

    @Test func aSecretInAnOpenFileIsFound() throws {
        let found = try rehearse(
            """
            runbook { name = "r", secrets = { "TOKEN" } }
            step("One", function() fs.write { path = "token.txt", text = secrets.TOKEN, mode = "644" } end)
            """)
        #expect(found.outcome.code == 1, "\(found.outcome.stdout)")
        #expect(found.problems(1).contains { $0.hasPrefix("the value of the secret TOKEN stands in the open file ") })
    }

    @Test func aCleanRunThatFailsIsNoRehearsal() throws {
        let failing = try rehearse("runbook { name = 'r' }\nstep('A', function() fail('no such thing') end)")
        #expect(failing.outcome.code == 1)
        #expect(failing.outcome.json["status"] as? String == "clean-run-failed")
        #expect((failing.outcome.json["error"] as? [String: Any])?["message"] as? String == "no such thing")
        #expect(try rehearse("runbook { name = 'r', requires = { nosuchtool = '>=1' } }").outcome.code == 3)
        #expect(try rehearse("runbook { name = 'r', parms = {} }").outcome.code == 2)
        #expect(try rehearse("runbook { name = 'r' }", "-p", "x=1").outcome.code == 2)
        #expect(try rehearse("runbook { name = 'r' }", "--after", "nosuch.lua").outcome.code == 2)
        let idle = try rehearse("runbook { name = 'r' }\nprint('hello')")
        #expect(idle.outcome.code == 0 && idle.writes.isEmpty)
    }

    @Test func whatGoesBeforeIsThere() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("first.lua", "runbook { name = 'first' }\nkubectl.ensure_namespace { name = 'shop' }")
        try sandbox.write(
            "r.lua",
            """
            runbook { name = "r", on_failure = "undo", lock = "r", requires = { kubectl = ">=1.28" }, secrets = { "TOKEN" } }
            step("Secret", function()
              kubectl.ensure_secret { name = "token", namespace = "shop", from = { TOKEN = secrets.TOKEN } }
            end)
            step("Label", function() kubectl.label { resource = "namespace/shop", labels = { a = "b" } } end)
            """)
        let alone = try sandbox.run("rehearse", "r.lua")
        #expect(alone.code == 1, "\(alone.stdout)")
        #expect(alone.stdout.contains("A runbook that works on what is there needs it: --after deploy-local.lua"))
        let after = try sandbox.run("rehearse", "r.lua", "--after", "first.lua")
        #expect(after.code == 0, "\(after.stdout)")
        #expect(after.stdout.contains("all or nothing at each of 2 writes"))
        #expect(!FileManager.default.fileExists(atPath: sandbox.stateHome), "it is no run of the history")
    }

    /// What ships, with what is run before it and its parameters; a first write that fails leaves all or nothing.
    @Test(
        arguments: [
            ["deploy-local.lua"], ["scale.lua", "--after", "deploy-local.lua", "-p", "replicas=3"],
            ["rollback.lua", "--after", "deploy-local.lua", "--after", "deploy-local.lua"],
            ["teardown.lua", "--after", "deploy-local.lua"], ["status.lua", "--after", "deploy-local.lua"],
            ["diagnose.lua", "--after", "deploy-local.lua", "-p", "namespace=todo-chatbot"], ["doctor.lua"],
            ["load-test.lua", "--after", "deploy-local.lua", "-p", "tool=builtin", "-p", "duration=20s"],
            // What uses the Secret is restarted once the old one is back: only the mark of the restart differs.
            ["secrets.lua", "--after", "deploy-local.lua", "-p", "generate=BETTER_AUTH_SECRET"],
        ]) func whatShipsCanBeRehearsed(arguments: [String]) throws
    {
        let sandbox = try DurableSandbox()
        try sandbox.write(
            ".env", "DATABASE_URL=postgres://todo:sesame-street@db/todo\nBETTER_AUTH_SECRET=sesame-street-again\n")
        let outcome = try sandbox.start(["rehearse"] + arguments + ["--write", "1", "--output", "json"]).wait()
        #expect(
            outcome.json["status"] as? String == (arguments[0] == "secrets.lua" ? "half-done" : "ok"),
            "\(outcome.stdout) \(outcome.stderr)")
    }

    @Test func theSettingsOfHelmAreNotTouched() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        let settings = "apiVersion: \"\"\nrepositories:\n- {name: own, url: \"http://127.0.0.1:1/\"}\n"
        try bench.write(".config/helm/repositories.yaml", settings)
        try bench.write(
            "r.lua",
            """
            runbook { name = "r" }
            step("Remove", function() helm.repo_remove { names = { "own" } } end)
            step("Send", function() helm.push { package = "web-0.1.0.tgz", to = "oci://127.0.0.1:1/charts" } end)
            """)
        let before = try bench.files()
        let result = try bench.run("rehearse", "r.lua", "--output", "json")
        #expect(try result.json()["status"].text == "ok", "\(result.out) \(result.errors)")
        #expect(try result.json()["writes"].list.count == 2)
        #expect(try bench.files() == before)
        let after = try String(contentsOfFile: bench.folder + "/.config/helm/repositories.yaml", encoding: .utf8)
        #expect(after == settings)
    }

    @Test func filesThatHelmWritesStandBesideTheRealOnes() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        try bench.write("charts/base/Chart.yaml", "apiVersion: v2\nname: base\nversion: 0.1.0\n")
        try bench.write(
            "charts/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\n"
                + "dependencies: [{name: base, version: 0.1.0, repository: \"file://../base\"}]\n")
        try bench.write("packed/README", "mine")
        try bench.write(
            "r.lua",
            """
            runbook { name = "r", on_failure = "undo" }
            step("Make", function()
              helm.create { chart = "charts/fresh" }
              assert(fs.exists("charts/fresh/Chart.yaml"))
            end)
            step("Pack", function()
              helm.dependency_update { chart = "charts/web" }
              assert(fs.exists("charts/web/charts/base-0.1.0.tgz"))
              local packed = helm.package { chart = "charts/web", destination = "packed" }
              assert(fs.exists(packed.path) and fs.exists("packed/web-0.1.0.tgz"))
              helm.repo_index { folder = "packed" }
              assert(fs.read("packed/index.yaml"):find("web-0.1.0.tgz", 1, true) and fs.read("packed/README") == "mine")
            end)
            """)
        let before = try bench.files()
        let result = try bench.run("rehearse", "r.lua", "--write", "1", "--output", "json")
        #expect(try result.json()["status"].text == "ok", "\(result.out) \(result.errors)")
        #expect(try result.json()["writes"].list.count == 1)
        #expect(try bench.files() == before)
    }
}
