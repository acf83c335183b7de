import RunbookLua
import RunbookSpec

/// `minikube`: the life of a profile.
enum MinikubeLife {
    static let start = ModuleFunction(
        FunctionSpec(
            "start", summary: "Start a cluster, and make it where there is none",
            details: """
                It never asks for a password. `minikube.docker_env` works with the docker runtime only, which minikube 1.39 no longer
                takes by default: say `container_runtime = "docker"` where you need it. Undo stops or deletes what it started.
                """,
            effect: .write,
            parameters: [
                ParameterSpec("cpus", .either([.positive, .string]), "processors, or `max`"),
                ParameterSpec("memory", .string, "memory, such as `4g`, or `max`"),
                ParameterSpec("disk", .string, "the disk's size, such as `20g`"),
                ParameterSpec("driver", .string, "what runs the node: `docker`, `podman`, `kvm2` and so on"),
                ParameterSpec("kubernetes_version", .string, "such as `v1.33.1`, `stable` or `latest`"),
                ParameterSpec("container_runtime", .enumeration(["docker", "containerd", "cri-o"]), "the runtime"),
                ParameterSpec("nodes", .bounded(1...64), "how many nodes"),
                ParameterSpec("addons", .list(.string), "addons to enable"),
                ParameterSpec(
                    "wait", .either([.boolean, .list(.string)]),
                    "true: for everything; or a list such as `{ \"apiserver\" }`"),
            ] + MinikubeCommand.common(timeout: "15m"), returns: ReturnSpec(MinikubeState.type),
            examples: [ExampleSpec("minikube.start { cpus = 4, memory = \"4g\", container_runtime = \"docker\" }")])
    ) { arguments, call in
        let command = startCommand(arguments, isDry: false)
        let profile = MinikubeCommand.profile(arguments)
        let change = Change(
            .modify, "cluster", profile, summary: "start", isIdempotent: true, capability: "minikube",
            inverse: { world in
                let state = try await MinikubeState.read(arguments, in: world, call)
                if state.isRunning { return nil }
                let verb = state.exists ? "stop" : "delete"
                return Inverse(
                    "minikube \(verb) --profile \(profile)",
                    commands: [InverseCommand(MinikubeCommand.undoing([verb], arguments), timeout: 300)])
            },
            difference: { world in
                let state = try await MinikubeState.read(arguments, in: world, call)
                return Difference(isEmpty: state.isRunning, summary: "\(state.summary) → running")
            }, serverDryRun: startCommand(arguments, isDry: true),
            tookEffect: { try await MinikubeState.read(arguments, in: $0, call).isRunning })
        let response = try await OutputTap.$translation.withValue(MinikubeEvent.shown) {
            try await call.write(.process(command), change)
        }
        guard case .process(let result)? = response else {
            return [
                "exists": true, "running": true, "code": 0, "host_ok": true, "kubernetes_ok": true,
                "kubeconfig_ok": true, "host": "Running", "kubelet": "Running", "apiserver": "Running",
                "kubeconfig": "Configured", "nodes": call.unknown("nodes of \(profile)"),
            ]
        }
        for event in MinikubeEvent.read(result.stdout) where event.kind == "warning" {
            if let message = event.data["message"] { call.note(.warning, "minikube: \(message)") }
        }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return try await MinikubeState.read(arguments, in: call.world, call).value
    }

    private static func startCommand(_ arguments: Arguments, isDry: Bool) -> Command {
        MinikubeCommand.make(["start", "--output", "json", "--interactive=false"], arguments, timeout: .seconds(900)) {
            line in
            line.option("--cpus", arguments.optionalString("cpus"))
            line.option("--memory", arguments.optionalString("memory"))
            line.option("--disk-size", arguments.optionalString("disk"))
            line.option("--driver", arguments.optionalString("driver"))
            line.option("--kubernetes-version", arguments.optionalString("kubernetes_version"))
            line.option("--container-runtime", arguments.optionalString("container_runtime"))
            line.option("--nodes", arguments.optionalString("nodes"))
            line.option("--addons", each: arguments.strings("addons"))
            switch arguments["wait"] {
            case .boolean(let isWanted): line.add("--wait=\(isWanted ? "all" : "none")")
            case .nil: break
            default: line.add("--wait=\(arguments.strings("wait").joined(separator: ","))")
            }
            line.flag("--dry-run", if: isDry)
            line.argv += arguments.strings("args")
        }
    }

    static let stop = simple(
        "stop", "Stop a cluster", "Undo starts it again when it was running.", .modify, json: true, undo: "start")
    static let pause = simple(
        "pause", "Pause Kubernetes, leaving the node up", "Undo unpauses it.", .modify, json: true, undo: "unpause")
    static let unpause = simple(
        "unpause", "Let a paused Kubernetes go on", "Undo pauses it again when it was paused.", .modify, json: false,
        undo: "pause")
    static let updateContext = simple(
        "update_context", "Point the kubeconfig at the cluster's present address", "", .modify, json: false, undo: nil)

    static let delete = simple(
        "delete", "Delete a cluster and all that it holds", "It cannot be undone.", .delete, json: true, undo: nil)

    /// A verb on a profile that has no options of its own.
    private static func simple(
        _ name: String, _ summary: String, _ details: String, _ kind: Change.Kind, json: Bool, undo: String?
    ) -> ModuleFunction {
        let verb = name.split(separator: "_").joined(separator: "-")
        return ModuleFunction(
            FunctionSpec(
                name, summary: summary, details: details, effect: .write,
                parameters: MinikubeCommand.common(timeout: "5m"), examples: [ExampleSpec("minikube.\(name)()")])
        ) { arguments, call in
            let command = MinikubeCommand.make([verb], arguments, timeout: .seconds(300)) { line in
                if json { line.add("--output", "json") }
                line.argv += arguments.strings("args")
            }
            let change = Change(
                kind, "cluster", MinikubeCommand.profile(arguments), summary: verb, isIdempotent: true,
                capability: "minikube",
                inverse: { world in
                    guard let undo else { return nil }
                    let before = try await MinikubeState.read(arguments, in: world, call)
                    guard undo == "pause" ? before.isPaused : before.isRunning else { return nil }
                    let more = undo == "start" ? ["--interactive=false"] : []
                    return Inverse(
                        "minikube \(undo) --profile \(MinikubeCommand.profile(arguments))",
                        commands: [InverseCommand(MinikubeCommand.undoing([undo], arguments) + more, timeout: 900)])
                },
                difference: { Difference(summary: try await MinikubeState.read(arguments, in: $0, call).summary) })
            let response = try await OutputTap.$translation.withValue(MinikubeEvent.shown) {
                try await call.write(.process(command), change)
            }
            guard case .process(let result)? = response else { return .nil }
            guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
            return .nil
        }
    }

    static let profile = ModuleFunction(
        FunctionSpec(
            "profile", summary: "Choose the profile that is meant when none is named",
            details: "Undo chooses the earlier one again.", effect: .write,
            parameters: [
                .required("name", .string, "the profile"),
                ParameterSpec("timeout", .duration, default: "\"30s\"", "how long it may take"),
                ParameterSpec("args", .list(.string), "further arguments"),
            ], examples: [ExampleSpec("minikube.profile { name = \"staging\" }")])
    ) { arguments, call in
        let name = arguments.string("name")
        let command = try MinikubeCommand.make(["profile"], arguments, timeout: .seconds(30)) {
            try $0.operands([name], of: arguments)
        }
        let change = Change(
            .modify, "profile", name, isIdempotent: true, capability: "minikube",
            inverse: { world in
                let earlier = try await world.read(MinikubeCommand.query(["profile"], arguments)).text
                if earlier.isEmpty || earlier == name { return nil }
                return Inverse(
                    "minikube profile \(earlier)",
                    commands: [InverseCommand(["minikube", "profile", earlier], timeout: 30)])
            })
        guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .nil
    }

    static let ssh = ModuleFunction(
        FunctionSpec(
            "ssh", summary: "Run a program on a node",
            details:
                "minikube joins the arguments and gives them to the node's shell, so each is quoted for it here. It counts as a write, unless `read = true`.",
            effect: .write,
            parameters: [
                .required("command", .list(.string), "the program and its arguments"),
                ParameterSpec("node", .string, "the node; the control plane when left out"),
                ParameterSpec("stdin", .text, "what the program reads"),
                ParameterSpec("read", .boolean, default: "false", "true: it changes nothing, so a preview runs it"),
                ParameterSpec("check", .boolean, default: "true", "false: an exit code other than 0 is no error"),
            ] + MinikubeCommand.common(timeout: "2m"),
            returns: ReturnSpec(
                .record([
                    .required("status", .integer, "minikube's exit code"),
                    .required("stdout", .string, "what it printed"),
                    .required("stderr", .string, "the end of its errors"),
                ])), examples: [ExampleSpec("minikube.ssh { command = { \"df\", \"-h\", \"/var\" }, read = true }")])
    ) { arguments, call in
        let command = MinikubeCommand.make(["ssh"], arguments, timeout: .seconds(120), input: arguments.text("stdin")) {
            line in
            line.option("--node", arguments.optionalString("node"))
            line.argv += arguments.strings("args") + ["--", Command.display(arguments.strings("command"))]
        }
        let result: ProcessResult
        if arguments.boolean("read") {
            result = try await call.reading(else: ProcessResult(status: 0)) { try await call.world.read(command) }
        } else {
            let change = Change(
                .run, "node", MinikubeCommand.profile(arguments),
                summary: arguments.strings("command").joined(separator: " "), capability: "minikube")
            guard case .process(let made)? = try await call.write(.process(command), change) else {
                return ["status": 0, "stdout": call.unknown("output on the node"), "stderr": ""]
            }
            result = made
        }
        if arguments.boolean("check", default: true), !result.succeeded {
            throw MinikubeCommand.failure(command, result, call)
        }
        return [
            "status": .integer(Int64(result.status)), "stdout": .text(result.stdout), "stderr": .text(result.stderr),
        ]
    }
}
