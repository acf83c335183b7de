import Foundation
import Testing

/// A write that was under way when the engine was killed.
@Suite struct DurableDoubtTests {
    /// A run that was killed in its second write.
    private func killed(_ second: String) throws -> (DurableSandbox, id: String) {
        let sandbox = try DurableSandbox()
        try sandbox.write(
            "r.lua",
            """
            runbook { name = "r" }
            local n = step("First", function() exec.run { "sh", "-c", "echo first >> @/log" } return 41 end)
            step("Second", function()
              exec.run { "sh", "-c", "echo before >> @/log" }
              \(second)
            end)
            return n + 1
            """.replacing("@", with: sandbox.folder))
        let running = try sandbox.start(["r.lua"])
        let end = ContinuousClock.now + .seconds(20)
        while !sandbox.text("log").contains("under way"), ContinuousClock.now < end { usleep(10_000) }
        running.send(SIGKILL)
        _ = running.wait()
        let run = try #require(try sandbox.history().first)
        #expect(run["status"] as? String == "interrupted")
        return (sandbox, try #require(run["run"] as? String))
    }

    private static let append =
        #"exec.run { "sh", "-c", "echo under way >> @/log; test -e @/again || sleep 3; touch @/again" }"#

    private func again(_ sandbox: DurableSandbox) throws { try sandbox.write("again", "") }

    @Test func withoutAPersonTheResumeEndsAndSaysWhatToDo() throws {
        let (sandbox, id) = try killed(Self.append)
        try again(sandbox)
        let outcome = try sandbox.run("resume", id, "--output", "json")
        #expect(outcome.code == 6)
        #expect(outcome.stderr.contains("was under way when the run ended: sh -c 'echo under way"))
        #expect(
            outcome.stderr.contains(
                "in doubt whether this took effect before the run was interrupted: sh -c 'echo under way"))
        #expect(
            outcome.stderr.contains(
                "--in-doubt repeat (or --yes) to make it again, or --in-doubt skip to take it as done"))
        #expect(sandbox.text("log") == "first\nbefore\nunder way\n", "nothing was made again")
        let done = try sandbox.run("resume", id, "--in-doubt", "skip", "--output", "json")
        #expect(done.code == 0, "\(done.stderr)")
        #expect(done.json["result"] as? Int == 42)
        #expect(sandbox.text("log") == "first\nbefore\nunder way\n")
    }

    @Test func yesRepeatsItAndSaysSo() throws {
        let (sandbox, id) = try killed(Self.append)
        try again(sandbox)
        let outcome = try sandbox.run("resume", id, "--yes")
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("in doubt whether it took effect; it is repeated, as --yes says"))
        #expect(outcome.stderr.contains("not repeated, since it was done at"))
        #expect(sandbox.text("log") == "first\nbefore\nunder way\nunder way\n")
    }

    @Test func whatDoesNoHarmIsRepeatedWithoutAQuestion() throws {
        let (sandbox, id) = try killed(
            Self.append.replacing(" }", with: " }, { idempotent = true })").replacing("exec.run {", with: "exec.run({"))
        try again(sandbox)
        let outcome = try sandbox.run("resume", id)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("it is repeated, which does no harm"))
        #expect(sandbox.text("log") == "first\nbefore\nunder way\nunder way\n")
    }
}
