import ClusterSim
import Testing

@testable import RunbookHost

/// `kubectl` with the real tool against the simulated cluster.
@Suite(.enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"), .serialized)
struct KubectlClusterTests {
    private static let deployment = """
        local function backend(replicas, image)
          return { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "backend", labels = { app = "backend" } },
            spec = { replicas = replicas, selector = { matchLabels = { app = "backend" } }, template = { metadata = { labels = { app = "backend" } },
              spec = { containers = { { name = "app", image = image or "todo:v1" } } } } } }
        end
        kubectl.ensure_namespace { name = "shop" }
        kubectl.apply { namespace = "shop", manifest = backend(2) }
        kubectl.rollout_status { resource = "deployment/backend", namespace = "shop", timeout = "30s" }

        """

    @Test func aWorkloadLivesThroughItsVerbs() async throws {
        try await ClusterRun.with { cluster in
            let outcome = await cluster(
                Self.deployment + """
                    assert(kubectl.ensure_namespace { name = "shop" }.created == false)
                    assert(#kubectl.list { resource = "pods", namespace = "shop", selector = "app=backend" } == 2)
                    local before = kubectl.scale { resource = "deployment/backend", replicas = 3, namespace = "shop" }.before
                    assert(before == 2, before)
                    kubectl.wait { resource = "deployment/backend", jsonpath = "{.status.readyReplicas}=3", namespace = "shop", timeout = "30s" }
                    local old = kubectl.set_image { resource = "deployment/backend", images = { app = "todo:v2" }, namespace = "shop" }.before
                    assert(old.app == "todo:v1")
                    kubectl.rollout_status { resource = "deployment/backend", namespace = "shop", timeout = "30s" }
                    kubectl.set_env { resource = "deployment/backend", env = { LOG = "debug" }, namespace = "shop" }
                    kubectl.label { resource = "deployment/backend", labels = { tier = "web" }, namespace = "shop" }
                    kubectl.annotate { resource = "deployment/backend", annotations = { ["team/owner"] = "ops" }, namespace = "shop" }
                    kubectl.patch { resource = "deployment/backend", type = "merge", patch = { spec = { paused = true } }, namespace = "shop" }
                    kubectl.rollout_resume { resource = "deployment/backend", namespace = "shop" }
                    kubectl.rollout_restart { resource = "deployment/backend", namespace = "shop" }
                    kubectl.rollout_status { resource = "deployment/backend", namespace = "shop", timeout = "30s" }
                    local d = kubectl.get { resource = "deployment/backend", namespace = "shop" }
                    assert(d.metadata.labels.tier == "web" and d.metadata.annotations["team/owner"] == "ops")
                    assert(d.spec.template.spec.containers[1].env[1].value == "debug")
                    local revisions = kubectl.rollout_history { resource = "deployment/backend", namespace = "shop" }
                    assert(#revisions >= 3 and revisions[1].images[1] == "todo:v1", json.encode(revisions))
                    kubectl.rollout_undo { resource = "deployment/backend", to_revision = 1, namespace = "shop" }
                    assert(kubectl.get { resource = "deployment/backend", namespace = "shop" }.spec.template.spec.containers[1].image == "todo:v1")
                    kubectl.autoscale { resource = "deployment/backend", min = 2, max = 5, cpu = 70, namespace = "shop" }
                    kubectl.expose { resource = "deployment/backend", port = 80, target_port = 8000, namespace = "shop" }
                    assert(kubectl.get { resource = "service/backend", namespace = "shop" }.spec.ports[1].targetPort == 8000)
                    assert(#kubectl.events { namespace = "shop" } > 0)
                    local gone = kubectl.delete { resource = "deployment/backend", namespace = "shop", timeout = "30s" }.deleted
                    assert(gone[1] == "deployment/backend")
                    assert(kubectl.get { resource = "deployment/backend", namespace = "shop", missing_ok = true } == nil)
                    """)
            #expect(
                outcome.message == "",
                "\(outcome.summary.failure?.details ?? []) \(outcome.summary.failure?.site ?? "")")
        }
    }

    @Test func previewsShowRealDifferences() async throws {
        try await ClusterRun.with { cluster in
            let made = await cluster(Self.deployment)
            #expect(made.message == "")
            let preview = await cluster(
                Self.deployment.split(separator: "\n").prefix(5).joined(separator: "\n") + """

                    kubectl.apply { namespace = "shop", manifest = backend(4, "todo:v2") }
                    kubectl.apply { namespace = "shop", manifest = backend(2) }
                    kubectl.patch { resource = "deployment/backend", type = "merge", patch = { spec = { replicas = 5 } }, namespace = "shop" }
                    kubectl.delete { resource = "deployment/backend", namespace = "shop" }
                    """, dryRun: .preview)
            #expect(preview.message == "")
            let plan = preview.summary.plan
            #expect(plan.count == 4)
            #expect(
                plan[0].difference?.lines.contains("    +  replicas: 4") == true,
                "\(String(describing: plan[0].difference))")
            #expect(plan[1].difference?.isEmpty == true)
            #expect(plan[2].difference?.lines == ["spec.replicas  2 → 5"])
            #expect(plan[3].undo == "kubectl create deployment/backend as before")
            let server = await cluster(
                #"kubectl.scale { resource = "deployment/backend", replicas = 3, namespace = "shop" }"#, dryRun: .server
            )
            #expect(server.summary.plan.first?.server == "accepted")
        }
    }

    @Test func aSecretIsSetComparedAndCleaned() async throws {
        try await ClusterRun.with { cluster in
            var cluster = cluster
            cluster.run.environment["PASSWORD"] = "pass \"word\" 'with' quotes"
            let header = #"runbook { name = "t", secrets = { "PASSWORD" } }"# + "\n"
            let first = await cluster(
                header + """
                    kubectl.ensure_namespace { name = "shop" }
                    kubectl.apply { namespace = "shop", text = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: c}\\ndata: {a: x}\\n" }
                    local r = kubectl.ensure_secret { name = "todo", namespace = "shop", from = secrets }
                    assert(r.changed and r.set[1] == "PASSWORD")
                    assert(not kubectl.ensure_secret { name = "todo", namespace = "shop", from = secrets }.changed)
                    local s = kubectl.ensure_secret { name = "todo", namespace = "shop", from = { MORE = "x" }, keep_others = true }
                    assert(s.set[1] == "MORE")
                    assert(kubectl.get { resource = "secret/todo", namespace = "shop", template = "{{len .data}}" } == "2")
                    local t = kubectl.ensure_secret { name = "todo", namespace = "shop", from = secrets }
                    assert(t.removed[1] == "MORE" and t.unchanged[1] == "PASSWORD")
                    assert(kubectl.get { resource = "secret/todo", namespace = "shop", template = "{{len .data}}" } == "1")
                    assert(kubectl.get { resource = "secret/todo", namespace = "shop" }.metadata.annotations == nil)
                    """)
            #expect(first.message == "", "\(first.summary.failure?.details ?? []) \(first.summary.failure?.site ?? "")")
            let text = "\(first.events)"
            #expect(!text.contains("pass \\\"word"))
        }
    }

    @Test func typicalFailuresSayWhatToDo() async throws {
        try await ClusterRun.with { cluster in
            let kind = await cluster(#"kubectl.get { resource = "widgets" }"#)
            #expect(kind.message.hasSuffix("the server doesn't have a resource type \"widgets\""))
            let object = await cluster(#"kubectl.scale { resource = "deployment/nope", replicas = 1 }"#)
            #expect(object.message.contains("deployments.apps \"nope\" not found"))
            let space = await cluster(
                #"kubectl.apply { namespace = "nowhere", text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" }"#
            )
            #expect(space.message.contains("namespaces \"nowhere\" not found"))
            #expect(space.remedy == "make it first: kubectl.ensure_namespace { name = … }")
            var unknown = cluster
            try unknown.run.write("empty", "apiVersion: v1\nkind: Config\n")
            unknown.run.environment["KUBECONFIG"] = cluster.run.folder + "/empty"
            let context = await unknown(#"kubectl.get { resource = "pods" }"#)
            #expect(context.summary.exitCode == 3)
            #expect(context.message == "no kube context is set")
            await cluster.simulator.stop()
            let stopped = await cluster(#"kubectl.get { resource = "pods" }"#)
            #expect(stopped.summary.exitCode == 3)
            #expect(stopped.message.hasPrefix("kubectl: the cluster cannot be used: "))
        }
    }

    /// tools.md 1.5: a preferences file can make `delete` ask, and then do nothing with exit code 0.
    @Test func trapTheUsersPreferencesChangeNothing() async throws {
        try await ClusterRun.with { cluster in
            try cluster.run.write(
                ".kube/kuberc",
                """
                apiVersion: kubectl.config.k8s.io/v1beta1
                kind: Preference
                defaults:
                - command: delete
                  options:
                  - {name: interactive, default: "true"}
                """)
            let outcome = await cluster(
                """
                kubectl.ensure_configmap { name = "c", from = { A = "b" } }
                assert(exec.run({ "kubectl", "delete", "configmap/none", "--ignore-not-found" }).stdout == "")
                kubectl.delete { resource = "configmap/c" }
                return kubectl.get { resource = "configmap/c", missing_ok = true } == nil
                """)
            #expect(outcome.message == "")
            #expect(outcome.summary.result.booleanValue == true)
        }
    }

    @Test func nodesAreClosedAndOpened() async throws {
        try await ClusterRun.with { cluster in
            let outcome = await cluster(
                """
                local node = kubectl.list { resource = "nodes" }[1].metadata.name
                kubectl.cordon { node = node }
                assert(kubectl.get { resource = "node/" .. node }.spec.unschedulable == true)
                kubectl.uncordon { node = node }
                assert(not kubectl.get { resource = "node/" .. node }.spec.unschedulable)
                kubectl.taint { node = node, set = { "disk=slow:PreferNoSchedule" } }
                assert(kubectl.get { resource = "node/" .. node }.spec.taints[1].key == "disk")
                kubectl.taint { node = node, remove = { "disk" } }
                assert(kubectl.contexts().current == "runbook-sim")
                assert(kubectl.version().server)
                assert(kubectl.can_i { verb = "create", resource = "deployments" })
                assert(#kubectl.api_resources { group = "apps" } > 0)
                assert(kubectl.describe { resource = "node/" .. node }:match(node))
                """)
            #expect(outcome.message == "", "\(outcome.summary.failure?.site ?? "")")
        }
    }

    @Test func partsOfAWorkloadAreSetAndTakenBack() async throws {
        try await ClusterRun.with { cluster in
            let made = await cluster(
                Self.deployment + """
                    kubectl.expose { resource = "deployment/backend", port = 80, namespace = "shop" }
                    """)
            #expect(made.message == "")
            let lua = """
                kubectl.set_resources { resource = "deployment/backend", container = "app", requests = { cpu = "100m" }, limits = { memory = "256Mi" }, namespace = "shop" }
                kubectl.set_service_account { resource = "deployment/backend", service_account = "robot", namespace = "shop" }
                kubectl.set_selector { resource = "service/backend", labels = { app = "backend", version = "green" }, namespace = "shop" }

                """
            let preview = await cluster(lua, dryRun: .server)
            #expect(preview.message == "")
            let lines = preview.summary.plan.map { ($0.difference?.lines ?? []).joined(separator: "; ") }
            #expect(lines.first?.contains("limits") == true, "\(lines)")
            #expect(lines.dropFirst().first?.contains("robot") == true, "\(lines)")
            #expect(lines.last?.contains("green") == true, "\(lines)")
            #expect(preview.summary.plan.allSatisfy { $0.server == "accepted" })
            let (outcome, undo, _) = try await cluster.thenBack(
                lua + """
                    local pod = kubectl.get { resource = "deployment/backend", namespace = "shop" }.spec.template.spec
                    assert(pod.containers[1].resources.limits.memory == "256Mi" and pod.containers[1].resources.requests.cpu == "100m")
                    assert(pod.serviceAccountName == "robot")
                    assert(kubectl.get { resource = "service/backend", namespace = "shop" }.spec.selector.version == "green")
                    """)
            #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
            #expect(undo.message == "")
            let after = await cluster(
                """
                local pod = kubectl.get { resource = "deployment/backend", namespace = "shop" }.spec.template.spec
                assert(pod.serviceAccountName == nil and (pod.containers[1].resources or {}).limits == nil, json.encode(pod))
                assert(kubectl.get { resource = "service/backend", namespace = "shop" }.spec.selector.version == nil)
                """)
            #expect(after.message == "")
            let absent = await cluster(
                "kubectl.set_selector { resource = \"service/none\", labels = { a = \"b\" }, namespace = \"shop\" }")
            #expect(absent.message == "service/none is not in the namespace shop")
        }
    }

    @Test func objectsAreReplacedAndPutBack() async throws {
        try await ClusterRun.with { cluster in
            func manifest(_ value: String) -> String {
                "{ manifest = { apiVersion = \"v1\", kind = \"ConfigMap\", metadata = { name = \"flags\" }, data = { dark = \"\(value)\" } }, namespace = \"default\" }"
            }
            let absent = await cluster("kubectl.replace \(manifest("on"))")
            #expect(absent.message.contains("not found"), "\(absent.message)")
            _ = await cluster("kubectl.create \(manifest("on"))")
            let (outcome, undo, _) = try await cluster.thenBack("kubectl.replace \(manifest("off"))")
            #expect(outcome.message == "")
            #expect(undo.message == "")
            let now = await cluster(
                "return kubectl.get { resource = \"configmap/flags\", namespace = \"default\" }.data.dark")
            #expect(now.summary.result.stringValue == "on")
        }
    }

    @Test func theAPIIsReadByItsAddressAndAFolderIsRendered() async throws {
        try await ClusterRun.with { cluster in
            try cluster.run.write("base/kustomization.yaml", "namePrefix: dev-\nresources: [config.yaml]\n")
            try cluster.run.write("base/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\n")
            let outcome = await cluster(
                """
                assert(kubectl.raw { path = "/readyz" } == "ok")
                assert(kubectl.raw { path = "/apis/apps/v1" }.kind == "APIResourceList")
                assert(kubectl.raw { path = "/nothing/here", check = false } == nil)
                assert(kubectl.kustomize { folder = "base", objects = true }[1].metadata.name == "dev-flags")
                kubectl.apply { text = kubectl.kustomize { folder = "base" }, namespace = "default" }
                assert(kubectl.get { resource = "configmap/dev-flags", namespace = "default" })
                local versions = {}
                for _, v in ipairs(kubectl.api_versions()) do versions[v] = true end
                assert(versions["apps/v1"] and versions.v1)
                """)
            #expect(
                outcome.message == "",
                "\(outcome.summary.failure?.details ?? []) \(outcome.summary.failure?.site ?? "")")
            let absent = await cluster("kubectl.raw { path = \"/nothing/here\" }")
            #expect(absent.message.contains("exited 1"), "\(absent.message)")
            #expect(
                await cluster("kubectl.raw { path = \"x\" }").message
                    == "`kubectl.raw`: `path` is \"x\"; it begins with a slash")
            let folder = await cluster("kubectl.kustomize { folder = \"none\" }")
            #expect(folder.message.contains("none"), "\(folder.message)")
            let shell = await cluster("kubectl.shell { pod = \"backend-1\" }")
            #expect(shell.message == "`kubectl.shell` hands the terminal to a person, and this run has none")
        }
    }
}
