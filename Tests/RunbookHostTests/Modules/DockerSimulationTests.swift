import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// docker and minikube as `--sim` answers them.
@Suite("simulated docker and minikube")
struct DockerSimulationTests {
    private func run(_ machine: SimulatedMachine = SimulatedMachine(), real: Set<String> = []) throws -> ModuleRun {
        var run = try ModuleRun()
        run.environment["PATH"] = "/usr/bin:/bin"
        run.wrap = { world, _ in SimulatedTools(base: world, machine: machine, real: real) }
        try run.write("backend/app.py", String(repeating: "x", count: 40_000))
        try run.write("backend/requirements.txt", "fastapi\n")
        try run.write(
            "backend/Dockerfile",
            """
            ARG PYTHON=3.12
            FROM python:${PYTHON}-slim AS base
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install -r requirements.txt
            COPY app.py .
            CMD ["python", "app.py"]

            """)
        return run
    }

    @Test("builds, measures, lists, loads: the image is where the kubelet looks for it")
    func buildAndLoad() async throws {
        let machine = SimulatedMachine()
        let run = try run(machine)
        defer { run.remove() }
        let outcome = await run(
            """
            local image = docker.build { context = "backend", tag = "todo-backend:v1.0.0", max_size = "500MB" }
            local loaded = minikube.image_load { image = "todo-backend:v1.0.0" }
            local listed = docker.images { reference = "todo-*" }
            return { size = image.size, builder = image.builder, same = image.id == "sha256:" .. loaded.id,
              listed = listed[1].name, layers = #docker.history { image = "todo-backend:v1.0.0" } }
            """)
        #expect(outcome.message == "")
        let result = outcome.summary.result
        // python:3.12-slim, what pip installs, and the files.
        #expect(result["size"].integerValue == 178_040_008)
        #expect(result["builder"].stringValue == "buildx")
        #expect(result["same"].booleanValue == true)
        #expect(result["listed"].stringValue == "todo-backend:v1.0.0")
        #expect(result["layers"].integerValue == 5)
        #expect(machine.imageIsPresent("todo-backend:v1.0.0"))
        #expect(machine.imageIsPresent("docker.io/library/todo-backend:v1.0.0"))
        #expect(!machine.imageIsPresent("todo-backend:v2"))
    }

    @Test("an image that is only in docker is not in the node")
    func notLoaded() async throws {
        let machine = SimulatedMachine()
        let run = try run(machine)
        defer { run.remove() }
        _ = await run("docker.build { context = \"backend\", tag = \"a:1\" }")
        #expect(!machine.imageIsPresent("a:1"))
        _ = await run("docker.build { context = \"backend\", tag = \"b:1\", env = minikube.docker_env() }")
        #expect(machine.imageIsPresent("b:1"))
        #expect(!machine.imageIsPresent("a:1"))
    }

    @Test("an image that docker does not have does not arrive, though minikube exits 0")
    func loadOfNothing() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("minikube.image_load { image = \"nothing:1\" }")
        #expect(
            outcome.message == "image nothing:1 did not arrive in minikube's profile minikube, though minikube exited 0"
        )
    }

    @Test(
        "refuses what docker refuses, with exit code 1 and docker's words",
        arguments: [
            (
                "FROM python\nRUNN x\n", "backend",
                "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)"
            ),
            ("FROM python\nCOPY missing.txt /\n", "backend", "\"/missing.txt\": not found"),
            ("RUN x\n", "backend", "dockerfile parse error on line 1: no build stage in current context"),
            ("FROM python\n", "nowhere", "unable to prepare context: path \"nowhere\" not found"),
            ("FROM Python:X:Y\n", "backend", "failed to parse stage name \"Python:X:Y\": invalid reference format"),
        ])
    func refusedBuilds(dockerfile: String, context: String, message: String) async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("backend/Dockerfile", dockerfile)
        let outcome = await run(
            "local r = exec.run({ \"docker\", \"build\", \"-t\", \"x:1\", \"\(context)\" }, { check = false }) return { r.status, r.stderr, r.stdout }"
        )
        #expect(outcome.summary.result.listValue?.first?.integerValue == 1)
        #expect(outcome.summary.result.listValue?[1].stringValue?.contains(message) == true)
        #expect(outcome.summary.result.listValue?[2].stringValue == "")
    }

    @Test("a file that .dockerignore keeps out is not found")
    func ignored() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("backend/.dockerignore", "*.py\n")
        let outcome = await run("docker.build { context = \"backend\", tag = \"x:1\" }")
        #expect(outcome.message.hasSuffix("\"/app.py\": not found"))
    }

    @Test(
        "answers a person's commands as docker prints them",
        arguments: [
            (["docker", "--version"], 0, "Docker version 29.1.3, build f52814d\n", ""),
            (["docker", "images", "-q"], 0, "", ""),
            (
                ["docker", "frobnicate"], 1, "",
                "docker: unknown command: docker frobnicate\n\nRun 'docker --help' for more information\n"
            ),
            (
                ["docker", "compose", "up"], 1, "",
                "docker: unknown command: docker compose\n\nRun 'docker --help' for more information\n"
            ),
            (
                ["docker", "ps", "--frob"], 125, "",
                "unknown flag: --frob\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n"
            ),
            (
                ["docker", "image", "inspect", "nope"], 1, "[]\n",
                "Error response from daemon: No such image: nope:latest\n"
            ),
            (["docker", "rmi", "nope"], 1, "", "Error response from daemon: No such image: nope:latest\n"),
            (["docker", "logs", "nope"], 1, "", "Error response from daemon: No such container: nope\n"),
            (["docker", "version", "--format", "{{.Server.Version}}"], 0, "29.1.3\n", ""),
            (["docker", "image", "prune"], 0, "WARNING! This will remove all dangling images.\n", ""),
            (["minikube", "ip"], 0, "192.168.49.2\n", ""),
            (["minikube", "version", "--short"], 0, "v1.38.1\n", ""),
            (
                ["minikube", "frob"], 14, "",
                "Error: unknown command \"frob\" for \"minikube\"\nRun 'minikube --help' for usage.\n"
            ),
            (
                ["minikube", "addons", "enable", "nonsense"], 10, "",
                "X Exiting due to MK_ADDON_ENABLE: enable failed: property name \"nonsense\" not found: nonsense is not a valid addon\n"
            ),
        ])
    func plainCommands(argv: [String], status: Int, stdout: String, stderr: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let tools = SimulatedTools(base: NoWorld(), machine: SimulatedMachine())
        let result = try await tools.read(Command(argv))
        #expect(result.status == status)
        #expect(String(decoding: result.stdout, as: UTF8.self) == stdout)
        #expect(String(decoding: result.stderr, as: UTF8.self) == stderr)
    }

    @Test("a profile lives: stopped, started, deleted, with minikube's exit codes")
    func profile() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            local codes = {}
            local function note() codes[#codes + 1] = minikube.status().code end
            note() minikube.stop() note()
            local refused = exec.run({ "minikube", "ip" }, { check = false, read = true }).status
            minikube.start { addons = { "ingress" } } note()
            local ingress = minikube.addons().ingress
            minikube.delete() note()
            minikube.start { container_runtime = "containerd" } note()
            return { codes = codes, refused = refused, ingress = ingress, again = minikube.addons().ingress, runtime = minikube.profiles()[1].runtime }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["codes"].listValue?.compactMap(\.integerValue) == [0, 7, 0, 85, 0])
        #expect(outcome.summary.result["refused"].integerValue == 83)
        #expect(outcome.summary.result["ingress"].booleanValue == true)
        #expect(outcome.summary.result["again"].booleanValue == false)
        #expect(outcome.summary.result["runtime"].stringValue == "containerd")
        let environment = await run(
            "minikube.delete() minikube.start { container_runtime = \"containerd\" } minikube.docker_env()")
        #expect(
            environment.message
                == "minikube's profile minikube runs containerd, and docker_env needs the docker runtime")
    }

    @Test("images that are saved load again, into docker and into the node")
    func savedImages() async throws {
        let machine = SimulatedMachine()
        let run = try run(machine)
        defer { run.remove() }
        let outcome = await run(
            """
            local built = docker.build { context = "backend", tag = "a:1" }
            docker.save { image = "a:1", file = "a.tar" }
            docker.rmi { image = "a:1" }
            local names = docker.load { file = "a.tar" }
            minikube.image_load { file = "a.tar" }
            return { names = names, size = docker.size { image = "a:1" } == built.size }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["names"].listValue?.first?.stringValue == "a:1")
        #expect(outcome.summary.result["size"].booleanValue == true)
        #expect(machine.imageIsPresent("a:1"))
    }

    @Test("containers are kept: run, ps, stop, rm, and a name that is taken")
    func containers() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.run { image = "postgres:16-alpine", name = "db", detach = true }
            local taken = exec.run({ "docker", "run", "-d", "--name", "db", "postgres:16-alpine" }, { check = false })
            local before = docker.ps()
            docker.stop { container = "db" }
            local after = #docker.ps()
            docker.rm { container = "db" }
            return { taken = taken.status, before = before[1].name, state = before[1].state, after = after, all = #docker.ps { all = true } }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["taken"].integerValue == 125)
        #expect(outcome.summary.result["before"].stringValue == "db")
        #expect(outcome.summary.result["state"].stringValue == "running")
        #expect(outcome.summary.result["after"].integerValue == 0)
        #expect(outcome.summary.result["all"].integerValue == 0)
    }

    @Test("the same context gives the same image, another one another")
    func identity() async throws {
        let run = try run()
        defer { run.remove() }
        let first = await run("return docker.build { context = \"backend\", tag = \"a:1\" }.id")
        let second = await run("return docker.build { context = \"backend\", tag = \"a:1\" }.id")
        try run.write("backend/app.py", "changed")
        let third = await run("return docker.build { context = \"backend\", tag = \"a:1\" }.id")
        #expect(first.summary.result.stringValue == second.summary.result.stringValue)
        #expect(first.summary.result.stringValue != third.summary.result.stringValue)
        #expect(third.summary.result.stringValue?.count == 71)
    }

    @Test("a docker that is to be real is not answered here, and minikube loads what it has")
    func realDocker() async throws {
        let machine = SimulatedMachine()
        var run = try run(machine, real: ["docker"])
        run.environment["PATH"] = RepositoryFiles.standIns("buildx") + ":/usr/bin:/bin"
        defer { run.remove() }
        let outcome = await run("return minikube.image_load { image = \"x:1\" }.size")
        #expect(outcome.summary.result.integerValue == 142_000_000)
        #expect(machine.imageIsPresent("x:1"))
    }

    @Test("a preview shows the writes, and the machine stays as it was")
    func preview() async throws {
        let machine = SimulatedMachine(profileIsRunning: false)
        let run = try run(machine)
        defer { run.remove() }
        let outcome = await run(
            "if not minikube.status().running then minikube.start {} end docker.build { context = \"backend\", tag = \"a:1\" } minikube.image_load { image = \"a:1\" }",
            dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.plan.map(\.object) == ["cluster", "image", "image"])
        #expect(outcome.summary.plan.first?.undo == "minikube delete --profile minikube")
        #expect(!machine.imageIsPresent("a:1"))
    }

    @Test("the lines of a build are shown while it runs")
    func progress() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.build { context = \"backend\", tag = \"a:1\" }")
        #expect(outcome.lines.contains("#2 [1/5] FROM python:${PYTHON}-slim AS base"))
        #expect(outcome.lines.last == "#7 DONE 0.0s")
    }

    @Test("an image of several stages has what is copied out of them, and not what they were built with")
    func stages() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write(
            "backend/Dockerfile",
            """
            FROM node:22-alpine AS build
            RUN npm ci
            FROM node:22-alpine
            COPY --from=build /app/standalone ./
            COPY --from=build /app/static static

            """)
        let outcome = await run("return docker.build { context = \"backend\", tag = \"a:1\" }.size")
        #expect(outcome.summary.result.integerValue == 222_200_000)
        let target = await run("return docker.build { context = \"backend\", tag = \"a:1\", target = \"build\" }.size")
        #expect(target.summary.result.integerValue == 309_000_000)
        let missing = await run("docker.build { context = \"backend\", tag = \"a:1\", target = \"nope\" }")
        #expect(missing.message.hasSuffix("target stage \"nope\" could not be found"))
    }
}
