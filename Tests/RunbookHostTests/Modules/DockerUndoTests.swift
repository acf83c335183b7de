import Foundation
import RunbookLua
import RunbookSecrets
import RunbookTestSupport
import Synchronization
import Testing

@testable import RunbookHost

/// What takes writes back does so: the inverses are carried out.
@Suite("undo of docker and minikube")
struct DockerUndoTests {
    private struct Nobody: Prompter, HTTPSender {
        func ask(_ prompt: Prompt) async throws -> String { "no" }
        func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer { HTTPAnswer(status: 404) }
    }

    private func live(_ run: ModuleRun) -> LiveWorld {
        LiveWorld(
            settings: .init(folder: run.folder, environment: run.environment, privateFolder: "\(run.folder)/private"),
            vault: SecretVault(), prompts: Nobody(), http: Nobody())
    }

    @Test(
        "an engine is as it was: images, names, containers, volumes",
        .enabled(if: DockerEngine.isAvailable))
    func engine() async throws {
        var run = try ModuleRun()
        run.environment["DOCKER_HOST"] = DockerEngine.host
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT [\"/bin/busybox\"]\n")
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: "\(run.folder)/app/busybox")
        let before = await run(
            """
            docker.build { context = "app", tag = "rb-back:v1" }
            docker.save { image = "rb-back:v1", file = "v1.tar" }
            return docker.inspect { name = "rb-back:v1", type = "image" }.Id
            """)
        let recorder = UndoRecorder()
        run.wrap = { world, _ in recorder.wrap(world) }
        try run.write("app/Dockerfile", "FROM scratch\nCOPY busybox /bin/other\n")
        let outcome = await run(
            """
            docker.build { context = "app", tag = { "rb-back:v1", "rb-back:new" } }
            docker.load { file = "v1.tar" }
            docker.tag { source = "rb-back:v1", target = "rb-back:stable" }
            docker.rmi { image = "rb-back:stable" }
            docker.volume_create { name = "rb-back-volume", labels = { keep = "1" } }
            docker.run { image = "rb-back:v1", name = "rb-back-container", network = "none", detach = true, command = { "sleep", "60" } }
            docker.kill { container = "rb-back-container" }
            """)
        #expect(outcome.message == "")
        #expect(recorder.summaries.count == 7)
        let failed = try await recorder.undo(in: live(run), inherited: DockerCommand.inherited)
        #expect(failed == [])
        run.wrap = { world, _ in world }
        let after = await run(
            """
            return { id = docker.inspect { name = "rb-back:v1", type = "image" }.Id,
              new = docker.exists { image = "rb-back:new" }, stable = docker.exists { image = "rb-back:stable" },
              containers = #docker.ps { all = true, filters = { name = "rb-back" } },
              volumes = #docker.volumes { filters = { name = "rb-back" } } }
            """)
        #expect(after.summary.result["id"].stringValue == before.summary.result.stringValue)
        #expect(after.summary.result["new"].booleanValue == false)
        #expect(after.summary.result["stable"].booleanValue == false)
        for kind in ["containers", "volumes"] {
            #expect(after.summary.result[kind].integerValue == 0, "\(kind)")
        }
    }

    @Test("a simulated machine is as it was: profile, images in the node, addons, and the node's own engine")
    func simulated() async throws {
        let machine = SimulatedMachine()
        var run = try ModuleRun()
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM alpine\n")
        let recorder = UndoRecorder()
        let tools = Mutex<(any World)?>(nil)
        run.wrap = { world, _ in
            let simulated = SimulatedTools(base: world, machine: machine)
            tools.withLock { $0 = simulated }
            return recorder.wrap(simulated)
        }
        let outcome = await run(
            """
            docker.build { context = "app", tag = "a:1" }
            minikube.image_load { image = "a:1" }
            docker.build { context = "app", tag = "b:1", env = minikube.docker_env() }
            minikube.addon_enable { name = "ingress" }
            minikube.addon_enable { name = "storage-provisioner" }
            minikube.start { profile = "second" }
            minikube.stop()
            """)
        #expect(outcome.message == "")
        #expect(
            recorder.summaries == [
                "docker rmi a:1", "minikube image rm a:1", "docker rmi b:1", "minikube addons disable ingress",
                "minikube delete --profile second", "minikube start --profile minikube",
            ])
        #expect(machine.imageIsPresent("a:1") && machine.imageIsPresent("b:1"))
        let world = try #require(tools.withLock { $0 })
        #expect(try await recorder.undo(in: world, inherited: []) == [])
        #expect(!machine.imageIsPresent("a:1"))
        #expect(!machine.imageIsPresent("b:1"))
        let after = await run("return { minikube.status().running, minikube.addons().ingress, #minikube.profiles() }")
        #expect(after.summary.result.listValue?[0].booleanValue == true)
        #expect(after.summary.result.listValue?[1].booleanValue == false)
        #expect(after.summary.result.listValue?[2].integerValue == 1)
    }
}
