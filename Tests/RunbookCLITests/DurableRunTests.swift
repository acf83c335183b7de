import Foundation
import Testing

/// Exit codes, history, resume and undo, as a person at the command line meets them.
@Suite struct DurableRunTests {
    private func sandbox(_ text: String) throws -> DurableSandbox {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", text.replacing("@", with: sandbox.folder))
        return sandbox
    }

    private static let failing = """
        runbook { name = "r", params = { who = { type = "string", default = "x" } } }
        step("Write", function() fs.write { path = "@/one.txt", text = "one" } end)
        local n, word, list = step("Append", { undo = function() exec.run { "sh", "-c", "echo undo >> @/log" } end }, function()
          exec.run { "sh", "-c", "echo do >> @/log" }
          return 1, "two", { 1, 2.5 }
        end)
        step("Image", function() exec.run { "sh", "-c", "echo image >> @/log" } end)
        step("Check", function() if not fs.exists("@/ok") then fail { message = "not ok", remedy = "touch ok" } end end)
        return { n, word, list }
        """

    @Test func aFailedRunIsResumedAndItsStepsReturnWhatTheyReturned() throws {
        let sandbox = try sandbox(Self.failing)
        let failed = try sandbox.run("r.lua", "--output", "json")
        #expect(failed.code == 1)
        let id = try #require(failed.json["run"] as? String)
        #expect(failed.stderr.contains("Next     runbook resume \(id), or runbook undo \(id)"))
        try sandbox.write("ok", "")
        let resumed = try sandbox.run("resume", String(id.prefix(4)), "--output", "json")
        #expect(resumed.code == 0, "\(resumed.stderr)")
        #expect(resumed.json["run"] as? String == id)
        #expect(resumed.stdout.contains(#""result":[1,"two",[1,2.5]]"#))
        #expect(sandbox.text("log") == "do\nimage\n")
        let run = try #require(try sandbox.history().first)
        #expect(run["status"] as? String == "ok")
        #expect(run["sessions"] as? Int == 2)
        let again = try sandbox.run("resume", id)
        #expect(again.code == 2)
        #expect(again.stderr.contains("run \(id) has finished; there is nothing to resume"))
    }

    @Test func onFailureUndoTakesBackNewestFirst() throws {
        let sandbox = try sandbox(Self.failing)
        let outcome = try sandbox.run("r.lua", "--on-failure", "undo", "--output", "json")
        #expect(outcome.code == 4)
        #expect(outcome.json["status"] as? String == "undone")
        #expect(outcome.json["undone"] as? [String] == ["Append", "remove \(sandbox.path("one.txt"))"])
        #expect(outcome.json["left"] as? [String] == ["sh -c 'echo image >> \(sandbox.folder)/log'"])
        #expect(sandbox.text("log") == "do\nimage\nundo\n")
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("one.txt")))
        let id = try #require(outcome.json["run"] as? String)
        let resumed = try sandbox.run("resume", id)
        #expect(resumed.code == 2)
        #expect(resumed.stderr.contains("run \(id) was undone; there is nothing to resume"))
    }

    @Test func aFolderThatWasMovedGetsItsNameBack() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "r", on_failure = "undo" }
            step("A", function()
              fs.mkdir("@/site/pages")
              fs.write { path = "@/site/pages/index", text = "hello" }
              fs.move { from = "@/site", to = "@/site.old" }
            end)
            step("B", function() fail("broken") end)
            """)
        try FileManager.default.createDirectory(
            atPath: sandbox.path("site"), withIntermediateDirectories: true)
        try sandbox.write("site/keep", "mine")
        let outcome = try sandbox.run("r.lua", "--output", "json")
        #expect(outcome.code == 4)
        #expect(outcome.json["left"] as? [String] ?? [] == [])
        #expect(sandbox.text("site/keep") == "mine")
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("site.old")))
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("site/pages")))
    }

    @Test func anUndoThatFailsExits5AndSaysWhatIsLeft() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "r", on_failure = "undo" }
            step("A", function() exec.run({ "true" }, { undo = { "sh", "-c", "echo no way >&2; exit 3" } }) end)
            step("B", function() fs.write { path = "@/b", text = "b" } end)
            step("C", function() fail("broken") end)
            """)
        let outcome = try sandbox.run("r.lua", "--output", "json")
        #expect(outcome.code == 5)
        #expect(outcome.json["status"] as? String == "undo-failed")
        #expect(outcome.json["undone"] as? [String] == ["remove \(sandbox.path("b"))"])
        #expect(
            outcome.json["left"] as? [String]
                == ["true: sh -c 'echo no way >&2; exit 3' exited 3: no way"])
    }

    @Test func aRunIsUndoneLaterUnlessTheWorldHasMovedOn() throws {
        let sandbox = try sandbox(Self.failing)
        try sandbox.write("ok", "")
        let done = try sandbox.run("r.lua", "--output", "json")
        #expect(done.code == 0)
        let id = try #require(done.json["run"] as? String)
        let preview = try sandbox.run("undo", id, "--dry-run")
        #expect(preview.code == 0)
        #expect(
            preview.stderr.contains("  Would    Append\n  Would    remove \(sandbox.path("one.txt"))\n  Left     sh -c")
        )
        #expect(sandbox.text("log") == "do\nimage\n")
        try sandbox.write("one.txt", "changed by hand")
        let refused = try sandbox.run("undo", id)
        #expect(refused.code == 5)
        #expect(refused.stderr.contains("\(sandbox.path("one.txt")) was changed since"))
        #expect(sandbox.text("one.txt") == "changed by hand")
        #expect(sandbox.text("log") == "do\nimage\nundo\n")
        let forced = try sandbox.run("undo", id, "--force")
        #expect(forced.code == 0, "\(forced.stderr)")
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("one.txt")))
        #expect(sandbox.text("log") == "do\nimage\nundo\n", "the step's own undo ran once only")
        #expect(try sandbox.history().first?["status"] as? String == "undone")
    }

    @Test func whatChangedIsNamedAndRefused() throws {
        let sandbox = try sandbox(Self.failing)
        let id = try #require(try sandbox.run("r.lua", "--output", "json").json["run"] as? String)
        try sandbox.write("ok", "")
        let other = try sandbox.run("r.lua", "--resume", id, "-p", "who=y")
        #expect(other.code == 2)
        #expect(
            other.stderr.contains("run \(id) cannot be resumed: parameter `who` was \"x\" and is \"y\""),
            "\(other.stderr)")
        try sandbox.write("r.lua", sandbox.text("r.lua") + "\n-- edited\n")
        let edited = try sandbox.run("resume", id)
        #expect(edited.code == 2)
        #expect(edited.stderr.contains("run \(id) cannot be resumed: \(sandbox.path("r.lua")) has changed"))
        #expect(edited.stderr.contains("start it anew, or resume with --accept-changes"))
        #expect(try sandbox.history().first?["status"] as? String == "failed")
        let accepted = try sandbox.run("resume", id, "--accept-changes")
        #expect(accepted.code == 0, "\(accepted.stderr)")
        #expect(accepted.stderr.contains("resumed although \(sandbox.path("r.lua")) has changed"))
    }

    @Test func aDryRunLeavesNoTrace() throws {
        let sandbox = try sandbox(Self.failing)
        try sandbox.write("ok", "")
        #expect(try sandbox.run("r.lua", "--dry-run").code == 0)
        #expect(!FileManager.default.fileExists(atPath: sandbox.stateHome))
        #expect(try sandbox.run("history").stdout == "no runs yet\n")
        #expect(try sandbox.run("history", "--output", "json").stdout == "{\"runs\":[]}\n")
        #expect(!FileManager.default.fileExists(atPath: sandbox.stateHome))
    }

    @Test func aConfirmationWithoutAPersonExits6() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r' }\nstep('A', { confirm = 'Really?' }, function() fs.write { path = '@/a', text = 'a' } end)"
        )
        let outcome = try sandbox.run("r.lua", "--output", "json")
        #expect(outcome.code == 6)
        #expect(outcome.json["status"] as? String == "declined")
        #expect(outcome.stderr.contains("\"Really?\" needs a person to confirm it"))
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("a")))
        #expect(try sandbox.run("r.lua", "--yes").code == 0)
        #expect(sandbox.text("a") == "a")
    }

    @Test func capabilitiesAreEnforcedBeforeTheIntent() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r', allow = { fs = 'read' } }\nstep('A', function() fs.write { path = '@/a', text = 'a' } end)"
        )
        let outcome = try sandbox.run("r.lua")
        #expect(outcome.code == 1)
        #expect(outcome.stderr.contains("the header allows fs reads only"))
        #expect(try sandbox.query("SELECT count(*) FROM writes") == "0")
    }

    @Test func aContextThatIsNotAllowedIsRefused() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r' }\nstep('A', function() kubectl.ensure_namespace { name = 'x' } end)")
        try sandbox.write(
            "kubectl",
            """
            #!/bin/sh
            case "$*" in
              *current-context*) echo production ;;
              *get*) ;;
              *version*) echo 'Client Version: v1.37.0' ;;
              *) echo "$*" >> \(sandbox.path("kubectl.log")) ;;
            esac
            """)
        chmod(sandbox.path("kubectl"), 0o755)
        let outcome = try sandbox.run("r.lua", through: ["/usr/bin/env", "PATH=\(sandbox.folder):/usr/bin:/bin"])
        #expect(outcome.code == 3)
        #expect(
            outcome.stderr.contains("the context production is not one that this project allows changes in"),
            "\(outcome.stderr)")
        #expect(sandbox.text("kubectl.log") == "")
        let unconfirmed = try sandbox.run(
            "r.lua", "--context", "production", "--yes",
            through: ["/usr/bin/env", "PATH=\(sandbox.folder):/usr/bin:/bin"])
        #expect(unconfirmed.code == 6, "--yes does not type the context's name")
        #expect(
            unconfirmed.stderr.contains("(--yes does not answer this), or add production to `contexts` in runbook.yaml")
        )
        #expect(sandbox.text("kubectl.log") == "")
    }

    @Test func theTimeLimitOfTheHeaderExits124() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r', timeout = '300ms' }\nstep('A', function() exec.run { 'sleep', '30' } end)")
        let outcome = try sandbox.run("r.lua", "--output", "json")
        #expect(outcome.code == 124)
        #expect(outcome.json["status"] as? String == "timeout")
        #expect(outcome.stderr.contains("the run was over its limit of 0.3s"))
        #expect(outcome.milliseconds < 8000)
    }

    @Test func secretsAreNeitherInTheJournalNorInTheLog() throws {
        let canary = "canary-value-71f2"
        let sandbox = try sandbox(
            """
            runbook { name = "r", secrets = { "TOKEN" } }
            local kept = step("Use", function()
              exec.run({ "sh", "-c", "cat > @/private; echo $T" }, { stdin = secrets.TOKEN, env = { T = secrets.TOKEN } })
              return secrets.TOKEN
            end)
            step("Replace", function() fs.write { path = "@/private", text = "plain" } end)
            step("Fail", function() if not fs.exists("@/ok") then fail("no") end end)
            exec.run({ "sh", "-c", "cat > @/again" }, { stdin = kept })
            """)
        try sandbox.write(".env", "TOKEN=\(canary)\n")
        let failed = try sandbox.run("r.lua", "--output", "json")
        #expect(failed.code == 1, "\(failed.stderr)")
        let id = try #require(failed.json["run"] as? String)
        try sandbox.write("ok", "")
        #expect(try sandbox.run("resume", id).code == 0)
        #expect(sandbox.text("again") == canary, "the kept secret is read again")
        let state = sandbox.stateHome + "/runbook"
        let files = FileManager.default.enumerator(atPath: state)?.compactMap { $0 as? String } ?? []
        #expect(files.contains("runs.db"))
        for file in files {
            let content = FileManager.default.contents(atPath: "\(state)/\(file)") ?? Data()
            #expect(content.range(of: Data(canary.utf8)) == nil, "\(file)")
            #expect(content.range(of: Data(canary.utf8).base64EncodedData()) == nil, "\(file)")
        }
        let undo = try sandbox.run("undo", id)
        #expect(
            undo.stderr.contains("file \(sandbox.path("private")) (what takes it back held a secret and was not kept)"))
    }

    @Test func reportsAreWrittenInEachFormat() throws {
        let sandbox = try sandbox(Self.failing)
        #expect(try sandbox.run("logs").stderr.hasPrefix("there is no history in "))
        let id = try #require(try sandbox.run("r.lua", "--output", "json").json["run"] as? String)
        let html = try sandbox.run("report", id, "--format", "html").stdout
        #expect(html.hasPrefix("<!doctype html>") && html.contains("not ok") && !html.contains("://"))
        let json = try sandbox.run("report", id, "--format", "json").json
        #expect(
            (json["steps"] as? [[String: Any]])?.map { $0["name"] as? String } == ["Write", "Append", "Image", "Check"])
        let junit = try sandbox.run("report", id, "--format", "junit").stdout
        #expect(junit.contains("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"0\""))
        #expect(junit.contains("<failure message=\"not ok\">"))
        let markdown = try sandbox.run("report", id).stdout
        #expect(markdown.contains("# r: failed") && markdown.contains("- ✗ Check (failed"))
        let logs = try sandbox.run("logs", id).stdout
        #expect(
            logs.contains("$ sh -c 'echo do >> \(sandbox.folder)/log'") && logs.contains("run ended: failed, exit 1"))
        #expect(try sandbox.run("logs").stdout == logs)
        #expect(try sandbox.run("report").stdout == markdown)
        #expect(try sandbox.run("logs", "zzzz").code == 2)
    }
}
