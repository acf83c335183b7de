import Foundation
import RunbookLua
import RunbookTestSupport
import Testing

@testable import RunbookHost

/// `docker` with a real engine.
@Suite("docker with an engine", .enabled(if: DockerEngine.isAvailable), .serialized)
struct DockerTests {
    /// A run whose docker is the tests' engine, with a small image to build in `app`.
    private func run(name: String = "app") throws -> ModuleRun {
        var run = try ModuleRun()
        run.environment["DOCKER_HOST"] = DockerEngine.host
        try run.write("\(name)/Dockerfile", "FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT [\"/bin/busybox\"]\n")
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: "\(run.folder)/\(name)/busybox")
        return run
    }

    @Test("builds by the legacy builder, and tells id, size and builder")
    func build() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            local image = docker.build { context = "app", tag = "rb-build:v1", max_size = "50MB", labels = { a = "b c" } }
            local again = docker.inspect { name = "rb-build:v1", type = "image" }
            return { image = image, label = again.Config.Labels.a, id = again.Id }
            """)
        #expect(outcome.message == "")
        let image = outcome.summary.result["image"]
        #expect(image["builder"].stringValue == "legacy")
        #expect(image["image"].stringValue == "rb-build:v1")
        #expect(image["id"].stringValue == outcome.summary.result["id"].stringValue)
        #expect((image["size"].integerValue ?? 0) > 500_000)
        #expect(outcome.summary.result["label"].stringValue == "b c")
    }

    @Test("a person's DOCKER_BUILDKIT=1 stops docker where buildx is missing: the legacy builder is asked for by name")
    func buildKitWithoutBuildx() async throws {
        var run = try run()
        defer { run.remove() }
        run.environment["DOCKER_BUILDKIT"] = "1"
        let outcome = await run("return docker.build { context = \"app\", tag = \"rb-kit:v1\" }.builder")
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "legacy")
    }

    @Test("a person's config.json may give lists another form: the form is asked for in every call")
    func formatsOfThePerson() async throws {
        var run = try run()
        defer { run.remove() }
        try run.write(
            "config/config.json", #"{"psFormat":"table {{.ID}}","imagesFormat":"{{.ID}}","networksFormat":"{{.ID}}"}"#)
        run.environment["DOCKER_CONFIG"] = run.folder + "/config"
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-form:v1" }
            docker.create { image = "rb-form:v1", name = "rb-form" }
            local found = 0
            for _, c in ipairs(docker.ps { all = true }) do found = found + (c.name == "rb-form" and 1 or 0) end
            for _, i in ipairs(docker.images()) do found = found + (i.tag == "v1" and i.repository == "rb-form" and 10 or 0) end
            docker.rm { container = "rb-form" }
            return found
            """)
        #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
        #expect(outcome.summary.result.integerValue == 11)
    }

    @Test("an image over its budget is an error with image, size and limit")
    func budget() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.build { context = \"app\", tag = \"rb-big:v1\", max_size = \"100kB\" }")
        #expect(
            outcome.message.wholeMatch(of: /image rb-big:v1 is [0-9.]+ MB \([0-9]+ bytes\), over its limit of 100 kB/)
                != nil)
        #expect(outcome.remedy == "see what its layers hold: docker history rb-big:v1")
    }

    @Test("a context or Dockerfile that is not there is named before docker is asked")
    func missingContext() async throws {
        let run = try run()
        defer { run.remove() }
        let context = await run("docker.build { context = \"nowhere\", tag = \"x:1\" }")
        #expect(context.message == "`docker.build`: the context nowhere does not exist")
        #expect(context.remedy == "paths are relative to the runbook's folder")
        let file = await run("docker.build { context = \"app\", file = \"app/Other\", tag = \"x:1\" }")
        #expect(file.message == "`docker.build`: there is no Dockerfile at app/Other")
        #expect(!file.commands.contains { $0.hasPrefix("docker build") })
    }

    @Test("a build that fails tells what docker said last")
    func failingBuild() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\nCOPY missing.txt /\n")
        let outcome = await run("docker.build { context = \"app\", tag = \"x:1\" }")
        #expect(outcome.message.hasPrefix("docker build --tag x:1 app exited 1: "))
        #expect(outcome.message.contains("missing.txt"))
    }

    @Test("tags, lists, measures, and removes images")
    func images() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = { "rb-list:v1", "rb-list:v2" } }
            docker.tag { source = "rb-list:v1", target = "rb-list:stable" }
            local names = {}
            for _, image in ipairs(docker.images { reference = "rb-list" }) do
              names[#names + 1] = image.name
              assert(image.size == docker.size { image = image.name })
              assert(image.id:sub(1, 7) == "sha256:")
            end
            table.sort(names)
            local layers = docker.history { image = "rb-list:v1" }
            assert(docker.rmi { image = "rb-list:stable" } == true)
            assert(docker.rmi { image = "rb-list:stable" } == false)
            return { names = names, gone = docker.exists { image = "rb-list:stable" }, layers = #layers, none = docker.inspect { name = "rb-nothing" } == nil }
            """)
        #expect(outcome.message == "")
        #expect(
            outcome.summary.result["names"].listValue?.compactMap(\.stringValue) == [
                "rb-list:stable", "rb-list:v1", "rb-list:v2",
            ])
        #expect(outcome.summary.result["gone"].booleanValue == false)
        #expect(outcome.summary.result["layers"].integerValue == 2)
        #expect(outcome.summary.result["none"].booleanValue == true)
    }

    @Test("a size that is asked of a missing image is an error with a remedy")
    func sizeOfNothing() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("docker.size { image = \"rb-nothing:v9\" }")
        #expect(outcome.message == "docker has no image rb-nothing:v9")
        #expect(outcome.remedy == "build or pull it first")
    }

    @Test("saves to a file and loads from it")
    func saveAndLoad() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-save:v1" }
            docker.save { image = "rb-save:v1", file = "image.tar" }
            docker.rmi { image = "rb-save:v1" }
            assert(not docker.exists { image = "rb-save:v1" })
            return docker.load { file = "image.tar" }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.listValue?.compactMap(\.stringValue) == ["rb-save:v1"])
    }

    @Test("a preview of a load tells the names in the file, and what undoes it")
    func previewOfLoad() async throws {
        let run = try run()
        defer { run.remove() }
        _ = await run(
            """
            docker.build { context = "app", tag = "rb-preload:v1" }
            docker.save { image = "rb-preload:v1", file = "image.tar" }
            docker.rmi { image = "rb-preload:v1" }
            """)
        let outcome = await run("docker.load { file = \"image.tar\" }", dryRun: .preview)
        #expect(outcome.summary.plan.first?.difference?.lines == ["+ rb-preload:v1"])
        #expect(outcome.summary.plan.first?.undo == "docker rmi rb-preload:v1")
    }

    @Test("a preview builds nothing, and shows what the check of the Dockerfile says")
    func previewOfBuild() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\nCOPY busybox missing.txt /\nCMD run me\n")
        let outcome = await run(
            """
            local image = docker.build { context = "app", tag = "rb-preview:v1" }
            return { size = image.size, builder = image.builder }
            """, dryRun: .preview)
        #expect(outcome.message == "")
        let change = try #require(outcome.summary.plan.first)
        #expect(change.command == ["docker", "build", "--tag", "rb-preview:v1", "app"])
        #expect(change.undo == "docker rmi rb-preview:v1")
        #expect(
            change.difference?.lines == [
                "app/Dockerfile: this cannot be built: line 2: missing.txt is not in the context",
                "app/Dockerfile:3: JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals",
            ])
        #expect(!outcome.commands.contains { $0.hasPrefix("docker build") })
    }

    @Test("a preview of a second build names the image that it replaces, and undo gives the tag back")
    func previewOfRebuild() async throws {
        let run = try run()
        defer { run.remove() }
        let built = await run("return docker.build { context = \"app\", tag = \"rb-again:v1\" }.id")
        let id = try #require(built.summary.result.stringValue)
        let outcome = await run("docker.build { context = \"app\", tag = \"rb-again:v1\" }", dryRun: .preview)
        let change = try #require(outcome.summary.plan.first)
        #expect(change.difference?.summary.hasPrefix("replaces \(DockerTags.short(id)), ") == true)
        #expect(change.undo == "docker tag \(DockerTags.short(id)) rb-again:v1")
    }

    @Test("a prune removes without asking: with nobody to answer docker would end well and remove nothing")
    func pruneIsForced() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.volume_create { name = "rb-volume" }
            assert(#docker.volumes { filters = { name = "rb-volume" } } == 1)
            docker.prune { what = "volume", filters = { ["label!"] = "keep" } }
            return #docker.volumes { filters = { name = "rb-volume" } }
            """)
        #expect(outcome.commands.contains { $0.hasPrefix("docker volume prune --force") })
        #expect(outcome.message == "")
    }

    @Test("tells versions and that the engine is usable")
    func version() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("return { version = docker.version(), info = docker.info() }")
        #expect(outcome.summary.result["version"]["usable"].booleanValue == true)
        #expect(outcome.summary.result["version"]["server"].stringValue?.isEmpty == false)
        #expect(outcome.summary.result["version"]["buildx"].isNil)
        #expect(outcome.summary.result["info"]["usable"].booleanValue == true)
    }

    @Test("lists the containers that there are, none at first")
    func containers() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-ps:v1" }
            local none = #docker.ps { all = true, filters = { name = "rb-ps" } }
            exec.run({ "docker", "create", "--name", "rb-ps-1", "--network", "none", "rb-ps:v1", "true" })
            local one = docker.ps { all = true, filters = { name = "rb-ps" } }
            docker.rm { container = "rb-ps-1", force = true }
            docker.rm { container = "rb-ps-1", force = true }
            return { none = none, name = one[1].name, state = one[1].state, image = one[1].image }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["none"].integerValue == 0)
        #expect(outcome.summary.result["name"].stringValue == "rb-ps-1")
        #expect(outcome.summary.result["state"].stringValue == "created")
        #expect(outcome.summary.result["image"].stringValue == "rb-ps:v1")
    }

    @Test("runs containers to their end, with variables that stand in no argument")
    func running() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write(".env", "TOKEN=hunter2hunter2\n")
        let outcome = await run(
            """
            runbook { name = "t", secrets = { "TOKEN" } }
            docker.build { context = "app", tag = "rb-run:v1" }
            local done = docker.run { image = "rb-run:v1", network = "none", command = { "sh", "-c", 'echo $PLAIN; test -n "$TOKEN"' },
              variables = { PLAIN = "a b", TOKEN = secrets.TOKEN } }
            local bad = docker.run { image = "rb-run:v1", network = "none", command = { "sh", "-c", "exit 3" }, check = false }
            local read = docker.run { image = "rb-run:v1", network = "none", command = { "cat" }, stdin = "from here" }
            return { out = done.stdout, bad = bad.status, read = read.stdout }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["out"].stringValue == "a b\n")
        #expect(outcome.summary.result["bad"].integerValue == 3)
        #expect(outcome.summary.result["read"].stringValue == "from here")
        #expect(outcome.commands.contains { $0.contains("--env PLAIN --env TOKEN --network none rb-run:v1") })
    }

    @Test("a command that the image lacks is told apart from an engine that is not there")
    func noCommand() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "docker.build { context = \"app\", tag = \"rb-run:v1\" }\ndocker.run { image = \"rb-run:v1\", network = \"none\", entrypoint = \"/nope\" }"
        )
        #expect(outcome.message.contains("exited 127"))
        #expect(outcome.remedy == "the image rb-run:v1 has no such command")
    }

    @Test("the life of a container in the background: logs, exec, stop, start, rm")
    func background() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-run:v1" }
            local made = docker.run { image = "rb-run:v1", name = "rb-life", network = "none", detach = true, restart = "no",
              command = { "sh", "-c", "echo out; echo err >&2; exec sleep 60" } }
            local said = docker.exec { container = "rb-life", command = { "/bin/busybox", "sh", "-c", "cat; exit 4" }, stdin = "in", check = false }
            local logs = docker.logs { container = "rb-life" }
            docker.kill { container = "rb-life" }
            local stopped = docker.inspect { name = "rb-life" }.State.Running
            docker.start { container = "rb-life" }
            docker.stop { container = "rb-life", grace = "1s" }
            docker.rm { container = "rb-life", force = true }
            return { id = made.id, said = said.stdout, status = said.status, out = logs.stdout, err = logs.stderr, stopped = stopped }
            """)
        #expect(outcome.message == "")
        let result = outcome.summary.result
        #expect(result["id"].stringValue?.count == 64)
        #expect(result["said"].stringValue == "in")
        #expect(result["status"].integerValue == 4)
        #expect(result["out"].stringValue == "out\n")
        #expect(result["err"].stringValue == "err\n")
        #expect(result["stopped"].booleanValue == false)
    }

    @Test("undo of a stop starts what ran, and nothing else")
    func undoOfStop() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-run:v1" }
            docker.run { image = "rb-run:v1", name = "rb-undo", network = "none", detach = true, command = { "sleep", "60" } }
            """)
        #expect(outcome.message == "")
        let running = await run("docker.stop { container = \"rb-undo\" }", dryRun: .preview)
        #expect(running.summary.plan.first?.undo == "docker start rb-undo")
        _ = await run("docker.kill { container = \"rb-undo\" }")
        let stopped = await run("docker.stop { container = { \"rb-undo\", \"rb-none\" } }", dryRun: .preview)
        #expect(stopped.summary.plan.first?.undo == nil)
        _ = await run("docker.rm { container = \"rb-undo\" }")
    }

    @Test("a registry that does not answer is told by pull and push in docker's words")
    func registry() async throws {
        let run = try run()
        defer { run.remove() }
        let pull = await run("docker.pull { image = \"localhost:1/nothing:1\" }")
        #expect(pull.message.hasPrefix("docker pull localhost:1/nothing:1 exited 1: "))
        #expect(pull.message.contains("connection refused"))
        let push = await run(
            "docker.build { context = \"app\", tag = \"localhost:1/rb:1\" }\ndocker.push { image = \"localhost:1/rb:1\" }"
        )
        #expect(push.message.hasPrefix("docker push localhost:1/rb:1 exited 1: "))
        let absent = await run("docker.push { image = \"rb-nothing:1\" }")
        #expect(absent.message.contains("An image does not exist locally with the tag: rb-nothing"))
    }

    @Test("copies out of and into a container, and lists ports")
    func files() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("note.txt", "hello")
        let outcome = await run(
            """
            docker.build { context = "app", tag = "rb-cp:v1" }
            docker.run { image = "rb-cp:v1", name = "rb-cp-1", network = "none", detach = true, command = { "sleep", "60" } }
            docker.cp { from = "note.txt", to = "rb-cp-1:/note.txt" }
            docker.cp { from = "rb-cp-1:/note.txt", to = "back.txt" }
            local ports = docker.port { container = "rb-cp-1" }
            docker.rm { container = "rb-cp-1", force = true }
            return { back = fs.read("back.txt"), ports = next(ports) == nil }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result["back"].stringValue == "hello")
        #expect(outcome.summary.result["ports"].booleanValue == true)
    }
}
