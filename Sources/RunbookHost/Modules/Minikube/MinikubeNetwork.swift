import RunbookLua
import RunbookSpec

/// `minikube`: the way to docker and to services in the cluster, and addons.
enum MinikubeNetwork {
    static let dockerEnvironment = ModuleFunction(
        FunctionSpec(
            "docker_env", summary: "Give the variables with which docker works in the cluster's engine",
            details: """
                For `env` of the `docker` functions: an image that is built there needs no loading. It works with the docker runtime and
                one node. minikube may restart the engine in the node to make it answer, so it counts as a write.
                """,
            effect: .write, parameters: MinikubeCommand.common(timeout: "2m"),
            returns: ReturnSpec(.map(.string), "variables: `DOCKER_HOST`, `DOCKER_CERT_PATH` and so on"),
            examples: [
                ExampleSpec(
                    "local env = minikube.docker_env()\ndocker.build { tag = \"todo-backend:v1.0.0\", context = \"backend\", env = env }"
                )
            ])
    ) { arguments, call in
        let command = MinikubeCommand.make(
            ["docker-env", "--output", "json"], arguments, timeout: .seconds(120), isQuiet: true
        ) {
            $0.argv += arguments.strings("args")
        }
        let change = Change(
            .run, "cluster", MinikubeCommand.profile(arguments), summary: "docker-env; may restart the node's docker",
            isIdempotent: true, capability: "minikube")
        guard case .process(let result)? = try await call.write(.process(command), change) else {
            return .table(
                LuaTable(
                    ["DOCKER_CERT_PATH", "DOCKER_HOST", "DOCKER_TLS_VERIFY", "MINIKUBE_ACTIVE_DOCKERD"].map {
                        (.string($0), call.unknown("\($0) of \(MinikubeCommand.profile(arguments))"))
                    }))
        }
        guard result.succeeded else { throw await refusal(command, result, arguments, call) }
        let variables = try ToolJSON.decode([String: String].self, result, of: command)
        guard let host = variables["DOCKER_HOST"], !host.isEmpty else {
            throw RunbookError(.command, "minikube docker-env named no DOCKER_HOST")
        }
        return .table(
            LuaTable(
                variables.filter { !$0.key.hasPrefix("MINIKUBE_EXISTING_") }.sorted { $0.key < $1.key }.map {
                    (.string($0.key), .string($0.value))
                }))
    }

    /// Why docker-env cannot work, from what the profile is made of.
    private static func refusal(
        _ command: Command, _ result: ProcessResult, _ arguments: Arguments, _ call: CallContext
    ) async -> RunbookError {
        let failure = MinikubeCommand.failure(command, result, call)
        guard let profiles = try? await MinikubeProfile.all(arguments, in: call.world, call),
            let profile = MinikubeProfile.chosen(arguments, among: profiles)
        else { return failure }
        if let runtime = profile.config?.kubernetes?.runtime, !runtime.isEmpty, runtime != "docker" {
            return RunbookError(
                .missing, "minikube's profile \(profile.name) runs \(runtime), and docker_env needs the docker runtime",
                details: failure.details,
                remedy:
                    "make it with minikube.start { container_runtime = \"docker\" }, or build with docker and use minikube.image_load",
                exit: result.status)
        }
        if let nodes = profile.config?.nodes, nodes.count > 1 {
            return RunbookError(
                .missing,
                "minikube's profile \(profile.name) has \(nodes.count) nodes, and docker_env works with one only",
                details: failure.details, remedy: "build with docker and use minikube.image_load", exit: result.status)
        }
        return failure
    }

    static let serviceURL = ModuleFunction(
        FunctionSpec(
            "service_url", summary: "Give the address of a service, the first where it has several",
            details: """
                It never blocks: where minikube would hold a tunnel open (the docker driver on macOS and Windows), it is ended, and the
                address is made of the node's address and the service's port on it. Such an address cannot be reached from the host
                there; a warning says so, and how to forward a port.
                """,
            effect: .read, parameters: serviceParameters,
            returns: ReturnSpec(.string, "such as `http://192.168.49.2:30080`"),
            examples: [ExampleSpec("print(minikube.service_url { name = \"frontend\", namespace = \"todo\" })")])
    ) { arguments, call in
        let found = try await addresses(arguments, call)
        if let hint = found.hint { call.note(.warning, hint) }
        guard let first = found.urls.first else {
            throw RunbookError(
                .missing, "the service \(arguments.string("name")) has no port on the node",
                remedy: "make it a NodePort, or use kubectl.port_forward")
        }
        return .string(first)
    }

    static let serviceURLs = ModuleFunction(
        FunctionSpec(
            "service_urls", summary: "Give all addresses of a service, and where they come from",
            details: "It never blocks, as `service_url`.", effect: .read, parameters: serviceParameters,
            returns: ReturnSpec(
                .record([
                    .required("urls", .list(.string), "one a port"),
                    .required("by", .enumeration(["minikube", "node-port"]), "where they come from"),
                    ParameterSpec("hint", .string, "what to do where they cannot be reached"),
                ])),
            examples: [ExampleSpec("print(#minikube.service_urls { name = \"frontend\", namespace = \"todo\" }.urls)")])
    ) { arguments, call in
        let found = try await addresses(arguments, call)
        return [
            "urls": .list(found.urls.map { .string($0) }), "by": .string(found.hint == nil ? "minikube" : "node-port"),
            "hint": found.hint.map { .string($0) } ?? .nil,
        ]
    }

    private static let serviceParameters: [ParameterSpec] =
        [
            .required("name", .string, "the service's name"),
            ParameterSpec("namespace", .string, default: "\"default\"", "its namespace"),
        ] + MinikubeCommand.common(timeout: "15s")

    /// The addresses of a service; with a hint where they are made up of the node's and the service's.
    private static func addresses(
        _ arguments: Arguments, _ call: CallContext
    ) async throws -> (urls: [String], hint: String?) {
        let service = arguments.string("name")
        let namespace = arguments.optionalString("namespace") ?? "default"
        let command = try MinikubeCommand.make(["service"], arguments, timeout: .seconds(15), isQuiet: true) { line in
            line.add("--url", "--namespace", namespace)
            try line.operands([service], of: arguments)
        }
        do {
            let result = try await call.world.read(command)
            guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
            let urls = result.text.split(whereSeparator: \.isWhitespace).map(String.init).filter { $0.contains("://") }
            if !urls.isEmpty { return (urls, nil) }
        } catch let error as RunbookError where error.code == .timeout {
            // It holds a tunnel open, or the service has no pod to answer; either way the address can be made up.
        }
        let hint =
            "minikube holds a tunnel open to reach \(service) from here; forward a port instead: kubectl port-forward --namespace \(namespace) service/\(service) 8080:PORT"
        return (try await nodePorts(service, namespace, arguments, call), hint)
    }

    private struct Service: Decodable {
        struct Spec: Decodable {
            var ports: [Port]?
        }
        struct Port: Decodable {
            var nodePort: Int?
        }
        var spec: Spec
    }

    /// Addresses of the node with the service's ports on it.
    private static func nodePorts(
        _ service: String, _ namespace: String, _ arguments: Arguments, _ call: CallContext
    ) async throws -> [String] {
        let ip = try await call.read(MinikubeCommand.query(["ip"], arguments)).text
        let look = Command(
            [
                "kubectl", "--context", MinikubeCommand.profile(arguments), "--namespace", namespace, "get", "service",
                service, "--output", "json", "--request-timeout=10s",
            ], environment: ["KUBERC": "off"], timeout: .seconds(20), isQuiet: true,
            inherited: KubeEnvironment.variables(for: ["kubectl", "--context", "minikube"]))
        let ports = try ToolJSON.decode(Service.self, try await call.read(look), of: look).spec.ports ?? []
        return ports.compactMap(\.nodePort).map { "http://\(ip):\($0)" }
    }

    static let addons = ModuleFunction(
        FunctionSpec(
            "addons", summary: "List the addons", effect: .read, parameters: MinikubeCommand.common(timeout: "60s"),
            returns: ReturnSpec(.map(.boolean), "true for each that is enabled, by name"),
            examples: [ExampleSpec("if not minikube.addons().ingress then log.warn(\"no ingress\") end")])
    ) { arguments, call in
        let enabled = try await addonStates(arguments, in: call.world, call, own: true)
        return .table(LuaTable(enabled.sorted { $0.key < $1.key }.map { (.string($0.key), .boolean($0.value)) }))
    }

    static let addonEnable = addon("enable", "Enable an addon", undo: "disable")
    static let addonDisable = addon("disable", "Disable an addon", undo: "enable")

    private struct Addon: Decodable {
        var status: String
        enum CodingKeys: String, CodingKey { case status = "Status" }
    }

    private static func addonStates(
        _ arguments: Arguments, in world: any World, _ call: CallContext, own: Bool = false
    ) async throws -> [String: Bool] {
        let command = MinikubeCommand.query(
            ["addons", "list", "--output", "json"], arguments, timeout: .seconds(60), own: own)
        let result = try await world.read(command)
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return try ToolJSON.decode([String: Addon].self, result, of: command).mapValues { $0.status == "enabled" }
    }

    private static func addon(_ verb: String, _ summary: String, undo: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                "addon_\(verb)", summary: summary, details: "Undo sets it back, when it was not so before.",
                effect: .write,
                parameters: [.required("name", .string, "the addon, such as `ingress`")]
                    + MinikubeCommand.common(timeout: "5m"),
                examples: [ExampleSpec("minikube.addon_\(verb) { name = \"ingress\" }")])
        ) { arguments, call in
            let name = arguments.string("name")
            let command = try MinikubeCommand.make(["addons", verb], arguments, timeout: .seconds(300)) {
                try $0.operands([name], of: arguments)
            }
            let wanted = verb == "enable"
            let change = Change(
                .modify, "addon", name, summary: verb, isIdempotent: true, capability: "minikube",
                inverse: { world in
                    if try await addonStates(arguments, in: world, call)[name] == wanted { return nil }
                    return Inverse(
                        "minikube addons \(undo) \(name)",
                        commands: [
                            InverseCommand(MinikubeCommand.undoing(["addons", undo], arguments) + [name], timeout: 300)
                        ])
                },
                difference: { world in
                    let isSo = try await addonStates(arguments, in: world, call)[name] == wanted
                    return Difference(isEmpty: isSo, summary: isSo ? "already \(verb)d" : "")
                },
                tookEffect: { try await addonStates(arguments, in: $0, call)[name] == wanted })
            guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
            guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
            return .nil
        }
    }
}
