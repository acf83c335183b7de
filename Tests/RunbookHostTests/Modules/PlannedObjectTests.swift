import Testing

@testable import RunbookHost

/// A preview reads what it would have made itself as made.
@Suite("what a preview makes first")
struct PlannedObjectTests {
    @Test("a namespace is made once, as in the run")
    func namespace() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get namespace shop *")
        let twice = #"kubectl.ensure_namespace { name = "shop" }"#
        let preview = await tools.run("\(twice)\nreturn \(twice).created", dryRun: .preview)
        #expect(preview.summary.plan.map(\.object) == ["namespace"])
        #expect(preview.summary.result.booleanValue == false)
    }

    @Test("objects that it makes are unknown and not missing, and are deleted again")
    func objects() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get namespace shop *")
        try tools.answer("kubectl get --filename - *")
        try tools.answer("kubectl get configmap/flags *")
        try tools.answer(
            "kubectl diff *", stderr: "Error from server (NotFound): namespaces \"shop\" not found", status: 1)
        let outcome = await tools.run(
            """
            kubectl.ensure_namespace { name = "shop" }
            kubectl.apply { namespace = "shop", manifest = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "flags" } } }
            local flags = kubectl.get { resource = "cm/flags", namespace = "shop" }
            local maps = kubectl.list { resource = "configmaps", namespace = "shop" }
            kubectl.delete { resource = "configmap/flags", namespace = "shop" }
            return tostring(flags.data.a) .. " " .. tostring(maps[1])
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue?.contains("unknown: kubectl.get") == true)
        #expect(outcome.summary.result.stringValue?.contains("unknown: kubectl.list") == true)
        #expect(
            outcome.summary.plan.map { "\($0.kind.rawValue) \($0.object)" } == [
                "+ namespace", "+ configmap", "- configmap",
            ])
        #expect(outcome.summary.missing.isEmpty)
    }

    @Test("a name that is not known yet makes a call depend on where it comes from, and a read of it unknown")
    func unknownNames() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get namespace shop *")
        try tools.answer("kubectl get --filename - *")
        try tools.answer(
            "kubectl diff *", stderr: "Error from server (NotFound): namespaces \"shop\" not found", status: 1)
        let outcome = await tools.run(
            """
            kubectl.ensure_namespace { name = "shop" }
            kubectl.apply { namespace = "shop", manifest = { apiVersion = "v1", kind = "Pod", metadata = { name = "a" } } }
            local pod = kubectl.list { resource = "pods", namespace = "shop" }[1].metadata.name
            local seen = kubectl.exec { pod = pod, namespace = "shop", command = { "date" }, read = true }
            kubectl.exec { pod = pod, namespace = "shop", command = { "true" } }
            return tostring(seen.stdout)
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue?.contains("unknown: kubectl.list") == true)
        #expect(outcome.summary.plan.count == 3)
        #expect(outcome.summary.plan.last?.certainty == .dependent(on: 2))
    }

    @Test("an image that it builds is there, and a file that it writes")
    func images() async throws {
        var run = try ModuleRun(path: [RepositoryFiles.standIns("no-engine")])
        defer { run.remove() }
        run.environment["BUILDX_CASE"] = ""
        try run.write("app/Dockerfile", "FROM scratch\n")
        let outcome = await run(
            """
            docker.build { context = "app", tag = "x:1" }
            fs.write { path = "notes", text = "a" }
            return docker.exists { image = "x:1" } and fs.exists("notes") and not fs.exists("others")
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.booleanValue == true)
    }

    @Test("a release that it installs is unknown and not missing")
    func releases() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stderr: "Error: release: not found\n", status: 1)
        try tools.answer("helm status todo *", stderr: "Error: release: not found\n", status: 1)
        try tools.answer("helm template todo chart *", stdout: "kind: Service\nmetadata: {name: a}\n")
        let status = #"helm.status { release = "todo", namespace = "shop", missing_ok = true }"#
        let before = await tools.run("return tostring(\(status))", dryRun: .preview)
        #expect(before.summary.result.stringValue == "nil")
        let after = await tools.run(
            """
            helm.upgrade { release = "todo", chart = "chart", namespace = "shop" }
            return tostring(\(status).status)
            """, dryRun: .preview)
        #expect(after.message == "")
        #expect(after.summary.result.stringValue?.contains("unknown: helm.status") == true)
    }

    @Test("an image to which it gives a name has it: what docker would tell of it is unknown")
    func names() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("bin/docker", "#!/bin/sh\necho \"Error: No such object: $*\" >&2\nexit 1\n", mode: 0o755)
        var own = run
        own.environment["PATH"] = "\(run.folder)/bin:/usr/bin:/bin"
        let outcome = await own(
            """
            docker.tag { source = "x:1", target = "x:2" }
            assert(docker.inspect { name = "x:3" } == nil and not docker.exists { image = "x:3" })
            assert(tostring(docker.size { image = "x:2" }):find("unknown: docker.size", 1, true))
            return docker.exists { image = "x:2" } and tostring(docker.inspect { name = "x:2" }.Id)
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue?.contains("unknown: docker.inspect") == true)
    }
}
