import Foundation
import RunbookTestSupport
import Testing

@testable import RunbookHost

/// The verbs of docker that look at containers or change them, with a real engine.
@Suite("docker's containers, with an engine", .enabled(if: DockerEngine.isAvailable), .serialized)
struct DockerObservationTests {
    private func run() throws -> ModuleRun {
        var run = try ModuleRun()
        run.environment["DOCKER_HOST"] = DockerEngine.host
        try run.write("app/Dockerfile", "FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT [\"/bin/busybox\"]\n")
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: "\(run.folder)/app/busybox")
        return run
    }

    @Test("top, diff, stats, wait, df, contexts")
    func looking() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-look:v1" }
            docker.run { image = "rb-look:v1", name = "rb-look", detach = true, network = "host", command = { "sh", "-c", "/bin/busybox touch /new; exec /bin/busybox sleep 300 9" } }
            local processes = docker.top { container = "rb-look" }
            assert(processes[1].CMD:match("sleep 300 9$") and tonumber(processes[1].PID), json.encode(processes))
            local changed = docker.diff { container = "rb-look" }
            local found = false
            for _, c in ipairs(changed) do found = found or (c.path == "/new" and c.change == "added") end
            assert(found, json.encode(changed))
            local stats = docker.stats { container = "rb-look" }
            assert(stats[1].name == "rb-look" and type(stats[1].cpu) == "number", json.encode(stats))
            local kinds = {}
            for _, kind in ipairs(docker.df()) do kinds[kind.type] = kind end
            assert(kinds.Images.total >= 1 and kinds.Containers.active >= 1 and kinds.Images.size > 0, json.encode(kinds))
            assert(docker.contexts()[1].name == "default")
            docker.kill { container = "rb-look" }
            assert(docker.wait { container = "rb-look" } == 137)
            docker.rm { container = "rb-look" }
            """)
        #expect(
            outcome.message == "", "\(outcome.summary.failure?.site ?? "") \(outcome.summary.failure?.details ?? [])")
        for call in ["top", "diff", "wait", "stats"] {
            let absent = await run("docker.\(call) { container = \"rb-nothing\" }")
            #expect(absent.message.lowercased().contains("no such container"), "\(absent.message)")
        }
    }

    @Test("create, rename, pause, update, commit, export, import")
    func making() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-make:v1" }
            local id = docker.create { image = "rb-make:v1", name = "rb-made", network = "host", command = { "sleep", "300" }, variables = { TOKEN = secret.random { name = "T" } } }
            assert(#id == 64 and docker.inspect { name = "rb-made", type = "container" }.State.Status == "created")
            docker.rename { container = "rb-made", name = "rb-named" }
            docker.start { container = "rb-named" }
            docker.pause { container = "rb-named" }
            assert(docker.inspect { name = "rb-named", type = "container" }.State.Paused)
            docker.unpause { container = "rb-named" }
            docker.update { container = "rb-named", restart = "unless-stopped" }
            assert(docker.inspect { name = "rb-named", type = "container" }.HostConfig.RestartPolicy.Name == "unless-stopped")
            docker.commit { container = "rb-named", image = "rb-kept:1", message = "evidence" }
            assert(docker.exists { image = "rb-kept:1" })
            assert(fs.exists(docker.export { container = "rb-named", file = "files.tar" }))
            docker.import { file = "files.tar", image = "rb-imported:1", changes = { "CMD [\\"/bin/busybox\\"]" } }
            assert(docker.inspect { name = "rb-imported:1", type = "image" }.Config.Cmd[1] == "/bin/busybox")
            docker.rm { container = "rb-named", force = true }
            docker.rmi { image = { "rb-kept:1", "rb-imported:1" } }
            """)
        #expect(
            outcome.message == "", "\(outcome.summary.failure?.site ?? "") \(outcome.summary.failure?.details ?? [])")
        #expect(
            await run("docker.update { container = \"a\" }").message
                == "`docker.update` needs `memory`, `cpus` or `restart`")
    }

    @Test("renames, pauses and policies are taken back")
    func undo() async throws {
        var run = try run()
        defer { run.remove() }
        let made = await run(
            """
            docker.build { context = "app", tag = "rb-back:v1" }
            docker.run { image = "rb-back:v1", name = "rb-back", detach = true, network = "host", command = { "sleep", "300" } }
            """)
        #expect(made.message == "")
        let list = InverseRecorder.Inverses()
        run.wrap = { world, _ in InverseRecorder(base: world, list: list) }
        let outcome = await run(
            """
            docker.update { container = "rb-back", restart = "unless-stopped" }
            docker.pause { container = "rb-back" }
            docker.rename { container = "rb-back", name = "rb-other" }
            """)
        #expect(outcome.message == "")
        let words = list.all.reversed().flatMap(\.commands).map { command in
            "exec.run { \(command.argv.map { "\"\($0)\"" }.joined(separator: ", ")) }"
        }
        let back = await run(
            words.joined(separator: "\n") + """

                local c = docker.inspect { name = "rb-back", type = "container" }
                assert(c.State.Running and not c.State.Paused and c.HostConfig.RestartPolicy.Name == "no", json.encode(c.State))
                docker.rm { container = "rb-back", force = true }
                """)
        #expect(back.message == "", "\(back.summary.failure?.details ?? [])")
    }

    @Test("a shell needs a person, and a preview shows it")
    func shell() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.shell { container = \"todo-db\" }")
        #expect(outcome.message == "`docker.shell` hands the terminal to a person, and this run has none")
        #expect(outcome.summary.exitCode == 6)
        let preview = await run("docker.shell { container = \"todo-db\", user = \"root\" }", dryRun: .preview)
        #expect(
            preview.summary.plan.first?.command.joined(separator: " ")
                == "docker exec --interactive --tty --user root todo-db sh")
    }
}
