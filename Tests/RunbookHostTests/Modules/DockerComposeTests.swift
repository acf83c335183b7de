import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// compose and registries, by a stand-in.
@Suite("docker compose and login")
struct DockerComposeTests {
    private func run(_ name: String = "") throws -> ModuleRun {
        var run = try ModuleRun(path: [RepositoryFiles.standIns("compose")])
        run.environment["BUILDX_CASE"] = name
        return run
    }

    private func text(_ run: ModuleRun, _ file: String) -> String {
        (try? String(contentsOfFile: "\(run.folder)/\(file)", encoding: .utf8)) ?? ""
    }

    @Test("up waits until the services are healthy, without colours, menus and questions")
    func up() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "docker.compose_up { files = { \"a.yaml\", \"b.yaml\" }, project = \"stack\", services = { \"db\" }, wait = \"1m\", build = true }"
        )
        #expect(outcome.message == "")
        #expect(
            text(run, "calls")
                == "compose --ansi never --progress plain --file a.yaml --file b.yaml --project-name stack up --detach --wait --wait-timeout 60 --build db\n"
        )
    }

    @Test("up that ends unhealthy is an error with what compose said")
    func unhealthy() async throws {
        let run = try run("unhealthy")
        defer { run.remove() }
        let outcome = await run("docker.compose_up { project = \"stack\" }")
        #expect(outcome.message.hasSuffix("exited 1: container stack-db-1 is unhealthy"))
    }

    @Test("undo takes a project down that had no containers, and leaves one that had")
    func undo() async throws {
        for (name, undo) in [("", "docker compose down"), ("up", nil)] {
            let run = try run(name)
            defer { run.remove() }
            let outcome = await run("docker.compose_up { project = \"stack\" }", dryRun: .preview)
            #expect(outcome.summary.plan.first?.undo == undo)
        }
    }

    @Test(
        "undo starts and stops the services that a verb has changed, and no others",
        arguments: [
            ("stop", "", "start db"), ("stop", ", services = { \"web\" }", nil),
            ("kill", ", services = { \"db\", \"web\" }", "start db"), ("start", "", "stop web"),
            ("start", ", services = { \"db\" }", nil), ("restart", "", nil), ("rm", "", nil),
        ] as [(String, String, String?)])
    func services(verb: String, services: String, undo: String?) async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.compose_\(verb) { project = \"stack\"\(services) }", dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.plan.first?.undo == undo.map { "docker compose \($0)" })
    }

    @Test("--dry-run=server asks compose for its own dry run")
    func serverDryRun() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.compose_up { project = \"stack\" }", dryRun: .server)
        #expect(outcome.summary.plan.first?.server == "accepted")
        #expect(
            text(run, "calls").contains(
                "compose --ansi never --progress plain --project-name stack --dry-run up --detach\n"))
    }

    @Test("ps prints one object a line, and an array in old versions", arguments: ["", "old"])
    func ps(name: String) async throws {
        let run = try run(name)
        defer { run.remove() }
        let result = await run("local list = docker.compose_ps { all = true } return { #list, list[2].State }").summary
            .result
        #expect(result.listValue?.first?.integerValue == 2)
        #expect(result.listValue?.last?.stringValue == "exited")
    }

    @Test("config leaves variables unresolved, since their values are secrets")
    func config() async throws {
        let run = try run()
        defer { run.remove() }
        let result = await run("return docker.compose_config().services.db.environment.PASSWORD").summary.result
        #expect(result.stringValue == "${PASSWORD}")
        #expect(text(run, "calls").contains("config --format json --no-interpolate"))
    }

    @Test("down removes volumes only when told to; logs and build are plain")
    func others() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.compose_down { directory = "stack" }
            docker.compose_down { directory = "stack", volumes = true }
            docker.compose_build { services = { "web" }, build_args = { A = "1 2" }, no_cache = true }
            return docker.compose_logs { tail = 5 }
            """)
        #expect(outcome.summary.result.stringValue == "db-1  | ready\n")
        let calls = text(run, "calls").split(separator: "\n").map {
            $0.replacing("compose --ansi never --progress plain ", with: "")
        }
        #expect(
            calls == [
                "--project-directory stack down", "--project-directory stack down --volumes",
                "build --build-arg A=1 2 --no-cache web", "logs --no-color --tail 5",
            ])
    }

    @Test("the password of a login goes by standard input only")
    func login() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write(".env", "TOKEN=hunter2hunter2\n")
        let outcome = await run(
            """
            runbook { name = "t", secrets = { "TOKEN" } }
            docker.login { registry = "registry.example.com", username = "ci", password = secrets.TOKEN }
            docker.logout { registry = "registry.example.com" }
            """)
        #expect(outcome.message == "")
        #expect(text(run, "password") == "hunter2hunter2")
        #expect(
            text(run, "calls")
                == "login --username ci --password-stdin registry.example.com\nlogout registry.example.com\n")
    }

    @Test("a login that is refused is an error with the registry's answer")
    func refusedLogin() async throws {
        let run = try run("refused")
        defer { run.remove() }
        let outcome = await run("docker.login { username = \"ci\", password = \"wrong\" }")
        #expect(
            outcome.message
                == "docker login --username ci --password-stdin exited 1: Error response from daemon: unauthorized: incorrect username or password"
        )
    }

    @Test("services are stopped, started, fetched and removed one by one, and `rm` does not ask")
    func services() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.compose_stop { project = "s", services = { "db" }, grace = "3s" }
            docker.compose_start { project = "s" }
            docker.compose_restart { project = "s", services = { "a", "b" } }
            docker.compose_kill { project = "s", signal = "SIGTERM" }
            docker.compose_rm { project = "s", volumes = true }
            docker.compose_pull { project = "s" }
            """)
        #expect(outcome.message == "")
        let calls = text(run, "calls").split(separator: "\n").map {
            $0.replacing("compose --ansi never --progress plain --project-name s ", with: "")
        }
        #expect(
            calls == [
                "stop --timeout 3 db", "start", "restart a b", "kill --signal SIGTERM", "rm --force --volumes", "pull",
            ])
        let refused = try self.run("refused")
        defer { refused.remove() }
        #expect(
            await refused("docker.compose_pull()").message.hasSuffix(
                "exited 1: Error response from daemon: manifest unknown"))
    }

    @Test("a program runs in a service without a terminal; its secrets stand in no argument")
    func programs() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            local s = secret.random { name = "T" }
            local r = docker.compose_exec { project = "s", service = "db", command = { "psql", "-c", "select 1" }, stdin = "in", variables = { TOKEN = s } }
            assert(r.status == 0 and r.stdout == "done\\n")
            assert(docker.compose_exec { service = "db", command = { "fails" }, check = false }.status == 3)
            docker.compose_run { service = "db", command = { "true" } }
            """)
        #expect(outcome.message == "")
        #expect(
            text(run, "calls").hasPrefix(
                "compose --ansi never --progress plain --project-name s exec --no-TTY --env TOKEN db psql -c select 1\n"
            ))
        #expect(text(run, "calls").contains(" run --rm --no-TTY db true\n"))
        #expect(text(run, "token").isEmpty, "the last call had no secret")
        let stopped = try self.run("stopped")
        defer { stopped.remove() }
        let failed = await stopped("docker.compose_exec { service = \"db\", command = { \"x\" } }")
        #expect(failed.message.hasSuffix("exited 1: service \"db\" is not running"))
    }

    @Test("images and projects are tables of compose's own")
    func lists() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "return { docker.compose_images { project = \"s\" }[1].Repository, docker.compose_ls { all = true }[1].Name }"
        )
        #expect(outcome.summary.result.listValue?.compactMap(\.stringValue) == ["postgres", "stack"])
        #expect(text(run, "calls").contains("ls --format json --all\n"))
    }
}
