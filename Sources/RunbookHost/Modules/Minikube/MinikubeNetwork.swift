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
            "service_url", summary: "Give the addresses of a service",
            details: """
                It never blocks: where minikube would hold a tunnel open (the docker driver on macOS and Windows), it is ended, and the
                address is made of the node's and the service's port. Such an address cannot be reached from the host there: `hint`
                says so, and how to forward a port.
                """,
            effect: .read,
            parameters: [
                .required("service", .string, "the service's name"),
                ParameterSpec("namespace", .string, default: "\"default\"", "its namespace"),
            ] + MinikubeCommand.common(timeout: "15s"),
            returns: ReturnSpec(
                .record([
                    ParameterSpec("url", .string, "the first address"),
                    .required("urls", .list(.string), "all of them, one a port"),
                    .required("by", .enumeration(["minikube", "node-port"]), "where they come from"),
                    ParameterSpec("hint", .string, "what to do where they cannot be reached"),
                ])),
            examples: [ExampleSpec("print(minikube.service_url { service = \"frontend\", namespace = \"todo\" }.url)")]
        )
    ) { arguments, call in
        let service = arguments.string("service")
        let namespace = arguments.optionalString("namespace") ?? "default"
        let command = try MinikubeCommand.make(["service"], arguments, timeout: .seconds(15), isQuiet: true) { line in
            line.add("--url", "--namespace", namespace)
            try line.operands([service], of: arguments)
        }
        do {
            let result = try await call.world.read(command)
            let urls = result.text.split(whereSeparator: \.isWhitespace).map(String.init).filter { $0.contains("://") }
            if result.succeeded, !urls.isEmpty { return answer(urls, by: "minikube", hint: nil) }
            if !result.succeeded { throw MinikubeCommand.failure(command, result, call) }
        } catch let error as RunbookError where error.code == .timeout {}
        let urls = try await nodePorts(service, namespace, arguments, call)
        return answer(
            urls, by: "node-port",
            hint:
                "minikube needs a tunnel for it; forward a port: kubectl port-forward --namespace \(namespace) service/\(service) 8080:PORT"
        )
    }

    private static func answer(_ urls: [String], by way: String, hint: String?) -> LuaValue {
        [
            "url": urls.first.map { .string($0) } ?? .nil, "urls": .list(urls.map { .string($0) }), "by": .string(way),
            "hint": hint.map { .string($0) } ?? .nil,
        ]
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
            inherited: KubeEnvironment.variables)
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
                })
            guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
            guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
            return .nil
        }
    }
}
