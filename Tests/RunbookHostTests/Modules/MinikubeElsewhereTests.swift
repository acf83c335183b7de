import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// `minikube`: registries, settings, nodes and lists, by the same stand-in.
@Suite("minikube, elsewhere")
struct MinikubeElsewhereTests {
    private func run(_ name: String = "running") throws -> ModuleRun {
        var run = try ModuleRun(path: [RepositoryFiles.standIns("minikube")])
        run.environment["MINIKUBE_CASE"] = name
        return run
    }

    private func calls(_ run: ModuleRun) -> [String] {
        ((try? String(contentsOfFile: "\(run.folder)/calls", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
    }

    @Test("trap: image pull and tag exit 0 when nothing arrived, and save when nothing was written")
    func trapImagesThatDoNotArrive() async throws {
        let run = try run("load-fails")
        defer { run.remove() }
        #expect(await run("minikube.image_pull { image = \"todo:v1\" }").message.contains("todo:v1"))
        #expect(
            await run("minikube.image_save { image = \"todo:v1\", file = \"todo.tar\" }").message
                == "minikube image save exited 0, and there is no file todo.tar")
        #expect(await run("minikube.image_push { image = \"todo:v1\" }").message.contains("exited 80"))
    }

    @Test("images are pulled, tagged, saved and pushed")
    func registry() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            assert(minikube.image_pull { image = "todo:v1" }.size == 142000000)
            assert(minikube.image_tag { source = "todo:v1", target = "todo:stable" } == "todo:stable")
            assert(minikube.image_save { image = "todo:v1", file = "todo.tar" } == "todo.tar" and fs.exists("todo.tar"))
            minikube.image_push { image = "todo:v1" }
            """)
        #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
        #expect(calls(run).contains("image tag todo:v1 todo:stable"))
    }

    @Test("a list of no services is null, and one without a node port has no address")
    func services() async throws {
        let run = try run()
        defer { run.remove() }
        let services = await run("return minikube.services { namespace = \"shop\" }").summary.result.listValue ?? []
        #expect(services.map { $0["name"].stringValue } == ["kubernetes", "web"])
        #expect(services.first?["urls"].listValue?.isEmpty == true)
        #expect(services.last?["urls"].listValue?.first?.stringValue == "http://192.168.49.2:30080")
        let none = try self.run("no-services")
        defer { none.remove() }
        #expect(await none("return #minikube.services()").summary.result.integerValue == 0)
    }

    @Test("settings are read, changed and given back")
    func settings() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            assert(minikube.config_get { name = "memory" } == nil)
            minikube.config_set { name = "memory", value = "4g" }
            assert(minikube.config_get { name = "memory" } == "4g")
            minikube.config_unset { name = "memory" }
            assert(minikube.config_get { name = "memory" } == nil)
            """)
        #expect(outcome.message == "")
        let preview = await run(
            "minikube.config_set { name = \"memory\", value = \"4g\" }", dryRun: .preview)
        #expect(preview.summary.plan.first?.undo == "minikube config unset memory")
        #expect(await run("minikube.config_set { name = \"nonsense\", value = \"1\" }").message.contains("exited 80"))
    }

    @Test("nodes are added, stopped, started and removed; files go to them")
    func nodes() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("ca.pem", "x")
        let outcome = await run(
            """
            minikube.node_add { control_plane = true, profile = "p" }
            minikube.node_stop { node = "m02" }
            minikube.node_start { node = "m02" }
            minikube.node_delete { node = "m02" }
            minikube.cp { from = "ca.pem", to = "minikube:/etc/ca.pem" }
            assert(minikube.addon_images { name = "ingress" }[1].registry == "registry.k8s.io")
            """)
        #expect(outcome.message == "")
        #expect(calls(run).contains("node add --profile p --control-plane"))
        let preview = await run("minikube.node_stop { node = \"m02\" }", dryRun: .preview)
        #expect(preview.summary.plan.first?.undo == "minikube node start m02")
        #expect(await run("minikube.cp { from = \"none\", to = \"minikube:/x\" }").message.contains("no such file"))
        let none = try self.run("no-node")
        defer { none.remove() }
        let missing = await none("minikube.node_stop { node = \"m09\" }")
        #expect(missing.message.contains("exited 85"))
        #expect(missing.remedy == "minikube's code 85: the node was not found; see `minikube logs`")
    }

    @Test("addons images of an addon that is not there prints prose and exits 0: that is an error")
    func trapAddonImages() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("minikube.addon_images { name = \"nonsense\" }")
        #expect(outcome.message.contains("exited 0"))
        #expect(outcome.summary.failure?.details.joined().contains("is not found") == true)
    }
}
