import RunbookLua
import RunbookSpec

/// `minikube.config_…`, `services` and `addon_images`: settings and lists.
enum MinikubeConfig {
    static let functions = [get, set, unset, services, addonImages]

    private static let name = ParameterSpec.required("name", .string, "the setting, such as `memory`")
    private static let common = [
        ParameterSpec("timeout", .duration, default: "\"20s\"", "how long it may take"),
        ParameterSpec("args", .list(.string), "further arguments, added as they are before the names"),
    ]

    private static let get = ModuleFunction(
        FunctionSpec(
            "config_get", summary: "Get one of minikube's own settings", effect: .read, parameters: [name] + common,
            returns: ReturnSpec(.string, "its value; nil when it is not set"),
            examples: [ExampleSpec("print(minikube.config_get { name = \"memory\" })")])
    ) { arguments, call in
        try await value(arguments.string("name"), arguments, in: call.world, call).map { .string($0) } ?? .nil
    }

    private static func value(
        _ name: String, _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> String? {
        let command = try MinikubeCommand.make(
            ["config", "get", "--skip-audit"], arguments, timeout: .seconds(20), isQuiet: true
        ) { try $0.operands([name], of: arguments) }
        let result = try await world.read(command)
        if result.succeeded { return result.text.isEmpty ? nil : result.text }
        if (result.text + result.errorText).contains("could not be found") { return nil }
        throw MinikubeCommand.failure(command, result, call)
    }

    private static let set = ModuleFunction(
        FunctionSpec(
            "config_set", summary: "Change one of minikube's own settings",
            details: "A profile takes it up when it is made anew. Undo gives the earlier value back.", effect: .write,
            parameters: [name, .required("value", .string, "its value")] + common,
            examples: [ExampleSpec("minikube.config_set { name = \"memory\", value = \"4g\" }")])
    ) { arguments, call in
        try await change("set", [arguments.string("name"), arguments.string("value")], arguments, call)
    }

    private static let unset = ModuleFunction(
        FunctionSpec(
            "config_unset", summary: "Take one of minikube's own settings away",
            details: "Undo gives the earlier value back.", effect: .write, parameters: [name] + common,
            examples: [ExampleSpec("minikube.config_unset { name = \"memory\" }")])
    ) { arguments, call in try await change("unset", [arguments.string("name")], arguments, call) }

    private static func change(
        _ verb: String, _ words: [String], _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        let command = try MinikubeCommand.make(["config", verb], arguments, timeout: .seconds(20)) {
            try $0.operands(words, of: arguments)
        }
        let change = Change(
            .modify, "setting", words[0], summary: words.dropFirst().first ?? "removed", isIdempotent: true,
            capability: "minikube",
            inverse: { world in
                let old = try await value(words[0], arguments, in: world, call)
                let back = old.map { ["set", words[0], $0] } ?? ["unset", words[0]]
                return Inverse(
                    "minikube config \(back.joined(separator: " "))",
                    commands: [InverseCommand(["minikube", "config"] + back, timeout: 20)])
            })
        guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .nil
    }

    private struct Service: Decodable {
        var namespace: String
        var name: String
        var urls: [String]?
        var ports: [String]?
        enum CodingKeys: String, CodingKey {
            case namespace = "Namespace"
            case name = "Name"
            case urls = "URLs"
            case ports = "PortNames"
        }
    }

    private static let services = ModuleFunction(
        FunctionSpec(
            "services", summary: "List the services of the cluster and their addresses", effect: .read,
            parameters: [ParameterSpec("namespace", .string, "those of one namespace")]
                + MinikubeCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("namespace", .string, "the namespace"), .required("name", .string, "the service"),
                        .required("urls", .list(.string), "empty for one that cannot be reached from outside"),
                        .required("ports", .list(.string), "the names of its ports"),
                    ]))), examples: [ExampleSpec("for _, s in ipairs(minikube.services()) do print(s.name) end")])
    ) { arguments, call in
        let command = MinikubeCommand.make(
            ["service", "list", "--output", "json", "--skip-audit"], arguments, timeout: .seconds(60), isQuiet: true
        ) { line in
            line.option("--namespace", arguments.optionalString("namespace"))
            line.argv += arguments.strings("args")
        }
        let result = try await call.world.read(command)
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        let list = try ToolJSON.decode([Service]?.self, result, of: command) ?? []
        return .list(
            list.map { service in
                // "No node port" stands where an address would be.
                let urls = (service.urls ?? []).filter { $0.contains("://") }
                return [
                    "namespace": .string(service.namespace), "name": .string(service.name),
                    "urls": .list(urls.map { .string($0) }), "ports": .list((service.ports ?? []).map { .string($0) }),
                ]
            })
    }

    private static let addonImages = ModuleFunction(
        FunctionSpec(
            "addon_images", summary: "List the images that an addon uses", effect: .read,
            parameters: [.required("name", .string, "the addon, such as `ingress`")]
                + MinikubeCommand.common(timeout: "30s"),
            returns: ReturnSpec(.any, "minikube's own answer"),
            examples: [ExampleSpec("local images = minikube.addon_images { name = \"ingress\" }")])
    ) { arguments, call in
        let command = try MinikubeCommand.make(
            ["addons", "images", "--output", "json", "--skip-audit"], arguments, timeout: .seconds(30), isQuiet: true
        ) { try $0.operands([arguments.string("name")], of: arguments) }
        let result = try await call.world.read(command)
        guard result.succeeded, result.stdout.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") })
        else { throw MinikubeCommand.failure(command, result, call) }
        return .json(result.stdout)
    }
}
