import ClusterSim
import RunbookLua
import Testing

@testable import RunbookHost

/// What takes writes back, carried out with the real tools: afterwards the cluster is as it was.
@Suite(.enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"), .serialized)
struct KubectlUndoTests {
    private static let setUp = """
        kubectl.ensure_namespace { name = "shop" }
        kubectl.apply { namespace = "shop", text = [[
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: backend, labels: {app: backend, tier: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: backend}}
          template:
            metadata: {labels: {app: backend}}
            spec: {containers: [{name: app, image: "todo:v1", env: [{name: LOG, value: info}]}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: flags}
        data: {DARK: "on"}
        ]] }
        kubectl.ensure_secret { name = "todo", namespace = "shop", from = { A = "first value" } }
        kubectl.rollout_status { resource = "deployment/backend", namespace = "shop", timeout = "30s" }
        """

    private static let state = """
        local d = kubectl.get { resource = "deployment/backend", namespace = "shop" }
        local function map(kind, name)
          local object = kubectl.get { resource = kind, name = name, namespace = "shop", missing_ok = true, template = "{{range $k, $v := .data}}{{$k}}={{$v}};{{end}}" }
          return object
        end
        d.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        d.metadata.annotations["deployment.kubernetes.io/revision"] = nil
        d.spec.template.metadata.annotations = nil
        return json.encode({ d.metadata.labels, d.metadata.annotations, d.spec, map("configmap", "flags") or "", map("secret", "todo") or "",
          map("configmap", "new") or "none", tostring(kubectl.get { resource = "service/backend", namespace = "shop", missing_ok = true } == nil) })
        """

    @Test(arguments: [
        #"kubectl.scale { resource = "deployment/backend", replicas = 4, namespace = "shop" }"#,
        #"kubectl.set_image { resource = "deployment/backend", images = { app = "todo:v2" }, namespace = "shop" }"#,
        #"kubectl.set_env { resource = "deployment/backend", env = { LOG = false, MORE = "x" }, namespace = "shop" }"#,
        #"kubectl.label { resource = "deployment/backend", labels = { tier = "db", extra = "x" }, namespace = "shop" }"#,
        #"kubectl.annotate { resource = "deployment/backend", annotations = { ["a/b"] = "x" }, namespace = "shop" }"#,
        #"kubectl.patch { resource = "deployment/backend", patch = { spec = { minReadySeconds = 7 } }, namespace = "shop" }"#,
        #"kubectl.rollout_restart { resource = "deployment/backend", namespace = "shop" }"#,
        #"kubectl.rollout_pause { resource = "deployment/backend", namespace = "shop" }"#,
        #"kubectl.delete { resource = "configmap/flags", namespace = "shop" }"#,
        #"kubectl.delete { resource = "secret/todo", namespace = "shop" }"#,
        #"kubectl.ensure_secret { name = "todo", namespace = "shop", from = { A = "second value", B = "more" } }"#,
        #"kubectl.ensure_secret { name = "todo", namespace = "shop", from = { B = "other" } }"#,
        #"kubectl.ensure_configmap { name = "flags", namespace = "shop", from = { DARK = "off", LIGHT = "on" } }"#,
        #"kubectl.ensure_configmap { name = "new", namespace = "shop", from = { A = "b" } }"#,
        #"kubectl.expose { resource = "deployment/backend", port = 80, namespace = "shop" }"#,
        #"kubectl.apply { namespace = "shop", text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {DARK: never, X: z}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n" }"#,
    ]) func isAsItWas(write: String) async throws {
        try await ClusterRun.with { cluster in
            let made = await cluster(Self.setUp)
            try #require(made.message == "")
            let before = await cluster(Self.state)
            let (outcome, undo, inverses) = try await cluster.thenBack(write)
            #expect(outcome.message == "")
            #expect(inverses.count == 1)
            #expect(undo.message == "")
            let after = await cluster(Self.state)
            #expect(before.message == "")
            #expect(after.summary.result.stringValue == before.summary.result.stringValue)
            #expect(inverses.first?.isTransient == write.contains("secret"))
        }
    }

    @Test func goingBackToARevisionIsTakenBack() async throws {
        try await ClusterRun.with { cluster in
            let made = await cluster(
                Self.setUp + """

                    kubectl.set_image { resource = "deployment/backend", images = { app = "todo:v2" }, namespace = "shop" }
                    kubectl.rollout_status { resource = "deployment/backend", namespace = "shop", timeout = "30s" }
                    """)
            #expect(made.message == "")
            let (outcome, undo, _) = try await cluster.thenBack(
                #"return kubectl.rollout_undo { resource = "deployment/backend", to_revision = 1, namespace = "shop" }.from"#
            )
            #expect(outcome.summary.result.integerValue == 2)
            #expect(undo.message == "")
            let image = await cluster(
                #"return kubectl.get { resource = "deployment/backend", namespace = "shop" }.spec.template.spec.containers[1].image"#
            )
            #expect(image.summary.result.stringValue == "todo:v2")
        }
    }

    @Test func aNamespaceThatTheRunMadeGoesAgain() async throws {
        try await ClusterRun.with { cluster in
            let (outcome, undo, inverses) = try await cluster.thenBack(#"kubectl.ensure_namespace { name = "fresh" }"#)
            #expect(outcome.message == "")
            #expect(inverses.first?.guards.first?.expected == "")
            #expect(undo.message == "")
            let gone = await cluster(#"return kubectl.get { resource = "namespace/fresh", missing_ok = true } == nil"#)
            #expect(gone.summary.result.booleanValue == true)
        }
    }
}
