import RunbookLua
import RunbookSpec

/// `kubectl.raw`, `kustomize` and `shell`: an address of the API, a rendered folder, a terminal in a pod.
enum KubectlRaw {
    static let functions = [raw, kustomize, shell]

    private static let raw = ModuleFunction(
        FunctionSpec(
            "raw", summary: "Read an address of the API server",
            details: "Such as `/readyz?verbose`, or `/apis/metrics.k8s.io/v1beta1/nodes`.", effect: .read,
            parameters: [
                .required("path", .string, "the path, with its leading slash"), KubectlOptions.check,
                KubectlOptions.context, KubectlOptions.timeout("20s"),
            ],
            returns: ReturnSpec(
                .any, "a table where the server answers JSON, else the text; nil with `check = false` when it fails"),
            examples: [ExampleSpec("print(kubectl.raw { path = \"/readyz\" })")])
    ) { arguments, call in
        let path = arguments.string("path")
        guard path.hasPrefix("/") else {
            throw RunbookError(.argument, "`kubectl.raw`: `path` is \"\(path)\"; it begins with a slash")
        }
        let kubectl = try await Kubectl(arguments, call)
        let limit = arguments.duration("timeout") ?? .seconds(20)
        let command = Kubectl.command(
            [
                "kubectl", "get", "--raw", path, "--context", kubectl.context, "--request-timeout",
                "\(max(1, limit.milliseconds / 1000))s",
            ], timeout: limit + .seconds(5), secretOutput: path.contains("/secrets") ? SecretObjects.vaultName : nil)
        let result = try await call.world.read(command)
        guard result.succeeded else {
            if !arguments.boolean("check", default: true) { return .nil }
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        if result.secretOutput != nil { return try SecretObjects.opaque(result, call.run.vault) }
        let first = result.stdout.first { $0 > 32 }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        return isJSON ? .json(result.stdout) : .text(result.stdout)
    }

    private static let kustomize = ModuleFunction(
        FunctionSpec(
            "kustomize", summary: "Render a folder with a kustomization, without a cluster",
            details: "`kubectl.apply { text = kubectl.kustomize { folder = … } }` applies it.", effect: .read,
            parameters: [
                .required("folder", .path, "the folder"),
                ParameterSpec("objects", .boolean, default: "false", "as a list of tables instead of text"),
                KubectlOptions.timeout("60s"), KubectlOptions.args,
            ], returns: ReturnSpec(.any, "the text, or the objects"),
            examples: [ExampleSpec("local text = kubectl.kustomize { folder = \"overlays/dev\" }")])
    ) { arguments, call in
        let folder = try Kubectl.plainName(arguments.string("folder"), "folder", of: call)
        let argv = ["kubectl", "kustomize", folder] + (try ExtraArguments.checked(arguments, of: call.function))
        let command = Kubectl.command(argv, timeout: arguments.duration("timeout") ?? .seconds(60))
        let text = try await call.kubeRead(command).text
        guard arguments.boolean("objects") else { return .string(text) }
        return .list(try YAMLText.documents(text, of: "what kubectl kustomize printed"))
    }

    private static let shell = ModuleFunction(
        TerminalCall.spec(
            "a container of a pod",
            [
                ParameterSpec("pod", .string, "the pod"),
                ParameterSpec(
                    "resource", .string, "an object with pods, such as `deployment/backend`: one of its pods"),
                ParameterSpec("command", .list(.string), default: "{ \"sh\" }", "the program and its arguments"),
                KubectlOptions.container, KubectlOptions.namespace, KubectlOptions.timeout("1h"), KubectlOptions.args,
            ], example: "kubectl.shell { resource = \"deployment/backend\" }")
    ) { arguments, call in
        guard arguments.has("pod") != arguments.has("resource") else {
            throw RunbookError(.argument, "`kubectl.shell` needs one of `pod` and `resource`")
        }
        let kubectl = try await Kubectl(arguments, call)
        let option = arguments.has("pod") ? "pod" : "resource"
        let target = try Kubectl.plainName(arguments.string(option), option, of: call)
        var verb = ["exec", target, "--stdin", "--tty"]
        if let container = arguments.optionalString("container") { verb += ["--container", container] }
        let program = arguments.has("command") ? arguments.strings("command") : ["sh"]
        let command = Kubectl.command(
            kubectl.argv(verb, tail: ["--"] + program), timeout: arguments.duration("timeout") ?? .seconds(3600))
        let change = Change(
            .run, "container", "\(kubectl.namespace)/\(target)", summary: "a shell", capability: "kubectl",
            namespace: kubectl.namespace)
        return try await TerminalCall.run(command, change, call)
    }
}
