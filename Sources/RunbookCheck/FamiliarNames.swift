/// Names that people try because Lua, another library or the tool itself has them, and what a runbook has instead.
enum FamiliarNames {
    /// What to use in place of a name.
    static func replacement(for name: String) -> String? { lua[name] ?? tools[name] ?? text[name] }

    /// What standard Lua has.
    private static let lua: [String: String] = [
        "io": "use `fs.read` and `fs.write`", "dofile": "use `require`", "loadfile": "use `require`",
        "loadstring": "use `load`", "unpack": "use `table.unpack`", "setfenv": "Lua 5.4 has no function environments",
        "debug": "use `log` to see a value", "package": "use `require`", "os.execute": "use `exec.run`",
        "os.getenv": "use `env.get`", "os.exit": "use `fail` or `return`", "os.remove": "use `fs.remove`",
        "os.rename": "use `fs.move`", "os.tmpname": "use `fs.write` with a path of your own",
        "string.dump": "use `load` with text", "table.getn": "use `#`", "string.gfind": "use `string.gmatch`",
        "math.pow": "use `^`",
    ]

    /// What the tools call their verbs.
    private static let tools: [String: String] = [
        "helm.install": "use `helm.upgrade`, which installs what is not there", "helm.delete": "use `helm.uninstall`",
        "helm.get": "use `helm.get_values`, `helm.get_manifest` or `helm.status`", "helm.ls": "use `helm.list`",
        "kubectl.edit": "use `kubectl.patch` or `kubectl.apply`",
        "kubectl.rollout": "use `kubectl.rollout_status`, `rollout_restart` or `rollout_undo`",
        "kubectl.set": "use `kubectl.set_image` or `kubectl.set_env`",
        "kubectl.attach": "use `kubectl.logs`, or `kubectl.shell`",
        "kubectl.use_context": "the context is fixed for the run: start it with `--context`",
        "docker.compose": "use `docker.compose_up`, `compose_down` and so on",
        "minikube.tunnel": "it never ends: use `minikube.service_url` or `kubectl.port_forward`",
        "minikube.dashboard": "it never ends: run it on a terminal of its own",
        "minikube.service": "use `minikube.service_url`",
    ]

    /// What other libraries call reading and writing.
    private static let text: [String: String] = [
        "json.parse": "use `json.decode`", "json.load": "use `json.decode`", "json.stringify": "use `json.encode`",
        "json.dump": "use `json.encode`", "yaml.parse": "use `yaml.decode`", "yaml.load": "use `yaml.decode`",
        "yaml.dump": "use `yaml.encode`", "fs.delete": "use `fs.remove`", "fs.open": "use `fs.read` or `fs.write`",
        "http.post": "use `http.request { method = \"POST\", … }`", "time.wait": "use `time.sleep`",
    ]
}
