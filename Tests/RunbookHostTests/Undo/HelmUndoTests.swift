import Foundation
import Testing

@testable import RunbookHost

/// What an undo of helm's writes leaves alone, and what it does not wait for.
@Suite("undo of helm", .enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"), .serialized)
struct HelmUndoTests {
    private static let chart = """
        fs.mkdir("charts/web/templates")
        fs.write { path = "charts/web/Chart.yaml", text = "apiVersion: v2\\nname: web\\nversion: 0.1.0\\n" }
        fs.write { path = "charts/web/values.yaml", text = "fault: ''\\n" }
        fs.write { path = "charts/web/templates/web.yaml", text = [[
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {sim.runbook.dev/fault: {{ .Values.fault | quote }}}}
            spec: {containers: [{name: app, image: "todo:v1"}]}
        ]] }

        """

    private func run(
        first: String, _ lua: String, _ body: (RunSummary, RehearsalRun) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "runbook-helm-undo-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(atPath: folder + "/project", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arena = try await TestArena.start()
        let bench = InverseBench(folder: folder, tools: [try #require(ClusterRun.tools)])
        let run = try await bench.run(
            arena, "run",
            "runbook { name = 'row', on_failure = 'undo' }\nstep('Write', function() \(lua) end)\nfail('after')"
        )
        let begun = try await run.performEarlier(bench.source(Self.chart + first))
        #expect(begun.failure?.message == nil)
        try await body(try await run.perform(FaultScript()).summary, run)
        await arena.stop()
    }

    @Test("a namespace that the upgrade made stays when others use it, and that is said")
    func namespaceInUse() async throws {
        try await run(
            first: "",
            """
            helm.upgrade { release = "web", chart = "./charts/web", namespace = "fresh", create_namespace = true }
            exec.run { "kubectl", "create", "configmap", "theirs", "--namespace", "fresh", "--context", run.context }
            """
        ) { summary, run in
            #expect(summary.exitCode == 5)
            #expect(
                summary.left.first == "release web: the namespace fresh holds objects that this run did not make",
                "\(summary.left)")
            let things = await run.worldState().things
            #expect(things["release/web in fresh"] == nil && things["deployment/web in fresh"] == nil)
            #expect(things["configmap/theirs in fresh"] != nil)
        }
    }

    @Test("a namespace that was there before stays")
    func namespaceOfOthers() async throws {
        try await run(
            first: #"kubectl.ensure_namespace { name = "fresh" }"#,
            #"helm.upgrade { release = "web", chart = "./charts/web", namespace = "fresh", create_namespace = true }"#
        ) { summary, run in
            #expect(summary.exitCode == 4)
            #expect(summary.undone == ["helm uninstall web"])
            #expect(await run.worldState().things["namespace/fresh"] != nil)
        }
    }

    private static let crashing = """
        kubectl.ensure_namespace { name = "shop" }
        helm.upgrade { release = "web", chart = "./charts/web", namespace = "shop", wait = "1m" }
        helm.upgrade { release = "web", chart = "./charts/web", namespace = "shop", values = { fault = "crashloop" } }
        kubectl.wait { resource = "pods", selector = "app=web", condition = "Ready=false", namespace = "shop", check = false, timeout = "5s" }

        """

    @Test("a revision that was not ready before is gone back to without waiting for it")
    func crashing() async throws {
        let start = ContinuousClock.now
        try await run(first: Self.crashing, #"helm.rollback { release = "web", namespace = "shop", revision = 1 }"#) {
            summary, run in
            #expect(summary.exitCode == 4, "\(summary.left)")
            #expect(summary.undone == ["helm rollback web 2, which is not waited for: it was not ready before"])
            let fields = await run.worldState().things["deployment/web in shop"] ?? [:]
            #expect(fields["spec.template.metadata.annotations.sim.runbook.dev/fault"] == "crashloop")
        }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test("one that was ready is waited for, and no longer than two minutes")
    func ready() async throws {
        try await run(
            first: """
                kubectl.ensure_namespace { name = "shop" }
                helm.upgrade { release = "web", chart = "./charts/web", namespace = "shop", wait = "1m" }
                """,
            #"helm.upgrade { release = "web", chart = "./charts/web", namespace = "shop", values = { fault = "crashloop" } }"#
        ) { summary, run in
            #expect(summary.exitCode == 4, "\(summary.left)")
            #expect(summary.undone == ["helm rollback web 1"])
        }
    }
}
