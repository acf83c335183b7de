import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// `minikube` by a stand-in that prints and exits as the real one does.
@Suite("minikube")
struct MinikubeTests {
    private func run(_ name: String = "running") throws -> ModuleRun {
        var run = try ModuleRun(path: [RepositoryFiles.standIns("minikube")])
        run.environment["MINIKUBE_CASE"] = name
        return run
    }

    private func calls(_ run: ModuleRun) -> [String] {
        ((try? String(contentsOfFile: "\(run.folder)/calls", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
    }

    @Test(
        "status exits with a bit mask, which is no error",
        arguments: [
            ("running", true, true, true, true, 0), ("stopped", false, false, false, false, 7),
            ("apiserver-down", false, true, false, true, 2), ("kubeconfig-wrong", false, true, true, false, 4),
        ])
    func status(name: String, running: Bool, host: Bool, kubernetes: Bool, kubeconfig: Bool, code: Int) async throws {
        let run = try run(name)
        defer { run.remove() }
        let result = await run("return minikube.status()").summary.result
        #expect(result["exists"].booleanValue == true)
        #expect(result["running"].booleanValue == running)
        #expect(result["host_ok"].booleanValue == host)
        #expect(result["kubernetes_ok"].booleanValue == kubernetes)
        #expect(result["kubeconfig_ok"].booleanValue == kubeconfig)
        #expect(result["code"].integerValue == Int64(code))
    }

    @Test("status of a missing profile exits 85 with events in place of a status")
    func missingProfile() async throws {
        let run = try run("missing")
        defer { run.remove() }
        let result = await run("return minikube.status { profile = \"nope\" }").summary.result
        #expect(result["exists"].booleanValue == false)
        #expect(result["running"].booleanValue == false)
        #expect(result["code"].integerValue == 85)
        #expect(calls(run) == ["status --output json --skip-audit --profile nope"])
    }

    @Test("status of several nodes is a list")
    func severalNodes() async throws {
        let run = try run("nodes")
        defer { run.remove() }
        let result = await run("return minikube.status()").summary.result
        #expect(result["running"].booleanValue == true)
        #expect(result["nodes"].listValue?.map { $0["name"].stringValue } == ["minikube", "minikube-m02"])
    }

    @Test("status that fails tells the event's message and advice")
    func brokenStatus() async throws {
        let run = try run("broken")
        defer { run.remove() }
        let outcome = await run("return minikube.status()")
        #expect(
            outcome.message == "minikube status --output json --skip-audit exited 80: the state file is corrupt")
        #expect(outcome.remedy == "minikube delete")
    }

    @Test("start is not interactive, shows its warnings and gives the status")
    func start() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "return minikube.start { profile = \"p\", cpus = 4, memory = \"4g\", container_runtime = \"docker\", wait = true }"
        )
        #expect(outcome.summary.result["running"].booleanValue == true)
        #expect(
            calls(run).first
                == "start --output json --interactive=false --profile p --cpus 4 --memory 4g --container-runtime docker --wait=all"
        )
        // Messages, not the JSON that they come in.
        #expect(
            outcome.lines == [
                "minikube v1.38.1 on Debian 12", "minikube skips various validations when --force is supplied",
                "Done! kubectl is now configured to use \"minikube\"",
            ])
        #expect(outcome.notes(.warning) == ["minikube: minikube skips various validations when --force is supplied"])
    }

    @Test("start that fails tells minikube's own message and advice")
    func startFails() async throws {
        let run = try run("no-memory")
        defer { run.remove() }
        let outcome = await run("minikube.start { memory = \"99999\" }")
        #expect(
            outcome.message
                == "minikube start --output json --interactive=false --memory 99999 exited 29: Requested memory allocation 99999MB is more than your system limit 8000MB."
        )
        #expect(outcome.remedy == "Use a smaller value for --memory")
    }

    @Test("an exit code without a message is explained by its tens and its last digit")
    func exitCodes() async throws {
        let run = try run("no-driver")
        defer { run.remove() }
        let outcome = await run("minikube.start {}")
        #expect(
            outcome.message.hasSuffix("exited 50: X Exiting due to DRV_NOT_DETECTED: No possible driver was detected."))
        #expect(outcome.remedy == "minikube's code 50: the driver failed; see `minikube logs`")
        #expect(MinikubeExit.hint(82) == "minikube's code 82: the node did not answer in time; see `minikube logs`")
        #expect(MinikubeExit.hint(1) == nil)
    }

    @Test("a preview of a start tells how the profile stands, and what undoes it")
    func previewOfStart() async throws {
        for (name, summary, undo) in [
            ("stopped", "host Stopped → running", "minikube stop --profile minikube"),
            ("missing", "not there → running", "minikube delete --profile minikube"),
            ("running", "running → running", nil),
        ] {
            let run = try run(name)
            defer { run.remove() }
            let outcome = await run("return minikube.start {}.running", dryRun: .preview)
            #expect(outcome.summary.plan.first?.difference?.summary == summary)
            #expect(outcome.summary.plan.first?.undo == undo)
            #expect(outcome.summary.result.booleanValue == true)
            #expect(!calls(run).contains { $0.hasPrefix("start") })
        }
    }

    @Test("docker_env gives the variables without those that minikube keeps for itself")
    func dockerEnvironment() async throws {
        let run = try run()
        defer { run.remove() }
        let result = await run("return minikube.docker_env()").summary.result
        #expect(result["DOCKER_HOST"].stringValue == "tcp://192.168.49.2:2376")
        #expect(result["MINIKUBE_EXISTING_DOCKER_HOST"].isNil)
    }

    @Test("docker_env says when the runtime is not docker, and what to do")
    func dockerEnvironmentOfContainerd() async throws {
        let run = try run("containerd")
        defer { run.remove() }
        let outcome = await run("minikube.docker_env()")
        #expect(
            outcome.message == "minikube's profile minikube runs containerd, and docker_env needs the docker runtime")
        #expect(
            outcome.remedy
                == "make it with minikube.start { container_runtime = \"docker\" }, or build with docker and use minikube.image_load"
        )
    }

    @Test("docker_env says when there are several nodes")
    func dockerEnvironmentOfNodes() async throws {
        let run = try run("nodes")
        defer { run.remove() }
        let outcome = await run("minikube.docker_env()")
        #expect(outcome.message == "minikube's profile minikube has 2 nodes, and docker_env works with one only")
    }

    @Test("docker_env may restart the node's docker: a preview does not call it, and builds go on with unknown values")
    func dockerEnvironmentInPreview() async throws {
        let run = try run()
        defer { run.remove() }
        try run.write("app/Dockerfile", "FROM scratch\nMAINTAINER me\n")
        let outcome = await run(
            "docker.build { tag = \"x:1\", context = \"app\", env = minikube.docker_env() }", dryRun: .preview)
        #expect(outcome.message == "")
        // The Dockerfile can be checked, whatever the engine will be.
        #expect(
            outcome.summary.plan.last?.difference?.lines == [
                "app/Dockerfile:2: MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
            ])
        #expect(outcome.summary.plan.map(\.object) == ["cluster", "image"])
        #expect(outcome.summary.plan.last?.certainty == .dependent(on: 1))
        #expect(!calls(run).contains { $0.hasPrefix("docker-env") })
    }

    @Test("an image that was loaded is looked for afterwards")
    func imageLoad() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run("return minikube.image_load { image = \"todo-backend:v1\" }")
        #expect(outcome.message == "")
        #expect(outcome.summary.result["id"].stringValue == "bbb222")
        #expect(outcome.summary.result["size"].integerValue == 142_000_000)
        #expect(calls(run).first == "image load todo-backend:v1")
    }

    @Test("image load exits 0 when the image did not arrive: that is an error")
    func imageLoadFails() async throws {
        let run = try run("load-fails")
        defer { run.remove() }
        let outcome = await run("minikube.image_load { image = \"todo-backend:v1\", profile = \"p\" }")
        #expect(
            outcome.message == "image todo-backend:v1 did not arrive in minikube's profile p, though minikube exited 0")
        #expect(outcome.summary.failure?.details.last?.contains("no space left on device") == true)
    }

    @Test("image build is looked for afterwards as well")
    func imageBuild() async throws {
        let run = try run("load-fails")
        defer { run.remove() }
        let outcome = await run("minikube.image_build { tag = \"a:1\", context = \"app\" }")
        #expect(outcome.message == "image a:1 did not arrive in minikube's profile minikube, though minikube exited 0")
    }

    @Test("undo of a load removes an image that was not there before, and nothing else")
    func undoOfLoad() async throws {
        let run = try run()
        defer { run.remove() }
        let first = await run("minikube.image_load { image = \"a:1\" }", dryRun: .preview)
        #expect(first.summary.plan.first?.undo == "minikube image rm a:1")
        _ = await run("minikube.image_load { image = \"a:1\" }")
        let second = await run("minikube.image_load { image = \"docker.io/library/a:1\" }", dryRun: .preview)
        #expect(second.summary.plan.first?.undo == nil)
        #expect(second.summary.plan.first?.difference?.summary == "there already, bbb222")
    }

    @Test("a list of no images is null")
    func noImages() async throws {
        let run = try run("no-images")
        defer { run.remove() }
        #expect(await run("return #minikube.image_ls()").summary.result.integerValue == 0)
    }

    @Test("service_url gives the first address")
    func serviceURL() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "return { minikube.service_url { name = \"web\", namespace = \"todo\" }, minikube.service_urls { name = \"web\" }.urls }"
        )
        #expect(outcome.summary.result.listValue?.first?.stringValue == "http://192.168.49.2:30080")
        #expect(outcome.summary.result.listValue?.last?.listValue?.count == 2)
        #expect(calls(run).first == "service --url --namespace todo web")
    }

    @Test("service --url that holds a tunnel open is ended, and the node's address is given with a hint")
    func serviceTunnel() async throws {
        let run = try run("tunnel")
        defer { run.remove() }
        let start = ContinuousClock.now
        let outcome = await run("return minikube.service_url { name = \"web\", timeout = \"1s\" }")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(outcome.summary.result.stringValue == "http://192.168.49.2:30080")
        #expect(
            outcome.notes(.warning) == [
                "minikube holds a tunnel open to reach web from here; forward a port instead: kubectl port-forward --namespace default service/web 8080:PORT"
            ])
    }

    @Test("service_url of no service is minikube's error")
    func noService() async throws {
        let run = try run("no-service")
        defer { run.remove() }
        let outcome = await run("minikube.service_url { name = \"web\" }")
        #expect(outcome.message.hasSuffix("Service 'web' was not found in 'default' namespace."))
        #expect(outcome.remedy == "minikube's code 115: the service was not found; see `minikube logs`")
    }

    @Test("profile list without a profile exits 80 with an error in place of the list")
    func noProfiles() async throws {
        let run = try run("missing")
        defer { run.remove() }
        #expect(await run("return #minikube.profiles()").summary.result.integerValue == 0)
        let nodes = await run("minikube.nodes()")
        #expect(nodes.message == "minikube has no profile minikube")
    }

    @Test("addons are told by name, and undo sets one back that was not so before")
    func addons() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "minikube.addon_enable { name = \"ingress\" } minikube.addon_enable { name = \"metrics-server\" }",
            dryRun: .preview)
        #expect(outcome.summary.plan.map(\.undo) == ["minikube addons disable ingress", nil])
        #expect(outcome.summary.plan.map { $0.difference?.summary } == ["", "already enabled"])
        let failing = await run("minikube.addon_enable { name = \"nonsense\" }")
        #expect(failing.message.hasSuffix("exited 10: X Exiting due to MK_ADDON_ENABLE: nonsense is not a valid addon"))
    }

    @Test("ssh quotes each argument for the node's shell, and gives the exit code where it is asked for")
    func ssh() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            """
            local said = minikube.ssh { command = { "printf", "%s|", "a b", "$HOME", "it's" }, read = true }
            return { said = said.stdout, status = minikube.ssh { command = { "false" }, check = false }.status }
            """)
        #expect(outcome.summary.result["said"].stringValue == "a b|$HOME|it's|")
        #expect(outcome.summary.result["status"].integerValue == 1)
    }

    @Test("nothing is colourful, and nothing is kept in the audit log")
    func style() {
        let command = MinikubeCommand.query(["status"], Arguments(function: "minikube.status", values: [:]))
        #expect(command.environment["MINIKUBE_IN_STYLE"] == "false")
        #expect(command.argv == ["minikube", "status", "--skip-audit"])
    }

    @Test("a missing minikube is told as such, and a preview goes on")
    func notInstalled() async throws {
        var run = try ModuleRun()
        run.environment["PATH"] = "/nonexistent"
        defer { run.remove() }
        let outcome = await run("minikube.status()")
        #expect(outcome.message == "minikube: command not found")
        #expect(outcome.remedy == "install minikube, or put it on the PATH")
        let preview = await run(
            "if not minikube.status().running then minikube.start {} end", dryRun: .preview)
        #expect(preview.summary.status == .ok)
        #expect(preview.summary.missing == ["minikube: command not found"])
    }
}
