import Testing

/// One call of a function that writes, for which a way back must be found.
struct InverseRow: Sendable, CustomTestStringConvertible {
    /// The function's full name.
    let name: String
    /// The call.
    let lua: String
    /// What is done first, beside `InverseTable.setUp`.
    var first = ""

    var testDescription: String { lua }
}

/// Every function that writes: with calls that can be taken back, or with why there is none.
enum InverseTable {
    /// What every row finds.
    static let setUp = """
        kubectl.ensure_namespace { name = "shop" }
        kubectl.apply { namespace = "shop", text = [[
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: backend, labels: {app: backend, tier: web}, annotations: {owner: ann}}
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

    private static let chart = """
        fs.mkdir("charts/web/templates")
        fs.write { path = "charts/web/Chart.yaml", text = "apiVersion: v2\\nname: web\\nversion: 0.1.0\\n" }
        fs.write { path = "charts/web/values.yaml", text = "color: red\\nmore: false\\n" }
        fs.write { path = "charts/web/templates/map.yaml", text = [[
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{ .Release.Name }}-web}
        data: {color: {{ .Values.color }}}
        {{- if .Values.more }}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{ .Release.Name }}-web}
        spec: {ports: [{port: 80}], selector: {app: web}}
        {{- end }}
        ]] }
        """
    private static let release =
        chart + #"\#nhelm.upgrade { release = "web", chart = "./charts/web", namespace = "shop" }\#n"#
    private static let second =
        release
        + #"helm.upgrade { release = "web", chart = "./charts/web", namespace = "shop", values = { color = "blue", more = true } }"#
        + "\n"
    private static let image = """
        fs.mkdir("app")
        fs.write { path = "app/Dockerfile", text = "FROM alpine:3.20\\nCOPY x /x\\n" }
        fs.write { path = "app/x", text = "one" }
        docker.build { context = "app", tag = "app:v1" }

        """

    private static func shop(_ function: String, _ arguments: String, first: String = "") -> InverseRow {
        InverseRow(
            name: "kubectl.\(function)", lua: "kubectl.\(function) { namespace = \"shop\", \(arguments) }", first: first
        )
    }

    private static func row(_ name: String, _ arguments: String, first: String = "") -> InverseRow {
        InverseRow(name: name, lua: "\(name) { \(arguments) }", first: first)
    }

    static let kubectl: [InverseRow] = [
        shop(
            "apply",
            #"text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {DARK: never, X: z}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n""#
        ),
        shop("create", #"text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {A: b}\n""#),
        row("kubectl.ensure_namespace", #"name = "fresh""#),
        shop("ensure_secret", #"name = "todo", from = { A = "second value", B = "more" }"#),
        shop("ensure_secret", #"name = "todo", from = { B = "other" }"#),
        shop("ensure_secret", #"name = "fresh", from = { B = "other" }"#),
        shop("ensure_configmap", #"name = "flags", from = { DARK = "off", LIGHT = "on" }"#),
        shop("ensure_configmap", #"name = "new", from = { A = "b" }"#),
        shop("delete", #"resource = "configmap/flags""#), shop("delete", #"resource = "secret/todo""#),
        shop("delete", #"resource = "deployment/backend""#),
        shop("scale", #"resource = "deployment/backend", replicas = 4"#),
        shop("scale", #"resource = "deployment/backend", replicas = 0"#),
        shop("autoscale", #"resource = "deployment/backend", min = 2, max = 5"#),
        shop("rollout_restart", #"resource = "deployment/backend""#),
        shop(
            "rollout_undo", #"resource = "deployment/backend""#,
            first:
                #"kubectl.set_image { resource = "deployment/backend", images = { app = "todo:v2" }, namespace = "shop" }"#
        ),
        shop("rollout_pause", #"resource = "deployment/backend""#),
        shop(
            "rollout_resume", #"resource = "deployment/backend""#,
            first: #"kubectl.rollout_pause { resource = "deployment/backend", namespace = "shop" }"#),
        shop("set_image", #"resource = "deployment/backend", images = { app = "todo:v2" }"#),
        shop("set_env", #"resource = "deployment/backend", env = { LOG = false, MORE = "x" }"#),
        shop("patch", #"resource = "deployment/backend", patch = { spec = { minReadySeconds = 7 } }"#),
        shop("label", #"resource = "deployment/backend", labels = { tier = "db", extra = "x" }"#),
        shop("annotate", #"resource = "deployment/backend", annotations = { owner = "bob", ["a/b"] = "x" }"#),
        shop("expose", #"resource = "deployment/backend", port = 80"#),
        row("kubectl.cordon", #"node = "minikube""#),
        row("kubectl.uncordon", #"node = "minikube""#, first: #"kubectl.cordon { node = "minikube" }"#),
        row("kubectl.drain", #"node = "minikube", force = true, timeout = "20s""#),
        row("kubectl.taint", #"node = "minikube", set = { "disk=slow:PreferNoSchedule" }"#),
        row(
            "kubectl.taint", #"node = "minikube", remove = { "disk:PreferNoSchedule" }"#,
            first: #"kubectl.taint { node = "minikube", set = { "disk=slow:PreferNoSchedule" } }"#),
    ]

    static let helm: [InverseRow] = [
        row("helm.upgrade", #"release = "web", chart = "./charts/web", namespace = "shop""#, first: chart),
        row(
            "helm.upgrade",
            #"release = "web", chart = "./charts/web", namespace = "shop", values = { color = "green", more = true }"#,
            first: release),
        row("helm.rollback", #"release = "web", namespace = "shop", revision = 1"#, first: second),
        row("helm.uninstall", #"release = "web", namespace = "shop", keep_history = true"#, first: second),
    ]

    static let machine: [InverseRow] = [
        row("docker.build", #"context = "app", tag = "app:v2""#, first: image),
        row(
            "docker.build", #"context = "app", tag = "app:v1""#,
            first: image + #"fs.write { path = "app/Dockerfile", text = "FROM alpine:3.20\nRUN true\n" }"#),
        row("docker.tag", #"source = "app:v1", target = "app:stable""#, first: image),
        row(
            "docker.tag", #"source = "app:v1", target = "alpine:3.20""#,
            first: image + #"docker.pull { image = "alpine:3.20" }"#),
        row("docker.pull", #"image = "alpine:3.20""#),
        row(
            "docker.rmi", #"image = "app:also""#,
            first: image + #"docker.tag { source = "app:v1", target = "app:also" }"#),
        row("docker.run", #"image = "app:v1", name = "one", detach = true, command = { "sleep", "60" }"#, first: image),
        row(
            "docker.stop", #"container = "one""#,
            first: image + #"docker.run { image = "app:v1", name = "one", detach = true, command = { "sleep", "60" } }"#
        ),
        row(
            "docker.kill", #"container = "one""#,
            first: image + #"docker.run { image = "app:v1", name = "one", detach = true, command = { "sleep", "60" } }"#
        ),
        row(
            "docker.start", #"container = "one""#,
            first: image
                + #"docker.run { image = "app:v1", name = "one", detach = true, command = { "sleep", "60" } } docker.stop { container = "one" }"#
        ),
        row("docker.volume_create", #"name = "data""#), row("docker.network_create", #"name = "back""#),
        row("minikube.image_load", #"image = "app:v1""#, first: image),
        row("minikube.image_build", #"tag = "app:v3", context = "app""#, first: image),
        row("minikube.addon_enable", #"name = "ingress""#),
        row("minikube.addon_disable", #"name = "storage-provisioner""#),
        InverseRow(name: "minikube.stop", lua: "minikube.stop()"),
        InverseRow(name: "minikube.pause", lua: "minikube.pause()"),
        row("minikube.start", #"cpus = 2"#, first: "minikube.stop()"),
        row("minikube.profile", #"name = "staging""#, first: #"minikube.start { profile = "staging", cpus = 2 }"#),
    ]

    static let files: [InverseRow] = [
        row("fs.write", #"path = "new.txt", text = "hello""#),
        row(
            "fs.write", #"path = "old.txt", text = "hello""#, first: #"fs.write { path = "old.txt", text = "before" }"#),
        InverseRow(name: "fs.mkdir", lua: #"fs.mkdir("a/b")"#),
        InverseRow(
            name: "fs.remove", lua: #"fs.remove("old.txt")"#, first: #"fs.write { path = "old.txt", text = "before" }"#),
        row(
            "fs.copy", #"from = "old.txt", to = "copy.txt""#, first: #"fs.write { path = "old.txt", text = "before" }"#),
        InverseRow(name: "exec.run", lua: #"exec.run({ "touch", "x" }, { undo = { "rm", "x" } })"#),
    ]

    static var all: [InverseRow] { kubectl + helm + machine + files }

    /// Functions that no row shows, with the reason.
    static let others: [String: String] = [
        "ai.ask": "asks", "ai.generate": "writes by the same code as fs.write", "docker.push": "a registry keeps it",
        "docker.save": "DockerUndoTests", "docker.load": "DockerUndoTests", "docker.exec": "only it knows what it does",
        "docker.restart": "a container runs before and after", "docker.rm": "what it held is gone",
        "docker.cp": "DockerUndoTests", "docker.volume_rm": "what it held is gone", "docker.network_rm": "none",
        "docker.prune": "what it held is gone", "docker.login": "none", "docker.logout": "none",
        "docker.compose_up": "DockerComposeTests", "docker.compose_down": "what it held is gone",
        "docker.compose_build": "none", "helm.test": "only it knows what it does", "helm.recover": "HelmClusterTests",
        "helm.repo_add": "HelmTests", "helm.repo_update": "none", "helm.repo_remove": "HelmTests",
        "helm.registry_login": "none", "helm.registry_logout": "none", "helm.package": "none", "helm.pull": "none",
        "helm.push": "a registry keeps it", "helm.dependency_update": "none", "helm.dependency_build": "none",
        "http.request": "only the server knows what it does", "http.load": "only the server knows what it does",
        "kubectl.exec": "only it knows what it does", "kubectl.run": "the pod is removed afterwards",
        "kubectl.debug": "a debug container stays with its pod", "kubectl.cp": "only it knows what it replaced",
        "minikube.delete": "what it held is gone", "minikube.unpause": "none", "minikube.update_context": "none",
        "minikube.docker_env": "none",
        "minikube.image_rm": "what it held is gone", "minikube.ssh": "only it knows what it does",
    ]

    /// Functions that still want a row.
    static let withoutRow: Set<String> = [
        "docker.commit",
        "docker.compose_exec",
        "docker.compose_kill",
        "docker.compose_pull",
        "docker.compose_restart",
        "docker.compose_rm",
        "docker.compose_run",
        "docker.compose_start",
        "docker.compose_stop",
        "docker.create",
        "docker.export",
        "docker.import",
        "docker.pause",
        "docker.rename",
        "docker.unpause",
        "docker.update",
        "fs.move",
        "helm.create",
        "helm.repo_index",
        "kubectl.certificate_approve",
        "kubectl.certificate_deny",
        "kubectl.create_token",
        "kubectl.replace",
        "kubectl.set_resources",
        "kubectl.set_selector",
        "kubectl.set_service_account",
        "minikube.config_set",
        "minikube.config_unset",
        "minikube.cp",
        "minikube.image_pull",
        "minikube.image_push",
        "minikube.image_save",
        "minikube.image_tag",
        "minikube.node_add",
        "minikube.node_delete",
        "minikube.node_start",
        "minikube.node_stop",
    ]
}
