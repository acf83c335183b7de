import Foundation
import Testing

/// A deployment that fails names its cause, whatever it was and however the tools were called.
@Suite("the cause of a failed deployment", .serialized)
struct FailureCauseTests {
    private static func deployment(_ more: String = "", namespace: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: backend\(namespace.isEmpty ? "" : ", namespace: " + namespace)}
        spec:
          replicas: 1
          minReadySeconds: 20
          selector: {matchLabels: {app: backend}}
          template:
            metadata: {labels: {app: backend}}
            spec: {containers: [{name: app, image: "todo:v1"\(more)}]}

        """
    }

    private static func runbook(_ deploy: String, params: String = "") -> String {
        """
        runbook { name = "deploy"\(params) }
        step("Namespace", function() kubectl.ensure_namespace { name = "shop" } end)
        step("Deploy", function()
          \(deploy)
          exec.run({ "kubectl", "rollout", "status", "deployment/backend", "--namespace", "shop", "--context", run.context, "--timeout", "5s" }, { read = true })
        end)
        """
    }

    private func causes(
        _ runbook: String, _ arguments: String..., files: [String: String] = [:]
    ) throws -> (causes: [String], outcome: DurableSandbox.Outcome) {
        let sandbox = try DurableSandbox()
        try sandbox.write("deploy.lua", runbook)
        for (name, text) in files { try sandbox.write(name, text) }
        let outcome = try sandbox.start(["deploy.lua", "--sim", "--output", "json"] + arguments).wait()
        #expect(outcome.code == 1, "\(outcome.stderr)")
        let error = outcome.json["error"] as? [String: Any]
        return (error?["causes"] as? [String] ?? [], outcome)
    }

    @Test(
        "what was applied by hand is diagnosed where its words, its manifest, or else the run say that it stands",
        arguments: [
            (#""--filename", "plain.yaml", "--namespace", "shop""#, ""),
            (#""--filename=plain.yaml", "-nshop""#, ""), (#""-f", "named.yaml""#, ""),
            (
                #""-f", "plain.yaml", "--namespace", "sh".."op""#,
                ", params = { namespace = { type = \"string\", default = \"shop\" } }"
            ),
        ])
    func byHand(arguments: String, params: String) throws {
        let apply = #"exec.run { "kubectl", "apply", "--context", run.context, \#(arguments) }"#
        let text = Self.runbook(apply, params: params).replacing(
            "kubectl.ensure_namespace { name = \"shop\" }",
            with: #"exec.run({ "kubectl", "create", "namespace", "shop", "--context", run.context })"#)
        let found = try causes(
            text, "--fault", "crashloop:deployment/backend",
            files: ["plain.yaml": Self.deployment(), "named.yaml": Self.deployment(namespace: "shop")])
        #expect(
            found.causes.first?.hasPrefix("deployment/backend: container app ") == true,
            "\(found.causes) \(found.outcome.stderr)")
    }

    @Test("a chart that was installed by hand, by helm or by a shell that calls it")
    func chartByHand() throws {
        for call in [
            #"exec.run { "helm", "upgrade", "--install", "web", "./chart", "-n", "shop", "--kube-context", run.context }"#,
            #"exec.run { "sh", "-c", "helm upgrade --install web ./chart -n shop --kube-context " .. run.context }"#,
        ] {
            let sandbox = try DurableSandbox()
            try FileManager.default.createDirectory(
                atPath: sandbox.path("chart/templates"), withIntermediateDirectories: true)
            try sandbox.write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
            try sandbox.write("chart/templates/d.yaml", Self.deployment())
            try sandbox.write(
                "deploy.lua",
                Self.runbook(call).replacing(
                    "kubectl.ensure_namespace { name = \"shop\" }",
                    with: #"exec.run({ "kubectl", "create", "namespace", "shop", "--context", run.context })"#))
            let outcome = try sandbox.run(
                "deploy.lua", "--sim", "--output", "json", "--fault", "image-pull:deployment/backend")
            let causes = (outcome.json["error"] as? [String: Any])?["causes"] as? [String] ?? []
            #expect(causes.first?.hasPrefix("deployment/backend: ") == true, "\(outcome.stderr)")
        }
    }

    @Test(
        "probes",
        arguments: [
            ("liveness", "periodSeconds: 1, failureThreshold: 2", "its liveness probe"),
            ("liveness", "periodSeconds: 10, failureThreshold: 2", "its liveness probe"),
            ("startup", "periodSeconds: 1, failureThreshold: 2", "its startup probe"),
            ("startup", "periodSeconds: 10, failureThreshold: 9", "its startup probe"),
            ("readiness", "periodSeconds: 2", "its readiness probe"),
        ])
    func probes(kind: String, timing: String, words: String) throws {
        let probe = ", \(kind)Probe: {httpGet: {path: /, port: 80}, \(timing)}"
        let apply = "kubectl.apply { namespace = \"shop\", text = [[\(Self.deployment(probe))]] }"
        let found = try causes(Self.runbook(apply), "--fault", "\(kind):deployment/backend")
        #expect(
            found.causes.first?.hasPrefix("deployment/backend: container app ") == true
                && found.causes.first?.contains(words) == true, "\(found.causes) \(found.outcome.stderr)")
    }

    @Test("a quota: where it keeps pods from being made, and where it refuses the object itself")
    func quota() throws {
        func quota(_ hard: String) -> String {
            "kubectl.apply { namespace = \"shop\", text = [[{apiVersion: v1, kind: ResourceQuota, metadata: {name: small}, spec: {hard: {\(hard)}}}]] }\n"
        }
        let apply = "kubectl.apply { namespace = \"shop\", text = [[\(Self.deployment())]] }"
        let pods = try causes(Self.runbook(quota("pods: 0") + apply))
        #expect(pods.causes.first?.contains("exceeded quota: small") == true, "\(pods.causes) \(pods.outcome.stderr)")
        let objects = try causes(
            Self.runbook(
                quota("count/deployments.apps: 0") + apply))
        #expect(
            objects.causes.first?.contains("exceeded quota: small") == true,
            "\(objects.causes) \(objects.outcome.stderr)")
    }

    @Test(
        "the cluster itself",
        arguments: [
            ("api-429:deployments", "the cluster's API server takes no more requests for now (429): "),
            ("api-500:deployments", "the cluster's API server fails (500): "),
            ("api-500:*", "the cluster's API server fails (500): "),
        ])
    func cluster(fault: String, words: String) throws {
        let apply = "kubectl.apply { namespace = \"shop\", text = [[\(Self.deployment())]] }"
        let found = try causes(Self.runbook(apply), "--fault", fault)
        #expect(found.causes.count == 1)
        #expect(found.causes.first?.hasPrefix(words) == true, "\(found.causes) \(found.outcome.stderr)")
        #expect(found.outcome.stderr.contains("Cause    " + words.prefix(30)))
    }

    @Test("a cluster that is gone while the run works on it")
    func unreachable() throws {
        let sandbox = try DurableSandbox()
        // What is written first goes through; from then on nobody answers.
        try sandbox.write(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            current-context: minikube
            contexts: [{name: minikube, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
            users: [{name: u, user: {}}]
            """)
        try sandbox.write(
            "deploy.lua",
            """
            runbook { name = "deploy" }
            step("Before", function() fs.write { path = "x", text = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\n" } end)
            step("Deploy", function()
              exec.run({ "kubectl", "apply", "-n", "shop", "-f", "x" }, { env = { KUBECONFIG = "\(sandbox.path("kubeconfig"))" } })
            end)
            """)
        let outcome = try sandbox.run("deploy.lua", "--output", "json")
        #expect(outcome.code == 1)
        let causes = (outcome.json["error"] as? [String: Any])?["causes"] as? [String] ?? []
        #expect(
            causes.first?.hasPrefix("the cluster's API server does not answer: ") == true,
            "\(causes) \(outcome.stderr)")
    }
}
