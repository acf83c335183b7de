import Foundation
import Testing

/// Signals: a gentle stop, no process left, no lock held, the terminal as it was.
@Suite(.serialized) struct DurableSignalTests {
    private static let waiting = """
        runbook { name = "sig", lock = "sig" }
        step("Write", function() fs.write { path = "@/w", text = "x" } end)
        step("Wait", function() exec.run { "sh", "-c", "sleep 4711 & sleep 4711" } end)
        """

    private func sandbox(_ text: String) throws -> DurableSandbox {
        let sandbox = try DurableSandbox()
        // A number of its own for each test's sleeps tells its children from others.
        try sandbox.write("r.lua", text.replacing("@", with: sandbox.folder))
        return sandbox
    }

    private func children(of marker: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pgrep")
        process.arguments = ["-f", "^sleep \(marker)$"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// True while the program runs in a folder.
    private func isRunning(in folder: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { id in
            Int(id) != nil && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) == folder
                && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe"))?.hasSuffix(
                    "/runbook")
                    == true
        }
    }

    private func stop(_ signal: Int32, _ marker: String, _ arguments: [String] = []) throws -> (
        DurableSandbox, DurableSandbox.Outcome
    ) {
        let sandbox = try sandbox(Self.waiting.replacing("4711", with: marker))
        let running = try sandbox.start(["r.lua", "--output", "json"] + arguments)
        #expect(running.waitFor("✓ Write"))
        usleep(200_000)
        let start = ContinuousClock.now
        running.send(signal)
        let outcome = running.wait()
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try children(of: marker) == "", "no child is left")
        #expect(try sandbox.history().first?["status"] as? String == "interrupted")
        let lock = FileManager.default.contents(atPath: sandbox.stateHome + "/runbook/locks/sig.lock")
        #expect(lock?.isEmpty == true, "the lock was given back")
        #expect(!FileManager.default.fileExists(atPath: sandbox.stateHome + "/runbook/private"))
        return (sandbox, outcome)
    }

    @Test func interruptStopsGentlyAndOffersTheUndo() throws {
        let (sandbox, outcome) = try stop(SIGINT, "4711.1")
        #expect(outcome.code == 130)
        #expect(outcome.json["status"] as? String == "interrupted")
        let id = try #require(outcome.json["run"] as? String)
        #expect(outcome.stderr.contains("Next     runbook resume \(id), or runbook undo \(id)"))
        #expect(sandbox.text("w") == "x")
    }

    @Test func terminateExits143() throws {
        let (_, outcome) = try stop(SIGTERM, "4711.2")
        #expect(outcome.code == 143)
        #expect(outcome.stderr.contains("the run was stopped by SIGTERM"))
    }

    @Test func aStoppedRunIsUndoneWhereThatIsThePolicy() throws {
        let (sandbox, outcome) = try stop(SIGINT, "4711.3", ["--on-failure", "undo"])
        #expect(outcome.code == 130)
        #expect(outcome.json["undone"] as? [String] == ["remove \(sandbox.path("w"))"])
        #expect(!FileManager.default.fileExists(atPath: sandbox.path("w")))
    }

    @Test func aChildThatIgnoresInterruptsIsKilledByTheSecond() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r' }\nstep('A', function() exec.run { 'sh', '-c', \"trap '' INT TERM; sleep 4711.4; sleep 4711.4\" } end)"
        )
        let running = try sandbox.start(["r.lua"])
        usleep(800_000)
        running.send(SIGINT)
        #expect(running.waitFor("stopping; press Ctrl-C again to stop at once"))
        running.send(SIGINT)
        let start = ContinuousClock.now
        let outcome = running.wait()
        #expect(outcome.code == 130)
        #expect(ContinuousClock.now - start < .seconds(2))
        usleep(200_000)
        #expect(try children(of: "4711.4") == "")
    }

    @Test func aChildThatIgnoresSignalsIsGoneSoon() throws {
        let sandbox = try sandbox(
            """
            runbook { name = 'r' }
            step('A', function() exec.run({ 'sh', '-c', "trap '' INT TERM; sleep 4711.5; sleep 4711.5" }, OPTIONS) end)
            """)
        let text = sandbox.text("r.lua")
        try sandbox.write("r.lua", text.replacing("OPTIONS", with: "nil"))
        let running = try sandbox.start(["r.lua"])
        usleep(800_000)
        let start = ContinuousClock.now
        running.send(SIGINT)
        #expect(running.wait().code == 130)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try children(of: "4711.5") == "")
        try sandbox.write("r.lua", text.replacing("OPTIONS", with: "{ timeout = '1s' }"))
        let limited = try sandbox.run("r.lua")
        #expect(limited.code == 1)
        #expect(limited.stderr.contains("was over its limit of 1.0s"))
        #expect(limited.milliseconds < 4500)
        #expect(try children(of: "4711.5") == "")
    }

    @Test func helmIsWaitedForAndTheScreenSaysSo() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r' }\nstep('A', function() exec.run { '@/helm', 'upgrade', 'web' } end)")
        try sandbox.write(
            "helm",
            "#!/bin/sh\ntrap 'sleep 4; echo recorded > \(sandbox.folder)/recorded; exit 1' INT\nsleep 4711.6 & wait\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sandbox.path("helm"))
        let running = try sandbox.start(["r.lua"])
        usleep(800_000)
        running.send(SIGINT)
        #expect(
            running.waitFor(
                "stopping when \(sandbox.folder)/helm upgrade web (up to 30s) has written down what it did; press Ctrl-C again to stop at once"
            ), "\(running.stderr)")
        #expect(running.wait().code == 130)
        #expect(sandbox.text("recorded") == "recorded\n")
        let stopped = try sandbox.start(["r.lua"])
        usleep(800_000)
        stopped.send(SIGINT)
        #expect(stopped.waitFor("stopping when"))
        let start = ContinuousClock.now
        stopped.send(SIGINT)
        #expect(stopped.wait().code == 130)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try children(of: "4711.6") == "")
    }

    @Test func aScriptThatCannotBeInterruptedIsEndedByTheWatchdog() throws {
        let sandbox = try sandbox(
            "runbook { name = 'r' }\nlocal s = string.rep('a', 200000)\nstep('A', function() return s:find('.-.-.-.-b') end)"
        )
        let running = try sandbox.start(["r.lua"])
        usleep(800_000)
        running.send(SIGINT)
        let start = ContinuousClock.now
        #expect(running.wait().code == 130)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try sandbox.history().first?["status"] as? String == "interrupted")
    }

    @Test func aLostTerminalDoesNotStopARunThatWasAskedToGoOn() throws {
        let sandbox = try sandbox("runbook { name = 'r' }\nstep('A', function() exec.run { 'sleep', '1' } end)")
        let kept = try sandbox.start(["r.lua", "--keep-running"])
        usleep(500_000)
        kept.send(SIGHUP)
        #expect(kept.wait().code == 0)
        let stopped = try sandbox.start(["r.lua"])
        usleep(500_000)
        stopped.send(SIGHUP)
        #expect(stopped.wait().code == 129)
    }

    @Test func controlCInATerminalAtManyMoments() throws {
        let sandbox = try sandbox(
            """
            runbook { name = "sig", lock = "sig" }
            for i = 1, 40 do step("step " .. i, function() exec.run { "sleep", "0.0471" } end) end
            confirm("Go on?")
            """)
        let session = "runbook-\(UUID().uuidString.prefix(8))"
        let socket = sandbox.path("tmux")
        func tmux(_ arguments: String...) throws -> String {
            let process = Process()
            // The server keeps what it inherits, and the end of a process is seen by the end of a descriptor.
            let closing =
                "for fd in /proc/$$/fd/*; do n=${fd##*/}; if [ \"$n\" -gt 2 ]; then eval \"exec $n>&-\"; fi; done; "
                + "exec /usr/bin/tmux \"$@\""
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", closing, "tmux", "-S", socket] + arguments
            process.environment = [
                "TERM": "xterm-256color", "HOME": sandbox.folder, "PATH": "/usr/bin:/bin", "PS1": "$ ",
            ]
            // The server keeps what it inherits: a pipe would never end.
            let output = sandbox.path("screen")
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            process.standardOutput = FileHandle(forWritingAtPath: output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return sandbox.text("screen")
        }
        _ = try tmux("new-session", "-d", "-s", session, "-x", "120", "-y", "50", "sh")
        defer { _ = try? tmux("kill-server") }
        _ = try tmux("send-keys", "cd \(sandbox.folder); export XDG_STATE_HOME=\(sandbox.stateHome)", "Enter")
        let settings = sandbox.path("stty")
        for moment in 0..<20 {
            _ = try tmux("send-keys", "clear; \(DurableSandbox.program) r.lua; echo ended-$?", "Enter")
            // A Ctrl-C before the program is there would end the shell's line instead.
            let asked = ContinuousClock.now
            while ContinuousClock.now - asked < .seconds(10), try !isRunning(in: sandbox.folder) { usleep(10_000) }
            usleep(UInt32(50_000 + moment * 170_000))
            _ = try tmux("send-keys", "C-c")
            let start = ContinuousClock.now
            var screen = ""
            while ContinuousClock.now - start < .seconds(6) {
                screen = try tmux("capture-pane", "-p")
                if screen.contains("\nended-") { break }
                usleep(50_000)
            }
            #expect(ContinuousClock.now - start < .seconds(3), "moment \(moment): \(screen)")
            #expect(screen.contains("ended-130"), "moment \(moment): \(screen)")
            #expect(try children(of: "0.0471") == "")
        }
        _ = try tmux("send-keys", "stty -a > \(settings)", "Enter")
        usleep(300_000)
        let stty = sandbox.text("stty")
        #expect(stty.contains(" echo ") && stty.contains(" icanon"))
        let statuses = Set(try sandbox.history().compactMap { $0["status"] as? String })
        #expect(statuses == ["interrupted"])
    }
}
