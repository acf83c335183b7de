import RunbookLua
import RunbookSpec

/// `kubectl.cordon`, `uncordon`, `drain` and `taint`: what nodes take on.
enum KubectlNodes {
    static let functions = [cordon, uncordon, drain, taint]

    private static let node = ParameterSpec.required("node", .string, "the node")

    private static let cordon = ModuleFunction(
        FunctionSpec(
            "cordon", summary: "Let a node take no new pods", effect: .write,
            parameters: [node, KubectlOptions.timeout("60s")],
            examples: [ExampleSpec("kubectl.cordon { node = \"minikube\" }")])
    ) { arguments, call in
        try await write(["cordon"], [], arguments, call, summary: "takes no new pods", back: "uncordon")
    }

    private static let uncordon = ModuleFunction(
        FunctionSpec(
            "uncordon", summary: "Let a node take new pods again", effect: .write,
            parameters: [node, KubectlOptions.timeout("60s")],
            examples: [ExampleSpec("kubectl.uncordon { node = \"minikube\" }")])
    ) { arguments, call in
        try await write(["uncordon"], [], arguments, call, summary: "takes new pods again", back: "cordon")
    }

    private static let drain = ModuleFunction(
        FunctionSpec(
            "drain", summary: "Move the pods of a node elsewhere",
            details: "The node takes no new pods afterwards; taking it back lets it take some again, and moves none.",
            effect: .write,
            parameters: [
                node,
                ParameterSpec("ignore_daemonsets", .boolean, default: "true", "leave the pods of DaemonSets where they are"),
                ParameterSpec(
                    "delete_emptydir_data", .boolean, default: "false", "also pods whose data in memory or on the node is lost"),
                ParameterSpec("force", .boolean, default: "false", "also pods that nothing makes anew"),
                ParameterSpec("selector", .string, "only pods with these labels"),
                ParameterSpec("grace", .duration, "how long pods may take to end"), KubectlOptions.timeout("5m"),
                KubectlOptions.args,
            ], examples: [ExampleSpec("kubectl.drain { node = \"minikube\", timeout = \"2m\" }")])
    ) { arguments, call in
        let limit = arguments.duration("timeout") ?? .seconds(300)
        var flags = ["--timeout", "\(max(1, limit.milliseconds / 1000))s"]
        if arguments.boolean("ignore_daemonsets", default: true) { flags.append("--ignore-daemonsets") }
        if arguments.boolean("delete_emptydir_data") { flags.append("--delete-emptydir-data") }
        if arguments.boolean("force") { flags.append("--force") }
        if let selector = arguments.optionalString("selector") { flags += ["--pod-selector", selector] }
        if let grace = arguments.duration("grace") { flags += ["--grace-period", String(grace.milliseconds / 1000)] }
        return try await write(
            ["drain"], flags, arguments, call, summary: "its pods move", back: "uncordon", limit: limit + .seconds(15))
    }

    private static func write(
        _ verb: [String], _ flags: [String], _ arguments: Arguments, _ call: CallContext, summary: String,
        back: String, limit: Duration? = nil
    ) async throws -> LuaValue {
        let kubectl = try await Kubectl(arguments, call)
        let node = try Kubectl.plainName(arguments.string("node"), "node", of: call)
        let path = "jsonpath={.spec.unschedulable}"
        let read = Kubectl.command(kubectl.argv(["get", "node/\(node)", "--output", path], extra: []))
        let isCordoned = try await call.prepare { try await kubectl.read(read).text == "true" }
        let changes = back == "cordon" ? isCordoned == true : isCordoned == false
        let inverse = Inverse(
            "kubectl \(back) \(node)",
            commands: [InverseCommand(kubectl.argv([back, node], extra: []), timeout: 60)])
        let change = Change(
            .modify, "node", node, summary: summary, isIdempotent: true, capability: "kubectl",
            inverse: { _ in changes ? inverse : nil },
            difference: { _ in
                isCordoned == nil
                    ? Difference(unknown: "the node was not read")
                    : Difference(isEmpty: !changes && verb != ["drain"], summary: changes ? "" : "it is so already")
            }, serverDryRun: Kubectl.command(kubectl.argv(verb + [node] + flags + ["--dry-run=server"])))
        let command = Kubectl.command(
            kubectl.argv(verb + [node] + flags), timeout: limit ?? arguments.duration("timeout") ?? .seconds(60),
            isQuiet: false)
        _ = try await kubectl.write(command, change)
        return .nil
    }

    private static let taint = ModuleFunction(
        FunctionSpec(
            "taint", summary: "Set or remove taints of a node",
            details: "`NoExecute` sends pods away that do not tolerate it.", effect: .write,
            parameters: [
                node, ParameterSpec("set", .list(.string), "taints to set, such as `disk=slow:NoSchedule`"),
                ParameterSpec("remove", .list(.string), "taints to remove, such as `disk:NoSchedule`"),
                KubectlOptions.timeout("60s"),
            ], examples: [ExampleSpec("kubectl.taint { node = \"minikube\", set = { \"disk=slow:PreferNoSchedule\" } }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let node = try Kubectl.plainName(arguments.string("node"), "node", of: call)
        let words = arguments.strings("set") + arguments.strings("remove").map { $0.hasSuffix("-") ? $0 : $0 + "-" }
        guard !words.isEmpty else { throw RunbookError(.argument, "`kubectl.taint` needs `set` or `remove`") }
        let before = try await call.prepare { try await KubectlRollout.present("node/\(node)", kubectl) }
        let taints = before.map { $0.at("spec", "taints") ?? .null }
        let change = Change(
            .modify, "node", node, summary: words.joined(separator: ", "), isIdempotent: true, capability: "kubectl",
            inverse: { _ in
                taints.map { taints in
                    let patch: LuaValue = ["spec": ["taints": taints]]
                    let verb = ["patch", "node/\(node)", "--type", "merge", "--patch", JSONText.encode(patch, pretty: false)]
                    return Inverse(
                        "kubectl patch node/\(node) to its taints before",
                        commands: [InverseCommand(kubectl.argv(verb, extra: []), timeout: 60)])
                }
            }, serverDryRun: Kubectl.command(kubectl.argv(["taint", "nodes", node] + words + ["--overwrite", "--dry-run=server"])))
        let command = Kubectl.command(
            kubectl.argv(["taint", "nodes", node] + words + ["--overwrite"]),
            timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return .nil
    }
}
