import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// What docker's exit codes and answers hide, reproduced by stand-ins.
@Suite("docker's traps")
struct DockerTrapsTests {
    private func run(_ standIn: String, _ name: String = "") throws -> ModuleRun {
        var run = try ModuleRun(path: [RepositoryFiles.standIns(standIn)])
        run.environment["BUILDX_CASE"] = name
        return run
    }

    private func text(_ run: ModuleRun, _ file: String) -> String {
        (try? String(contentsOfFile: "\(run.folder)/\(file)", encoding: .utf8)) ?? ""
    }

    @Test("version without an engine: exit 1 with the client's half on standard output is told as not usable")
    func versionWithoutEngine() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        let outcome = await run("return docker.version()")
        #expect(outcome.message == "")
        #expect(outcome.summary.result["usable"].booleanValue == false)
        #expect(outcome.summary.result["client"].stringValue == "29.7.2")
        #expect(outcome.summary.result["reason"].stringValue?.hasPrefix("failed to connect to the docker API") == true)
    }

    @Test("info prints a full-looking answer of zeroes without an engine")
    func infoWithoutEngine() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        let outcome = await run("return docker.info()")
        #expect(outcome.summary.result["usable"].booleanValue == false)
    }

    @Test("info exits 0 when the server answers with an error")
    func infoWithServerErrors() async throws {
        let run = try run("no-engine", "partial")
        defer { run.remove() }
        let outcome = await run("return docker.info()")
        #expect(outcome.summary.result["usable"].booleanValue == false)
        #expect(outcome.summary.result["reason"].stringValue == "Error response from daemon: storage is not ready")
    }

    @Test("inspect that fails prints [], and a missing socket is told as \"no such file\": neither is a missing object")
    func inspectWithoutEngine() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        for call in ["docker.inspect { name = \"x\" }", "docker.exists { image = \"x\" }"] {
            let outcome = await run("return \(call)")
            #expect(outcome.message.contains("failed to connect to the docker API"))
            #expect(outcome.summary.status == .failed)
        }
    }

    @Test("run without an engine exits 127 in docker 29: the engine is asked first")
    func runWithoutEngine() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        let outcome = await run("docker.run { image = \"x\" }")
        #expect(outcome.message.hasPrefix("docker's engine does not answer: failed to connect"))
        #expect(!text(run, "calls").contains("run "))
    }

    @Test("a preview without an engine finishes, and tells what it could not ask")
    func previewWithoutEngine() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\n")
        let outcome = await run(
            "local i = docker.build { context = \"app\", tag = \"x:1\" }\ndocker.tag { source = \"x:1\", target = \"x:2\" }\nreturn i.image",
            dryRun: .preview)
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.plan.map(\.name) == ["x:1", "x:2"])
        #expect(outcome.summary.result.stringValue == "x:1")
    }

    @Test("buildx is given secrets by its environment, and none stands in an argument")
    func buildSecrets() async throws {
        let run = try run("buildx")
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\n")
        try run.write(".env", "TOKEN=hunter2hunter2\n")
        let outcome = await run(
            """
            runbook { name = "t", secrets = { "TOKEN" } }
            return docker.build { context = "app", tag = "x:1", secrets = { ["npm.token"] = secrets.TOKEN }, metadata_file = "meta.json" }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["builder"].stringValue == "buildx")
        #expect(outcome.summary.result["metadata"]["containerimage.config.digest"].stringValue == "sha256:abc")
        #expect(
            text(run, "calls").contains(
                "build --progress plain --tag x:1 --metadata-file meta.json --secret id=npm.token,env=RUNBOOK_SECRET_npm_token app"
            ))
        #expect(text(run, "secrets") == "RUNBOOK_SECRET_npm_token=hunter2hunter2\n")
        #expect(!text(run, "calls").contains("hunter2"))
    }

    @Test("a secret among the build arguments is refused: they stand in the image and in the argument list")
    func buildArgumentSecret() async throws {
        let run = try run("buildx")
        defer { run.remove() }
        try run.write(".env", "TOKEN=hunter2hunter2\n")
        let outcome = await run(
            "runbook { name = \"t\", secrets = { \"TOKEN\" } }\ndocker.build { tag = \"x:1\", build_args = { T = secrets.TOKEN } }"
        )
        #expect(
            outcome.message
                == "`docker.build`: `build_args.T` would put ‹secret TOKEN› where everyone on the machine can read it")
    }

    @Test("the legacy builder knows no --secret and no --metadata-file: they are refused with the remedy")
    func legacyOptions() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        for (option, value) in [("secrets", "{ a = \"b\" }"), ("metadata_file", "\"m.json\""), ("builder", "\"b\"")] {
            let outcome = await run("docker.build { tag = \"x:1\", \(option) = \(value) }")
            #expect(
                outcome.message
                    == "`docker.build`: `\(option)` needs BuildKit, and docker has no buildx plugin here")
            #expect(outcome.remedy == "install the docker-buildx plugin")
        }
    }

    @Test("a check that warns exits non-zero unless told otherwise: the preview asks so that it does not")
    func checkIgnoresStatus() async throws {
        let run = try run("buildx")
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM a AS Build\n")
        let outcome = await run("docker.build { context = \"app\", tag = \"x:1\" }", dryRun: .preview)
        #expect(
            outcome.summary.plan.first?.difference?.lines == [
                "app/Dockerfile:3: StageNameCasing: Stage name 'Build' should be lowercase"
            ])
        #expect(text(run, "calls").contains("build --call=check,format=json,ignorestatus=true app"))
    }

    @Test("a check that needs the network falls back to the engine's own reader")
    func checkOffline() async throws {
        let run = try run("buildx", "offline")
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM a\nMAINTAINER me\n")
        let outcome = await run("return docker.check { context = \"app\" }")
        #expect(outcome.summary.result["by"].stringValue == "runbook")
        #expect(outcome.summary.result["warnings"].listValue?.first?["rule"].stringValue == "MaintainerDeprecated")
    }

    @Test("a check that finds wrong syntax tells it as the error")
    func checkParseError() async throws {
        let run = try run("buildx", "parse")
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM a\nRUNN b\n")
        let outcome = await run("return docker.check { context = \"app\" }")
        #expect(outcome.summary.result["by"].stringValue == "buildx")
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(
            outcome.summary.result["error"].stringValue == "on line 2: unknown instruction: RUNN (did you mean RUN?)")
    }

    @Test("buildx before 0.15 has no check: the engine's own reader is used")
    func oldBuildx() async throws {
        var run = try run("buildx")
        run.environment["BUILDX_CASE_VERSION"] = "v0.12.1"
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM a\n")
        let outcome = await run("return docker.check { context = \"app\" }.by")
        #expect(outcome.summary.result.stringValue == "runbook")
    }

    @Test("DOCKER_CONTEXT wins over DOCKER_HOST: a call that names an engine does not inherit it")
    func contextAndHost() async throws {
        var run = try run("buildx")
        run.environment["DOCKER_CONTEXT"] = "elsewhere"
        run.environment["DOCKER_HOST"] = "unix:///other.sock"
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\n")
        _ = await run(
            "docker.build { context = \"app\", tag = \"x:1\", env = { DOCKER_HOST = \"tcp://192.168.49.2:2376\" } }")
        #expect(text(run, "engine").contains("DOCKER_HOST=tcp://192.168.49.2:2376"))
        #expect(!text(run, "engine").contains("DOCKER_CONTEXT"))
    }

    @Test("what undoes a call in another engine reaches that engine")
    func undoElsewhere() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        let arguments = Arguments(
            function: "docker.tag",
            values: [
                "env": ["DOCKER_HOST": "tcp://n:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"]
            ])
        #expect(
            DockerCommand.reaching(arguments) == [
                "docker", "--host", "tcp://n:2376", "--tlsverify", "--tlscacert", "/certs/ca.pem", "--tlscert",
                "/certs/cert.pem", "--tlskey", "/certs/key.pem",
            ])
    }

    @Test("names that docker would take as options are refused")
    func optionsAsNames() async throws {
        let run = try run("no-engine")
        defer { run.remove() }
        let outcome = await run("docker.rmi { image = \"--force\" }")
        #expect(outcome.message == "`docker.rmi`: \"--force\" would be taken as an option")
    }

    @Test("a missing plugin is told as an unknown command, or as an unknown flag: the plugin is named")
    func missingPlugin() async throws {
        for (words, status) in [
            ("docker: unknown command: docker compose", 1), ("unknown flag: --ansi\nSee 'docker --help'.", 125),
            ("docker: 'compose' is not a docker command.", 1),
        ] {
            let run = try ModuleRun()
            defer { run.remove() }
            try run.write("bin/docker", "#!/bin/sh\nprintf '%s\\n' \"\(words)\" >&2\nexit \(status)\n", mode: 0o755)
            var own = run
            own.environment["PATH"] = "\(run.folder)/bin:/usr/bin:/bin"
            let outcome = await own("docker.compose_ps { project = \"stack\" }")
            #expect(outcome.message == "docker has no compose plugin here")
            #expect(outcome.remedy == "install the docker-compose plugin")
        }
    }

    @Test("exec exits 1 for a container that is not there, as for a program that fails: only the latter is a result")
    func execThatDidNotRun() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        try run.write(
            "bin/docker",
            """
            #!/bin/sh
            case "$*" in
              *gone*) echo 'Error response from daemon: No such container: gone' >&2; exit 1 ;;
              *lost*) echo 'error during connect: EOF' >&2; exit 255 ;;
              *idle*) echo 'service "idle" is not running' >&2; exit 1 ;;
              *) echo 'no match' >&2; exit 1 ;;
            esac

            """, mode: 0o755)
        run.environment["PATH"] = "\(run.folder)/bin:/usr/bin:/bin"
        let fine = await run(
            """
            local program = { "grep", "x" }
            return docker.exec { container = "web", command = program, check = false }.status
              + docker.compose_exec { service = "web", command = program, check = false }.status
            """)
        #expect(fine.summary.result.integerValue == 2)
        for (call, message) in [
            ("docker.exec { container = \"gone\"", "exited 1: Error response from daemon: No such container: gone"),
            ("docker.exec { container = \"lost\"", "exited 255: error during connect: EOF"),
            ("docker.compose_exec { service = \"idle\"", "exited 1: service \"idle\" is not running"),
        ] {
            let outcome = await run("\(call), command = { \"grep\" }, check = false }")
            #expect(outcome.message.hasSuffix(message), "\(outcome.message)")
        }
    }

    @Test("lists are one object a line, or an array where a version prints that")
    func lists() throws {
        struct Row: Decodable, Equatable { var a: Int }
        let command = Command(["docker"])
        func read(_ text: String) throws -> [Row] {
            try ToolJSON.decodeLines(Row.self, ProcessResult(status: 0, stdout: Array(text.utf8)), of: command)
        }
        #expect(try read("{\"a\":1}\n{\"a\":2}\n") == [Row(a: 1), Row(a: 2)])
        #expect(try read("") == [])
        #expect(try read("[\n {\"a\":1}]") == [Row(a: 1)])
        #expect(throws: RunbookError.self) { try read("Cannot connect") }
    }
}
