import RunbookLua
import RunbookSpec

/// How a profile stands: `minikube status`, whose exit code is a bit mask.
struct MinikubeState: Sendable {
    /// One node.
    struct Node: Decodable, Sendable {
        var name: String
        var host: String
        var kubelet: String?
        var apiserver: String?
        var kubeconfig: String?
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case host = "Host"
            case kubelet = "Kubelet"
            case apiserver = "APIServer"
            case kubeconfig = "Kubeconfig"
        }
    }
    /// The exit code: 1 host, 2 Kubernetes, 4 kubeconfig are not as they should be; 85 no such profile.
    let code: Int
    /// The nodes, the control plane first.
    let nodes: [Node]

    var exists: Bool { code != MinikubeExit.profileMissing && nodes.first?.host != "Nonexistent" }
    var isRunning: Bool { exists && code == 0 }
    var isPaused: Bool { nodes.first?.apiserver == "Paused" }

    /// Reads it.
    ///
    /// - Throws: `RunbookError` with code `missing` when minikube is not installed, `command` for what is no status.
    static func read(
        _ arguments: Arguments, in world: any World, _ call: CallContext, own: Bool = false
    ) async throws -> MinikubeState {
        let command = MinikubeCommand.query(["status", "--output", "json"], arguments, timeout: .seconds(60), own: own)
        let result = try await world.read(command)
        if result.status == MinikubeExit.profileMissing { return MinikubeState(code: result.status, nodes: []) }
        guard (0...7).contains(result.status) else { throw MinikubeCommand.failure(command, result, call) }
        // One node gives an object, several give an array of them; a failure before that gives events.
        if let node = try? ToolJSON.decode(Node.self, result, of: command) {
            return MinikubeState(code: result.status, nodes: [node])
        }
        if let nodes = try? ToolJSON.decode([Node].self, result, of: command) {
            return MinikubeState(code: result.status, nodes: nodes)
        }
        throw MinikubeCommand.failure(command, result, call)
    }

    /// What a script sees.
    var value: LuaValue {
        func text(_ text: String?) -> LuaValue { text.map { .string($0) } ?? .nil }
        let first = nodes.first
        return [
            "exists": .boolean(exists), "running": .boolean(isRunning), "code": .integer(Int64(code)),
            "host_ok": .boolean(exists && code & 1 == 0), "kubernetes_ok": .boolean(exists && code & 2 == 0),
            "kubeconfig_ok": .boolean(exists && code & 4 == 0), "host": text(first?.host),
            "kubelet": text(first?.kubelet), "apiserver": text(first?.apiserver), "kubeconfig": text(first?.kubeconfig),
            "nodes": .list(
                nodes.map {
                    [
                        "name": .string($0.name), "host": .string($0.host), "kubelet": text($0.kubelet),
                        "apiserver": text($0.apiserver), "kubeconfig": text($0.kubeconfig),
                    ]
                }),
        ]
    }

    /// What it is, in a few words.
    var summary: String {
        if !exists { return "not there" }
        return isRunning ? "running" : (nodes.first.map { "host \($0.host)" } ?? "code \(code)")
    }

    static let type = ValueType.record([
        .required("exists", .boolean, "false when there is no such profile"),
        .required("running", .boolean, "true when host, Kubernetes and kubeconfig are all as they should be"),
        .required(
            "code", .integer, "minikube's exit code: the sum of 1 host, 2 Kubernetes, 4 kubeconfig; 85 no profile"),
        .required("host_ok", .boolean, "the node's machine runs"),
        .required("kubernetes_ok", .boolean, "kubelet and API server run"),
        .required("kubeconfig_ok", .boolean, "the kubeconfig points to it"),
        ParameterSpec("host", .string, "the first node's machine: `Running`, `Stopped`, `Paused`"),
        ParameterSpec("kubelet", .string, "its kubelet"), ParameterSpec("apiserver", .string, "its API server"),
        ParameterSpec("kubeconfig", .string, "`Configured` or `Misconfigured`"),
        .required("nodes", .list(.any), "every node: `name`, `host`, `kubelet`, `apiserver`, `kubeconfig`"),
    ])
}

/// `minikube`: reads of profiles.
enum MinikubeStatus {
    static let status = ModuleFunction(
        FunctionSpec(
            "status", summary: "Tell how a profile stands",
            details: "A profile that is stopped or missing is no error.", effect: .read,
            parameters: MinikubeCommand.common(timeout: "60s"), returns: ReturnSpec(MinikubeState.type),
            examples: [ExampleSpec("if not minikube.status().running then minikube.start {} end")])
    ) { arguments, call in
        try await MinikubeState.read(arguments, in: call.world, call, own: true).value
    }

    static let version = ModuleFunction(
        FunctionSpec(
            "version", summary: "Tell minikube's version", effect: .read,
            parameters: MinikubeCommand.common(timeout: "20s"), returns: ReturnSpec(.string, "such as `1.38.1`"),
            examples: [ExampleSpec("print(minikube.version())")])
    ) { arguments, call in
        let command = MinikubeCommand.make(
            ["version", "--output", "json"], arguments, timeout: .seconds(20), isQuiet: true
        ) {
            $0.argv += arguments.strings("args")
        }
        let version = try ToolJSON.decode(Version.self, try await call.read(command), of: command).minikubeVersion
        return .string(version.hasPrefix("v") ? String(version.dropFirst()) : version)
    }

    private struct Version: Decodable {
        var minikubeVersion: String
    }

    static let ip = ModuleFunction(
        FunctionSpec(
            "ip", summary: "Tell the address of a node", effect: .read,
            parameters: [ParameterSpec("node", .string, "the node; the control plane when left out")]
                + MinikubeCommand.common(timeout: "30s"), returns: ReturnSpec(.string, "the address"),
            examples: [ExampleSpec("print(minikube.ip())")])
    ) { arguments, call in
        let command = MinikubeCommand.make(["ip"], arguments, timeout: .seconds(30), isQuiet: true) { line in
            line.option("--node", arguments.optionalString("node"))
            line.argv += arguments.strings("args")
        }
        let result = try await call.world.read(command)
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .string(result.text)
    }

    static let profiles = ModuleFunction(
        FunctionSpec(
            "profiles", summary: "List the profiles", effect: .read,
            parameters: MinikubeCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the name"), .required("status", .string, "`Running`, `Stopped` …"),
                        .required("active", .boolean, "true for the one that is meant when none is named"),
                        ParameterSpec("driver", .string, "what runs the node"),
                        ParameterSpec("runtime", .string, "`docker`, `containerd` or `cri-o`"),
                        ParameterSpec("kubernetes", .string, "the version of Kubernetes"),
                        .required("nodes", .list(.any), "`name`, `ip`, `control_plane`, `worker` of each"),
                    ])), "empty where there is none"),
            examples: [ExampleSpec("for _, profile in ipairs(minikube.profiles()) do print(profile.name) end")])
    ) { arguments, call in
        .list(try await MinikubeProfile.all(arguments, in: call.world, call, own: true).map(\.value))
    }

    static let nodes = ModuleFunction(
        FunctionSpec(
            "nodes", summary: "List the nodes of a profile", effect: .read,
            parameters: MinikubeCommand.common(timeout: "60s"),
            returns: ReturnSpec(.list(.any), "`name`, `ip`, `control_plane`, `worker` of each"),
            examples: [ExampleSpec("print(#minikube.nodes())")])
    ) { arguments, call in
        let profiles = try await MinikubeProfile.all(arguments, in: call.world, call, own: true)
        guard let profile = MinikubeProfile.chosen(arguments, among: profiles) else {
            throw RunbookError(
                .missing, "minikube has no profile \(MinikubeCommand.profile(arguments))", remedy: "minikube start")
        }
        return profile.value["nodes"]
    }

    static let logs = ModuleFunction(
        FunctionSpec(
            "logs", summary: "Read the logs of the node", effect: .read,
            parameters: [
                ParameterSpec("lines", .positive, default: "60", "how many lines of each part"),
                ParameterSpec("problems", .boolean, default: "false", "true: only what points to known problems"),
            ] + MinikubeCommand.common(timeout: "2m"), returns: ReturnSpec(.string, "the logs"),
            examples: [ExampleSpec("minikube.logs { problems = true }")])
    ) { arguments, call in
        let command = MinikubeCommand.make(["logs"], arguments, timeout: .seconds(120), isQuiet: true) { line in
            line.option("--length", arguments.optionalString("lines"))
            line.flag("--problems", if: arguments.boolean("problems"))
            line.argv += arguments.strings("args")
        }
        let result = try await call.world.read(command)
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .text(result.stdout)
    }
}
