import Foundation
import Testing

/// Locks between processes.
@Suite(.serialized) struct DurableLockTests {
    private func sandbox(_ hold: String = "0.5") throws -> DurableSandbox {
        let sandbox = try DurableSandbox()
        try sandbox.write(
            "lock.lua",
            """
            runbook { name = "deploy", lock = "deploy/${params.namespace}",
              params = { namespace = { type = "string", default = "shop" } } }
            step("Hold", function() exec.run { "sleep", "\(hold)" } end)
            """)
        return sandbox
    }

    @Test func exactlyOneOf20Proceeds() throws {
        let sandbox = try sandbox("6")
        let all = try (0..<20).map { _ in try sandbox.start(["lock.lua", "--output", "json"]) }
        let outcomes = all.map { $0.wait() }
        #expect(outcomes.filter { $0.code == 0 }.count == 1)
        let refused = outcomes.filter { $0.code == 7 }
        #expect(refused.count == 19)
        for outcome in refused {
            #expect(outcome.json["status"] as? String == "locked")
            #expect(
                outcome.stderr.contains(
                    /the lock "deploy\/shop" is held by run [a-z0-9]{6} of deploy, by .+ on .+ \(pid \d+\), for \d/),
                "\(outcome.stderr)")
        }
        #expect(try sandbox.history().count == 20)
    }

    @Test func aRefusalComesWithinASecond() throws {
        let sandbox = try sandbox("4")
        let holder = try sandbox.start(["lock.lua"])
        #expect(holder.waitFor("run "))
        let refused = try sandbox.run("lock.lua")
        #expect(refused.code == 7)
        #expect(refused.milliseconds < 1000)
        #expect(try sandbox.run("lock.lua", "-p", "namespace=other").code == 0, "another name is another lock")
        holder.send(SIGKILL)
        _ = holder.wait()
    }

    @Test func aLockIsWaitedFor() throws {
        let sandbox = try sandbox("0.8")
        let holder = try sandbox.start(["lock.lua"])
        #expect(holder.waitFor("run "))
        let waiting = try sandbox.run("lock.lua", "--wait-lock", "20s")
        #expect(waiting.code == 0, "\(waiting.stderr)")
        #expect(waiting.stderr.contains("waiting for the lock \"deploy/shop\", held by run "))
        #expect(holder.wait().code == 0)
    }

    @Test func aDeadHoldersLockIsTakenOverAndThatIsSaid() throws {
        let sandbox = try sandbox("0.1")
        let holder = try sandbox.start(["lock.lua", "-p", "namespace=shop"])
        #expect(holder.waitFor("run "))
        holder.send(SIGKILL)
        _ = holder.wait()
        let next = try sandbox.run("lock.lua")
        #expect(next.code == 0)
        #expect(
            next.stderr.contains(/the lock "deploy\/shop" was left by run [a-z0-9]{6} of deploy, .*, which is gone/))
    }

    @Test func aNameWithAnUnknownParameterIsRefused() throws {
        let sandbox = try DurableSandbox()
        try sandbox.write("r.lua", "runbook { name = 'r', lock = 'x/${params.nobody}' }")
        let outcome = try sandbox.run("r.lua")
        #expect(outcome.code == 2)
        #expect(outcome.stderr.contains("`lock`: `${params.nobody}` is no declared parameter"))
    }

    @Test func aRunUnderWayIsNeitherResumedNorUndone() throws {
        let sandbox = try sandbox("3")
        let holder = try sandbox.start(["lock.lua"])
        #expect(holder.waitFor("run "))
        usleep(300_000)
        let id = try #require(try sandbox.history().first?["run"] as? String)
        #expect(try sandbox.history().first?["status"] as? String == "running")
        let undo = try sandbox.run("undo", id)
        #expect(undo.code == 7 && undo.stderr.contains("run \(id) is under way; stop it first"))
        let resume = try sandbox.run("resume", id)
        #expect(resume.code == 7 && resume.stderr.contains("run \(id) is under way in another process"))
        #expect(holder.wait().code == 0)
        #expect(try sandbox.history().first?["status"] as? String == "ok")
    }
}
