import Foundation
import Testing

/// `runbook diagnose.lua` with the real kubectl on simulated clusters.
@Suite("diagnose", .serialized)
struct DiagnoseTests {
    /// A bench whose PATH has the real kubectl, and the shipped runbooks.
    private func bench() throws -> Bench {
        var bench = try Bench()
        bench.environment["PATH"] = "\(bench.folder)/bin:\(Program.root)/.tools/bin:\(Bench.systemPath)"
        bench.environment["RUNBOOK_PATH"] = "\(Program.root)/runbooks"
        return bench
    }

    private func snapshot(_ name: String) -> String { "\(Program.root)/Tests/Fixtures/cluster-snapshots/\(name)" }

    /// Starts `runbook sim` on a recorded namespace; the program and its kubeconfig.
    private func serve(_ name: String, _ bench: Bench) throws -> (Started, String) {
        let program = try Started(bench, ["sim", "--snapshot", snapshot(name), "--speed", "20"], directory: ".")
        #expect(program.waits { $0.contains("\n") })
        return (program, try #require(program.printed.split(separator: "\n").first.map(String.init)))
    }

    private func summary(_ result: JSON) -> [String] {
        result["findings"].list.map { "\($0["class"].text ?? "") \($0["object"].text ?? "")" }
    }

    @Test("what cannot be read ends with 3 and one line")
    func outOfReach() throws {
        var bench = try bench()
        defer { bench.remove() }
        let (server, kubeconfig) = try serve("healthy", bench)
        defer { server.stop() }
        bench.environment["KUBECONFIG"] = kubeconfig
        let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
        let away = text.replacing(#/127\.0\.0\.1:\d+/#, with: "127.0.0.1:1")
        let unreachable = try bench.write("away", away)
        let cases = [
            (["--context", "nada"], kubeconfig, "the kube context does not exist: "),
            (["-p", "namespace=nope"], kubeconfig, "the namespace nope does not exist"),
            (["-p", "namespace=healthy"], unreachable, "the cluster is not reachable: "),
            (["-p", "namespace=healthy"], "\(bench.folder)/none", "no kube context is set"),
        ]
        for (arguments, config, message) in cases {
            bench.environment["KUBECONFIG"] = config
            let result = try bench.run(list: ["diagnose.lua", "--output", "json"] + arguments)
            let error = try result.json()["error"]["message"].text ?? ""
            #expect(result.status == 3, "\(result.errors)")
            #expect(error.hasPrefix(message) && !error.contains("\n"), "\(error)")
            let shown = try bench.run(list: ["diagnose.lua"] + arguments)
            #expect(!shown.errors.contains("Where"), "no line of what ships: \(shown.errors)")
        }
        bench.environment["KUBECONFIG"] = kubeconfig
        try bench.write(
            "own.lua",
            "runbook { name = 'own' }\nlocal cluster = require 'diagnose.cluster'\nlocal found = cluster.collect { namespace = 'nope' }\n"
        )
        let own = try bench.run("own.lua")
        #expect(own.status == 3)
        #expect(own.errors.contains("  Where    own.lua:3\n"), "\(own.errors)")
    }

    @Test("contexts stand side by side")
    func contexts() throws {
        var bench = try bench()
        defer { bench.remove() }
        let (first, one) = try serve("missing-secret", bench)
        let (second, two) = try serve("oomkilled", bench)
        defer { for server in [first, second] { server.stop() } }
        for (name, path) in [("one", one), ("two", two)] {
            let text = try String(contentsOfFile: path, encoding: .utf8).replacing("runbook-sim", with: name)
            try bench.write(name, text)
        }
        bench.environment["KUBECONFIG"] = "\(bench.folder)/one:\(bench.folder)/two"
        let result = try bench.run(
            "diagnose.lua", "-p", "contexts=one,two", "-p", "all_namespaces=true", "--output", "json")
        #expect(result.status == 1, "\(result.errors)")
        let found = try result.json()["result"]
        #expect(summary(found) == ["missing-config deployment/backend", "oom-killed deployment/backend"])
        #expect(found["findings"].list.map { $0["context"].text } == ["one", "two"])
        #expect(found["findings"].list.map { $0["namespace"].text } == ["missing-secret", "oomkilled"])
    }

    @Test("a repair is carried out, looked at, and taken back")
    func repair() throws {
        var bench = try bench()
        defer { bench.remove() }
        let (server, kubeconfig) = try serve("oomkilled", bench)
        defer { server.stop() }
        bench.environment["KUBECONFIG"] = kubeconfig
        try bench.write(
            "limit.lua",
            """
            runbook {}
            local object = kubectl.get { resource = "deployment", name = "backend", namespace = "oomkilled" }
            return object.spec.template.spec.containers[1].resources.limits.memory
            """)
        func limit() throws -> String? { try bench.run("limit.lua", "--output", "json").json()["result"].text }
        #expect(try limit() == "24Mi")
        let repaired = try bench.run(
            "diagnose.lua", "-p", "namespace=oomkilled", "-p", "fix=true", "--yes", "--output", "json")
        let document = try repaired.json()
        #expect(
            document["steps"][0]["name"].text == "Raise the memory limit of deployment/backend, container app, to 48Mi")
        // What was recorded needs more than that: the second look is at the changed workload.
        #expect(repaired.status == 1, "\(repaired.errors)")
        #expect(document["result"]["findings"][0]["evidence"][0].text == "memory limit 48Mi")
        #expect(try limit() == "48Mi")
        let undone = try bench.run("undo", try #require(document["run"].text), "--yes")
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try limit() == "24Mi")
    }

    @Test("a refused repair changes nothing")
    func refused() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run(
            "diagnose.lua", "--sim=\(snapshot("oomkilled"))", "-p", "namespace=oomkilled", "-p", "fix=true")
        #expect(result.status == 6, "\(result.errors)")
    }

    @Test(
        "a bundle opens as the cluster that it was made of",
        arguments: ["init-migration-failing", "missing-configmap-key"])
    func bundle(_ name: String) throws {
        let bench = try bench()
        defer { bench.remove() }
        func diagnose(_ folder: String, _ more: String...) throws -> JSON {
            try bench.run(
                list: ["diagnose.lua", "--sim=\(folder)", "-p", "namespace=\(name)", "--output", "json"] + more
            ).json()["result"]
        }
        let first = try diagnose(snapshot(name), "-p", "bundle=kept", "--yes")
        #expect(["kept/logs.json", "kept/objects.json", "kept/report.md"].allSatisfy(bench.exists))
        let second = try diagnose("kept")
        #expect(summary(first) == summary(second))
        #expect(first["findings"][0]["message"].text == second["findings"][0]["message"].text)
        #expect(first["findings"][0]["evidence"].texts == second["findings"][0]["evidence"].texts)
    }

    @Test("a second opinion stands beside the findings, and its lack is said")
    func opinion() throws {
        var bench = try bench()
        defer { bench.remove() }
        bench.environment["PATH"] =
            "\(Program.root)/Tests/Fixtures/stand-ins/claude:" + bench.environment["PATH", default: ""]
        bench.environment["ANTHROPIC_API_KEY"] = "k"
        let arguments = [
            "diagnose.lua", "--sim=\(snapshot("oomkilled"))", "-p", "namespace=oomkilled", "-p", "ai=true", "--output",
            "json",
        ]
        let asked = try bench.run(list: arguments).json()["result"]
        #expect(asked["opinion"]["tool"].text == "claude")
        #expect(asked["opinion"]["text"].text?.contains("more memory than its limit") == true)
        #expect(summary(asked) == ["oom-killed deployment/backend"])
        #expect(bench.read("prompt")?.contains("error oom-killed deployment/backend") == true)
        bench.environment["CLAUDE_CASE"] = "api-error"
        let failed = try bench.run(list: arguments).json()["result"]
        #expect(summary(failed) == summary(asked))
        #expect(
            failed["notes"].texts.contains { $0.hasPrefix("no second opinion: claude: ") }, "\(failed["notes"].texts)")
    }

    @Test("watching tells what is new, until it is stopped")
    func watch() throws {
        var bench = try bench()
        defer { bench.remove() }
        let server = try Started.simulator(&bench, ["--speed", "20"])
        defer { server.stop() }
        try bench.write(
            "crash.lua",
            """
            runbook {}
            exec.run { "kubectl", "create", "deployment", "bad", "--image=busybox:1.36", "--", "sh", "-c", "echo boom; exit 1" }
            """)
        let program = try Started(
            bench, ["diagnose.lua", "-p", "namespace=default", "-p", "watch=true", "-p", "every=1s"], directory: ".")
        #expect(program.waits { $0.contains("nothing is wrong") })
        let made = try bench.run("crash.lua", "--yes")
        #expect(made.status == 0, "\(made.errors)")
        #expect(program.waits { $0.contains("+ deployment/bad   container crashes") }, "\(program.printed)")
        program.send(SIGINT)
        #expect(try program.wait().status == 130)
    }
}
