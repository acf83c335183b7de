import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.run`, `debug`, `cp` and `expose`: pods of one's own, and ways in and out of pods.
enum KubectlPods {
    static let functions = [run, debug, copy, expose]

    private static let result = ReturnSpec(
        .record([
            .required("status", .integer, "the program's exit code"), .required("stdout", .string, "what it printed"),
            .required("container", .string, "the container that it ran in"),
        ]))

    private static let run = ModuleFunction(
        FunctionSpec(
            "run", summary: "Run a program in a pod of its own, which is removed afterwards", effect: .write,
            parameters: [
                .required("name", .string, "the pod"), .required("image", .string, "the image"),
                .required("command", .list(.string), "the program and its arguments"),
                ParameterSpec("env", .map(.text), "variables; a secret is better taken from a Secret by `env_from`"),
                ParameterSpec("env_from", .list(.string), "Secrets whose keys become variables"),
                ParameterSpec("service_account", .string, "who the pod is in the cluster"), KubectlOptions.namespace,
                KubectlOptions.timeout("2m"), KubectlOptions.check,
            ], returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.run { name = \"probe\", image = \"busybox:1.36\", command = { \"wget\", \"-qO-\", \"http://backend:8000/health\" } }"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let name = try Kubectl.plainName(arguments.string("name"), "name", of: call)
        let manifest = try SensitiveJSON.encode(pod(name, arguments))
        let remove = kubectl.argv(
            ["delete", "pod/\(name)", "--ignore-not-found", "--grace-period", "1", "--timeout", "60s"], extra: [])
        let change = Change(
            .run, "pod", "\(kubectl.namespace)/\(name)", summary: Command.display(arguments.strings("command")),
            capability: "kubectl", namespace: kubectl.namespace,
            inverse: { _ in Inverse("kubectl delete pod/\(name)", commands: [InverseCommand(remove, timeout: 75)]) },
            serverDryRun: Kubectl.command(
                kubectl.argv(["create", "--filename", "-", "--dry-run=server"]), input: manifest))
        let command = Kubectl.command(kubectl.argv(["create", "--filename", "-"]), input: manifest, isQuiet: false)
        guard try await kubectl.write(command, change) != nil else { return predicted(name, call) }
        let ended = try await ContainerEnd.wait(
            pod: name, container: name, list: "containerStatuses",
            limit: arguments.duration("timeout") ?? .seconds(120),
            kubectl)
        let removal = Change(
            .delete, "pod", "\(kubectl.namespace)/\(name)", isIdempotent: true, capability: "kubectl",
            namespace: kubectl.namespace)
        _ = try await kubectl.write(Kubectl.command(remove, timeout: .seconds(75)), removal)
        return try ended.value(arguments, call)
    }

    private static func pod(_ name: String, _ arguments: Arguments) -> LuaValue {
        let environment = (arguments["env"].tableValue?.fields ?? []).map { field -> LuaValue in
            ["name": .string(field.name), "value": field.value]
        }
        let sources = arguments.strings("env_from").map { secret -> LuaValue in ["secretRef": ["name": .string(secret)]]
        }
        var spec: LuaValue = [
            "restartPolicy": "Never",
            "containers": [
                [
                    "name": .string(name), "image": .string(arguments.string("image")),
                    "command": .list(arguments.strings("command").map { .string($0) }), "env": .list(environment),
                    "envFrom": .list(sources),
                ]
            ],
        ]
        if let account = arguments.optionalString("service_account") {
            spec = spec.setting("serviceAccountName", .string(account))
        }
        return ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec]
    }

    private static let debug = ModuleFunction(
        FunctionSpec(
            "debug", summary: "Run a program in a container that is added to a pod",
            details: "The container stays in the pod's description until the pod goes.", effect: .write,
            parameters: [
                .required("pod", .string, "the pod"),
                .required("image", .string, "the image, with the tools that are needed"),
                .required("command", .list(.string), "the program and its arguments"),
                ParameterSpec("target", .string, "the container whose processes it is to see"),
                ParameterSpec("container", .string, default: "\"debug\"", "the new container's name"),
                ParameterSpec(
                    "profile", .enumeration(["general", "baseline", "restricted", "netadmin", "sysadmin"]),
                    default: "\"general\"", "what it may do"), KubectlOptions.namespace, KubectlOptions.timeout("2m"),
                KubectlOptions.check, KubectlOptions.args,
            ], returns: result,
            examples: [
                ExampleSpec(
                    "kubectl.debug { pod = \"backend-1\", image = \"busybox:1.36\", command = { \"nslookup\", \"postgres\" } }"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let pod = try Kubectl.plainName(arguments.string("pod"), "pod", of: call)
        let name = arguments.optionalString("container") ?? "debug"
        var verb = ["debug", pod, "--image", arguments.string("image"), "--container", name, "--attach=false"]
        if let target = arguments.optionalString("target") { verb += ["--target", target] }
        verb += ["--profile", arguments.optionalString("profile") ?? "general"]
        let program = arguments.strings("command")
        let change = Change(
            .run, "pod", "\(kubectl.namespace)/\(pod)", summary: "container \(name): \(Command.display(program))",
            capability: "kubectl", namespace: kubectl.namespace)
        let command = Kubectl.command(kubectl.argv(verb, tail: ["--"] + program), isQuiet: false)
        guard try await kubectl.write(command, change) != nil else { return predicted(name, call) }
        return try await ContainerEnd.wait(
            pod: pod, container: name, list: "ephemeralContainerStatuses",
            limit: arguments.duration("timeout") ?? .seconds(120), kubectl
        ).value(arguments, call)
    }

    private static func predicted(_ name: String, _ call: CallContext) -> LuaValue {
        ["status": 0, "stdout": call.unknown("output of \(name)"), "container": .string(name)]
    }

    private static let copy = ModuleFunction(
        FunctionSpec(
            "cp", summary: "Copy files into a container or out of it",
            details: "One side is in a pod, written as `POD:PATH`. The container needs `tar`.", effect: .write,
            parameters: [
                .required("from", .string, "what to copy"), .required("to", .string, "where to"),
                KubectlOptions.container,
                KubectlOptions.namespace, KubectlOptions.timeout("5m"), KubectlOptions.args,
            ], examples: [ExampleSpec("kubectl.cp { from = \"backend-1:/tmp/report.txt\", to = \"report.txt\" }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let (source, target) = (arguments.string("from"), arguments.string("to"))
        guard source.contains(":") != target.contains(":") else {
            throw RunbookError(
                .argument, "`kubectl.cp`: one of `from` and `to` must be in a pod, written as \"POD:PATH\"")
        }
        var verb = [
            "cp", try Kubectl.plainName(source, "from", of: call), try Kubectl.plainName(target, "to", of: call),
        ]
        if let container = arguments.optionalString("container") { verb += ["--container", container] }
        let isUpload = target.contains(":")
        let change = Change(
            .modify, isUpload ? "pod" : "file", isUpload ? "\(kubectl.namespace)/\(target)" : target,
            summary: "copy of \(source)", isIdempotent: true, capability: "kubectl",
            namespace: isUpload ? kubectl.namespace : nil)
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(300), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return .nil
    }

    private static let expose = ModuleFunction(
        FunctionSpec(
            "expose", summary: "Make a Service for a workload", effect: .write,
            parameters: [
                KubectlOptions.object, .required("port", .port, "the Service's port"),
                ParameterSpec(
                    "target_port", .either([.integer, .string]), "the container's port; the same when left out"),
                ParameterSpec("name", .string, "the Service's name; the workload's when left out"),
                ParameterSpec(
                    "type", .enumeration(["ClusterIP", "NodePort", "LoadBalancer"]), default: "\"ClusterIP\"",
                    "its type"),
                KubectlOptions.namespace, KubectlOptions.timeout("60s"), KubectlOptions.args,
            ], returns: ReturnSpec(.record([.required("name", .string, "the Service's name")])),
            examples: [
                ExampleSpec("kubectl.expose { resource = \"deployment/backend\", port = 80, target_port = 8000 }")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try Kubectl.plainName(arguments.string("resource"), "resource", of: call)
        let parts = object.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else {
            throw RunbookError(
                .argument, "`kubectl.expose`: `resource` is \"\(object)\"; write it as \"deployment/backend\"")
        }
        let name = arguments.optionalString("name") ?? String(parts[1])
        var verb = ["expose", object, "--port", String(arguments.integer("port") ?? 0), "--name", name]
        if let target = arguments.optionalString("target_port") { verb += ["--target-port", target] }
        verb += ["--type", arguments.optionalString("type") ?? "ClusterIP"]
        let remove = kubectl.argv(["delete", "service/\(name)", "--ignore-not-found", "--timeout", "60s"], extra: [])
        let change = Change(
            .create, "service", "\(kubectl.namespace)/\(name)", summary: "for \(ResourceNames.object(object))",
            capability: "kubectl", namespace: kubectl.namespace,
            inverse: { _ in Inverse("kubectl delete service/\(name)", commands: [InverseCommand(remove, timeout: 75)])
            },
            serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"])))
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return ["name": .string(name)]
    }
}

/// How a container of a one-off program ended.
struct ContainerEnd: Sendable {
    let container: String
    let status: Int
    let output: String

    /// Waits for a container to end and gets what it printed.
    ///
    /// - Throws: `RunbookError` with code `timeout`, or `command` when the container cannot start.
    static func wait(
        pod: String, container: String, list: String, limit: Duration, _ kubectl: Kubectl
    ) async throws -> ContainerEnd {
        let world = kubectl.call.world
        let start = try await world.now()
        var pause = Duration.milliseconds(500)
        while true {
            let object = try await KubectlRollout.present("pod/\(pod)", kubectl)
            let state = (object.at("status", list)?.listValue ?? []).first { $0["name"].stringValue == container }?[
                "state"]
            if let ended = state?["terminated"], !ended.isNil {
                let logs = try await kubectl.read(
                    Kubectl.command(kubectl.argv(["logs", pod, "--container", container], extra: [])))
                return ContainerEnd(
                    container: container, status: Int(ended["exitCode"].integerValue ?? 0),
                    output: String(decoding: logs.stdout, as: UTF8.self))
            }
            let waiting = state?["waiting"]
            if let reason = waiting?["reason"].stringValue, reason.contains("Image") || reason.hasSuffix("Error") {
                throw RunbookError(
                    .command, "pod/\(pod): the container \(container) cannot start: \(reason)",
                    details: [waiting?["message"].stringValue ?? ""])
            }
            guard Duration.seconds(try await world.now() - start) < limit else {
                throw RunbookError(
                    .timeout, "pod/\(pod): the container \(container) did not end within \(DurationText.of(limit))")
            }
            _ = try await world.perform(.read(.sleep(pause)))
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// The result of the call.
    ///
    /// - Throws: `RunbookError` with code `command` for a program that failed.
    func value(_ arguments: Arguments, _ call: CallContext) throws -> LuaValue {
        if status != 0, arguments.boolean("check", default: true) {
            let lines = OutputLines.last(8, of: Array(output.utf8))
            let program = Command.display(arguments.strings("command"))
            throw RunbookError(
                .command,
                "`\(call.function)`: \(CommandFailure.short(program)) exited \(status)"
                    + (lines.last.map { ": \($0)" } ?? ""),
                details: lines, exit: status)
        }
        return ["status": .integer(Int64(status)), "stdout": .string(output), "container": .string(container)]
    }
}
