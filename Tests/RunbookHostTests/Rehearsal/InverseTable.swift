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

    private static let loaded = image + #"minikube.image_load { image = "app:v1" }\#n"#

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
        shop(
            "replace",
            #"text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags, labels: {a: b}}\ndata: {LIGHT: off2}\n""#
        ),
        shop(
            "set_resources",
            #"resource = "deployment/backend", limits = { memory = "64Mi" }, requests = { cpu = "1m" }"#),
        shop("set_service_account", #"resource = "deployment/backend", service_account = "default""#),
        shop(
            "set_selector", #"resource = "service/backend", labels = { app = "other", version = "green" }"#,
            first: #"kubectl.expose { resource = "deployment/backend", port = 80, namespace = "shop" }"#),
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
        row(
            "helm.upgrade",
            #"release = "web", chart = "./charts/web", namespace = "fresh", create_namespace = true"#, first: chart),
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
        row("minikube.image_pull", #"image = "postgres:16""#),
        row("minikube.image_tag", #"source = "app:v1", target = "app:stable""#, first: loaded),
        row("minikube.image_save", #"image = "app:v1", file = "saved.tar""#, first: loaded),
        row(
            "minikube.image_save", #"image = "app:v1", file = "saved.tar""#,
            first: loaded + #"fs.write { path = "saved.tar", text = "older" }"#),
        row("minikube.config_set", #"name = "memory", value = "4g""#),
        row(
            "minikube.config_set", #"name = "memory", value = "4g""#,
            first: #"minikube.config_set { name = "memory", value = "2g" }"#),
        row(
            "minikube.config_unset", #"name = "memory""#,
            first: #"minikube.config_set { name = "memory", value = "2g" }"#),
        row("minikube.node_stop", #"node = "m02""#, first: "minikube.node_add()"),
        row(
            "minikube.node_start", #"node = "m02""#, first: #"minikube.node_add() minikube.node_stop { node = "m02" }"#),
        row(
            "minikube.cp", #"from = "minikube:/etc/x", to = "copy""#,
            first: #"fs.write { path = "x", text = "one" } minikube.cp { from = "x", to = "minikube:/etc/x" }"#),
        row("minikube.addon_enable", #"name = "ingress""#),
        row("minikube.addon_disable", #"name = "storage-provisioner""#),
        InverseRow(name: "minikube.stop", lua: "minikube.stop()"),
        InverseRow(name: "minikube.pause", lua: "minikube.pause()"),
        InverseRow(name: "minikube.unpause", lua: "minikube.unpause()", first: "minikube.pause()"),
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
        row("fs.move", #"from = "old.txt", to = "new.txt""#, first: #"fs.write { path = "old.txt", text = "before" }"#),
        row(
            "fs.move", #"from = "old.txt", to = "other.txt""#,
            first: #"fs.write { path = "old.txt", text = "before" } fs.write { path = "other.txt", text = "goes" }"#),
        InverseRow(name: "exec.run", lua: #"exec.run({ "touch", "x" }, { undo = { "rm", "x" } })"#),
    ]

    /// On a real engine: what each row finds is an image `rb-inv:v1` with busybox, and a container `rb-inv-one` of it that runs.
    static let engine: [InverseRow] = [
        row("docker.build", #"context = "app", tag = { "rb-inv:v1", "rb-inv:new" }"#, first: otherDockerfile),
        row("docker.tag", #"source = "rb-inv:v1", target = "rb-inv:stable""#),
        row(
            "docker.tag", #"source = "rb-inv:v1", target = "rb-inv:stable""#,
            first: otherDockerfile + #"docker.build { context = "app", tag = "rb-inv:stable" }"#),
        row(
            "docker.rmi", #"image = "rb-inv:also""#,
            first: #"docker.tag { source = "rb-inv:v1", target = "rb-inv:also" }"#),
        row("docker.save", #"image = "rb-inv:v1", file = "v1.tar""#),
        row(
            "docker.save", #"image = "rb-inv:v1", file = "v1.tar""#,
            first: #"fs.write { path = "v1.tar", text = "older" }"#),
        row(
            "docker.load", #"file = "v1.tar""#,
            first: #"docker.save { image = "rb-inv:v1", file = "v1.tar" }\#n"# + otherDockerfile
                + #"docker.build { context = "app", tag = "rb-inv:v1" }"#),
        row(
            "docker.run",
            #"image = "rb-inv:v1", name = "rb-inv-two", network = "none", detach = true, command = { "sleep", "600" }"#),
        row("docker.create", #"image = "rb-inv:v1", name = "rb-inv-two", network = "none", command = { "true" }"#),
        row("docker.stop", #"container = "rb-inv-one", grace = "1s""#),
        row("docker.kill", #"container = "rb-inv-one""#),
        row("docker.start", #"container = "rb-inv-one""#, first: #"docker.kill { container = "rb-inv-one" }"#),
        row("docker.pause", #"container = "rb-inv-one""#),
        row("docker.unpause", #"container = "rb-inv-one""#, first: #"docker.pause { container = "rb-inv-one" }"#),
        row("docker.rename", #"container = "rb-inv-one", name = "rb-inv-two""#),
        row("docker.update", #"container = "rb-inv-one", restart = "unless-stopped""#),
        row(
            "docker.update", #"container = "rb-inv-one", restart = "no", cpus = 1.5"#,
            first: #"docker.update { container = "rb-inv-one", restart = "on-failure:3", cpus = 0.5 }"#),
        row("docker.commit", #"container = "rb-inv-one", image = "rb-inv:kept""#),
        row(
            "docker.commit", #"container = "rb-inv-one", image = "rb-inv:kept""#,
            first: #"docker.tag { source = "rb-inv:v1", target = "rb-inv:kept" }"#),
        row("docker.export", #"container = "rb-inv-one", file = "files.tar""#),
        row(
            "docker.export", #"container = "rb-inv-one", file = "files.tar""#,
            first: #"fs.write { path = "files.tar", text = "older" }"#),
        row(
            "docker.import", #"file = "files.tar", image = "rb-inv:files""#,
            first: #"docker.export { container = "rb-inv-one", file = "files.tar" }"#),
        row("docker.cp", #"from = "rb-inv-one:/bin/busybox", to = "busybox""#),
        row(
            "docker.cp", #"from = "rb-inv-one:/bin/busybox", to = "app""#,
            first: #"fs.write { path = "app/busybox", text = "older" }"#),
        row("docker.volume_create", #"name = "rb-inv-data""#), row("docker.network_create", #"name = "rb-inv-net""#),
    ]

    private static let otherDockerfile =
        #"fs.write { path = "app/Dockerfile", text = "FROM scratch\nCOPY busybox /bin/other\n" }\#n"#

    /// Of helm on this machine, with a server for charts at `http://127.0.0.1:PORT`.
    static let charts: [InverseRow] = [
        row("helm.create", #"chart = "charts/fresh""#, first: #"fs.mkdir("charts")"#),
        row("helm.repo_index", #"folder = "packages", url = "http://127.0.0.1:PORT/""#, first: package),
        row(
            "helm.repo_index", #"folder = "packages", url = "http://127.0.0.1:PORT/other""#,
            first: package + #"helm.repo_index { folder = "packages", url = "http://127.0.0.1:PORT/" }"#),
        row("helm.repo_add", #"name = "own", url = "http://127.0.0.1:PORT/""#, first: served),
        row(
            "helm.repo_add", #"name = "own", url = "http://127.0.0.1:PORT/other", force = true"#,
            first: served + #"helm.repo_add { name = "own", url = "http://127.0.0.1:PORT/" }"#),
        row(
            "helm.repo_remove", #"names = { "own" }"#,
            first: served + #"helm.repo_add { name = "own", url = "http://127.0.0.1:PORT/" }"#),
    ]

    private static let package =
        chart + #"\#nfs.mkdir("packages") helm.package { chart = "charts/web", destination = "packages" }\#n"#
    private static let served =
        package
            + """
            helm.repo_index { folder = "packages" }
            fs.mkdir("packages/other")
            fs.copy { from = "packages/index.yaml", to = "packages/other/index.yaml" }

            """

    static var all: [InverseRow] { kubectl + helm + machine + files + engine + charts }

    private static let gone = "what it held is gone"
    private static let own = "only the program knows what it does"

    /// Functions that no row shows, with the reason.
    static let others: [String: String] = [
        "ai.ask": "asks, and changes nothing", "ai.generate": "writes by the same code as fs.write",
        "docker.push": "a registry keeps it", "docker.exec": own, "docker.restart": "a container runs before and after",
        "docker.rm": gone, "docker.volume_rm": gone,
        "docker.network_rm": "a network made anew has other addresses", "docker.prune": gone,
        "docker.login": "the earlier login's password is not known",
        "docker.logout": "the password is not known",
        "docker.compose_up": "DockerComposeTests, by a stand-in: no plugin of compose is at hand",
        "docker.compose_start": "DockerComposeTests", "docker.compose_stop": "DockerComposeTests",
        "docker.compose_kill": "DockerComposeTests", "docker.compose_down": gone, "docker.compose_rm": gone,
        "docker.compose_restart": "services run before and after", "docker.compose_run": own,
        "docker.compose_exec": own,
        "docker.compose_build": "which names the services give their images is compose's own",
        "docker.compose_pull": "which images the services name is compose's own",
        "helm.test": own, "helm.recover": "a release stuck in pending is nothing to go back to",
        "helm.repo_update": "a newer index does no harm, and the older is nowhere",
        "helm.registry_login": "the earlier login's password is not known",
        "helm.registry_logout": "the password is not known",
        "helm.package": "the file's name is helm's, and it replaces one of the same version only",
        "helm.pull": "the file's name is helm's, and it replaces one of the same version only",
        "helm.push": "a registry keeps it",
        "helm.dependency_update": "it makes what Chart.lock says, which stands in version control",
        "helm.dependency_build": "it makes what Chart.lock says, which stands in version control",
        "http.request": "only the server knows what it does", "http.load": "only the server knows what it does",
        "kubectl.exec": own, "kubectl.run": "the pod is removed afterwards",
        "kubectl.debug": "a debug container stays with its pod",
        "kubectl.cp": "only the container knows what it replaced",
        "kubectl.create_token": "a token ends by itself, and cannot be called back",
        "kubectl.certificate_approve": "what was decided of a request stays",
        "kubectl.certificate_deny": "what was decided of a request stays",
        "minikube.delete": gone,
        "minikube.update_context": "it makes the kubeconfig say what is so",
        "minikube.docker_env": "it only reads; docker's variables stand in the script",
        "minikube.image_rm": gone, "minikube.image_push": "a registry keeps it", "minikube.node_delete": gone,
        "minikube.node_add": "minikube names the node itself", "minikube.ssh": own,
    ]
}
