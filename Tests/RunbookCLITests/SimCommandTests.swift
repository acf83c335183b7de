import Foundation
import Testing

/// `runbook sim`.
@Suite("sim")
struct SimCommandTests {
    @Test(
        "the first line is a private kubeconfig, which goes when the program is told to end",
        arguments: [SIGTERM, SIGINT])
    func life(_ signal: Int32) throws {
        let bench = try Bench()
        defer { bench.remove() }
        let program = try Started(bench, ["sim"], directory: ".")
        #expect(program.waits { $0.contains("\n") })
        let path = try #require(program.printed.split(separator: "\n").first.map(String.init))
        #expect(path.hasPrefix(bench.folder + "/tmp/"))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("runbook-sim"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        program.send(signal)
        let result = try program.wait()
        #expect(result.status == 0)
        #expect(result.out == path + "\n")
        #expect(result.errors.contains("context runbook-sim; try: KUBECONFIG=\(path) kubectl get nodes"))
        #expect(try bench.files().isEmpty)
    }

    @Test(
        "what it cannot do",
        arguments: [
            (["--fault", "nope"], "unknown fault \"nope\"; known faults: crashloop, "),
            (["--snapshot", "nowhere"], "nowhere/objects.json: cannot be read"),
            (["--port", "many"], "Error: The value 'many' is invalid for '--port <port>'"),
        ])
    func wrong(_ arguments: [String], _ message: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        let result = try bench.run(list: ["sim"] + arguments)
        #expect(result.status == 2)
        #expect(result.out == "")
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
    }

    @Test("a fault of a name that nothing has is told of, with the names that there were")
    func unmet() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "deploy.lua",
            """
            runbook {}
            kubectl.apply { text = [[
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop-web}
            spec:
              selector: {matchLabels: {app: a}}
              template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: busybox}]}}
            ]] }
            """)
        let slip = try bench.run(
            list: [
                "deploy.lua", "--sim", "--fault", "crashloop:deployment/web", "--fault", "oom:deploy/shop-web",
                "--fault",
                "oom:job/once", "--fault", "api-429:pods:1",
            ])
        #expect(slip.status == 0, "\(slip.errors)")
        let warnings = slip.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(
            warnings == [
                "warning: the fault crashloop:deployment/web has met nothing; there was deployment/shop-web",
                "warning: the fault oom:job/once has met nothing; there was none of its kind",
            ])
    }

    @Test("minikube's addon brings the metrics, and takes them away")
    func metrics() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "metrics.lua",
            """
            runbook {}
            local function nodes()
              return exec.run({ "kubectl", "top", "nodes", "--no-headers" }, { check = false, read = true })
            end
            minikube.start {}
            print(nodes().stderr)
            minikube.addon_enable { name = "metrics-server" }
            print(nodes().stdout:match("^%S+"))
            minikube.addon_disable { name = "metrics-server" }
            print(nodes().status)
            """)
        let result = try bench.run("metrics.lua", "--sim", "--yes")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.out == "error: Metrics API not available\n\nminikube\n1\n", "\(result.errors)")
    }

    @Test("--sim points a run at a cluster of its own, and leaves nothing behind")
    func run() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.standIn("kubectl", "grep -c current-context \"$KUBECONFIG\"; echo \"$*\"")
        try bench.write(
            "where.lua",
            "runbook {}\nprint(run.context)\nprint(exec.run({ \"kubectl\", \"get\", \"pods\" }, { read = true }).stdout)\n"
        )
        let result = try bench.run("where.lua", "--sim")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.out == "runbook-sim\n1\nget pods\n\n")
        #expect(try bench.files().filter { $0.hasPrefix("tmp/") }.isEmpty)
    }
}
