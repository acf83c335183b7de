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
}
