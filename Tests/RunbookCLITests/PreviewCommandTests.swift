import Foundation
import Testing

/// `--dry-run`: every write once, in order, and nothing changed.
@Suite("preview")
struct PreviewCommandTests {
    private static let deploy = """
        runbook { name = "deploy", secrets = { "TOKEN" }, lock = "deploy" }
        step("Look", function() exec.run({ "uname", "-s" }, { read = true }) end)
        step("Write", function()
          fs.write { path = "out.txt", text = "one\\ntwo\\n" }
          fs.write { path = "kept.txt", text = "new\\n" }
          fs.write { path = "token.txt", text = secrets.TOKEN }
        end)
        local made = step("Make", function()
          return exec.run({ "sh", "-c", "touch ran; echo id" }, { stdin = secrets.TOKEN }).stdout
        end)
        step("Use", function() exec.run({ "touch", made }) end)
        if made == "id" then
          step("Never sure", function() exec.run({ "touch", "ran" }) end)
        end
        fs.remove("kept.txt")
        print("made", made, secrets.TOKEN)
        return { made = made, token = secrets.TOKEN }
        """

    private func bench() throws -> Bench {
        var bench = try Bench()
        bench.environment["TOKEN"] = "sesame-street"
        try bench.write("kept.txt", "old\n")
        try bench.write("deploy.lua", Self.deploy)
        return bench
    }

    @Test("it lists each write once, in order, and changes nothing")
    func text() throws {
        let bench = try bench()
        defer { bench.remove() }
        let before = try bench.files()
        let result = try bench.run("deploy.lua", "--dry-run")
        #expect(result.status == 0)
        #expect(
            result.out == """
                made	‹unknown: output of sh›	‹secret TOKEN›
                Would make 7 changes, 1 of them depends on an earlier one
                  1  + file     out.txt    new
                       @@ -0,0 +1,2 @@
                       +one
                       +two
                       certain · undo: remove out.txt
                  2  ~ file     kept.txt
                       @@ -1,1 +1,1 @@
                       -old
                       +new
                       certain · undo: put kept.txt back as it was
                  3  + file     token.txt  content with a secret (masked)
                       certain · undo: remove token.txt
                  4  ! command  sh
                       $ sh -c 'touch ran; echo id'
                       certain
                  5  ! command  touch
                       $ touch '‹unknown: output of sh›'
                       depends on change 4
                  6  ! command  touch
                       $ touch ran
                       certain
                  7  - file     kept.txt
                       certain · undo: put kept.txt back as it was
                  ? branch at deploy.lua:12 depends on ‹unknown: output of sh›; the preview takes it as true
                Reads could not be made: none. Nothing was changed.

                """)
        #expect(try bench.files() == before)
        #expect(bench.read("kept.txt") == "old\n")
        #expect(!result.errors.contains("sesame"))
    }

    @Test("the plan in JSON, and what a real run does")
    func json() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("deploy.lua", "--dry-run=preview", "--output", "json")
        let document = try result.json()
        #expect(document["dry_run"].flag == true)
        #expect(document["status"].text == "ok")
        let plan = document["plan"].list
        #expect(plan.map { $0["number"].number } == Array(1...7))
        #expect(
            plan.map { "\($0["change"].text ?? "") \($0["object"].text ?? "") \($0["name"].text ?? "")" } == [
                "+ file out.txt", "~ file kept.txt", "+ file token.txt", "! command sh", "! command touch",
                "! command touch", "- file kept.txt",
            ])
        #expect(plan[3]["command"].texts == ["sh", "-c", "touch ran; echo id"])
        #expect(plan[4]["certainty"].text == "dependent")
        #expect(plan[4]["depends_on"].number == 4)
        #expect(plan[4]["where"].text == "deploy.lua:11")
        #expect(
            document["branches"].texts == [
                "branch at deploy.lua:12 depends on ‹unknown: output of sh›; the preview takes it as true"
            ])
        #expect(document["missing"].list.isEmpty)
        #expect(document["result"]["token"].text == "‹secret TOKEN›")
        #expect(!result.out.contains("sesame") && !result.errors.contains("sesame"))
        #expect(try bench.run("deploy.lua").status == 0)
        #expect(bench.read("out.txt") == "one\ntwo\n")
        #expect(bench.read("token.txt") == "sesame-street")
        #expect(bench.exists("ran") && !bench.exists("kept.txt"))
    }

    @Test("the option may stand before the file and after it")
    func places() throws {
        let bench = try bench()
        defer { bench.remove() }
        let first = try bench.run("--dry-run", "deploy.lua")
        #expect(first.status == 0)
        for arguments in [
            ["deploy.lua", "--dry-run"], ["run", "--dry-run", "deploy.lua"], ["--dry-run=server", "deploy.lua"],
        ] {
            let other = try bench.run(list: arguments)
            #expect(other.out == first.out, "\(arguments)")
        }
        #expect(!bench.exists("ran"))
    }

    @Test("a preview asks nobody and waits for nothing")
    func questions() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "wait.lua",
            """
            runbook { name = "wait" }
            confirm("Sure?")
            time.sleep("1h")
            step("Go", { confirm = true, retries = 3, backoff = "1h" }, function() exec.run({ "touch", "ran" }) end)
            """)
        let result = try bench.run("wait.lua", "--dry-run")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.seconds < 30)
        #expect(result.out.contains("Would make 1 change\n"))
    }

    @Test("a mistake is found in a preview too")
    func mistake() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("bug.lua", "runbook {}\nstep(\"Add\", function() exec.run({}) end)\n")
        let result = try bench.run("bug.lua", "--dry-run")
        #expect(result.status == 1)
        #expect(result.errors.contains("`exec.run` needs the program as the first element of its list"))
    }

    @Test(
        "every shipped runbook has a preview on a machine without any tool",
        arguments: [
            "deploy-local", "diagnose", "doctor", "load-test", "rollback", "scale", "secrets", "status", "teardown",
        ])
    func shipped(_ name: String) throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = bench.folder + "/bin"
        let given = ["scale": ["-p", "replicas=3"], "secrets": ["-p", "set=DATABASE_URL"]][name] ?? []
        let result = try bench.run(list: [name + ".lua", "--dry-run", "--output", "json"] + given)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json()["dry_run"].flag == true)
        #expect(try bench.files().isEmpty)
    }
}
