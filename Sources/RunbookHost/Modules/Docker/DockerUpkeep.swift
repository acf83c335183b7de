import RunbookLua
import RunbookSpec

/// `docker`: files of containers, volumes, networks and clearing up.
enum DockerUpkeep {
    static let prune = ModuleFunction(
        FunctionSpec(
            "prune", summary: "Remove what nothing uses",
            details:
                "docker would ask first, and end well without doing anything when nobody answers: `--force` is always given. It cannot be undone.",
            effect: .write,
            parameters: [
                .required(
                    "what", .enumeration(["image", "container", "volume", "network", "builder"]), "what to remove"),
                ParameterSpec("all", .boolean, default: "false", "true: all unused ones, for images and volumes"),
                ParameterSpec("filters", .map(.string), "docker's filters, such as `{ until = \"24h\" }`"),
            ] + DockerCommand.common(timeout: "5m"),
            returns: ReturnSpec(.string, "what docker printed"),
            examples: [ExampleSpec("docker.prune { what = \"image\" }")])
    ) { arguments, call in
        let what = arguments.string("what")
        var line = ToolLine([what, "prune", "--force"])
        line.flag("--all", if: arguments.boolean("all"))
        line.option("--filter", each: arguments.map("filters").map { "\($0.name)=\($0.value)" })
        try line.operands([], of: arguments)
        let change = Change(
            .delete, what, "unused", isIdempotent: true, capability: "docker",
            difference: { world in
                guard let list = candidates(what, isAll: arguments.boolean("all")) else { return Difference() }
                let result = try await world.read(DockerCommand.query(list, arguments))
                let lines = result.text.split(whereSeparator: \.isNewline).map { "- \($0)" }
                return Difference(
                    isEmpty: lines.isEmpty, summary: lines.count == 1 ? "1 candidate" : "\(lines.count) candidates",
                    lines: lines)
            })
        let command = DockerCommand.make(line, arguments, timeout: .seconds(300))
        guard let result = try await call.write(command, change) else { return call.unknown("output of docker prune") }
        return .text(result.stdout)
    }

    /// The list of what a prune may remove, where docker has one.
    private static func candidates(_ what: String, isAll: Bool) -> [String]? {
        switch what {
        case "image" where !isAll:
            ["image", "ls", "--filter", "dangling=true", "--format", "{{.ID}} {{.Repository}} {{.Size}}"]
        case "container":
            ["ps", "--all", "--filter", "status=exited", "--filter", "status=created", "--format", "{{.Names}}"]
        case "volume": ["volume", "ls", "--filter", "dangling=true", "--format", "{{.Name}}"]
        case "network": ["network", "ls", "--filter", "dangling=true", "--format", "{{.Name}}"]
        default: nil
        }
    }

    static let copy = ModuleFunction(
        FunctionSpec(
            "cp", summary: "Copy files between a container and this machine",
            details: "One of the two is `container:path`. Undo works for a single file that comes to this machine.",
            effect: .write,
            parameters: [
                .required("from", .string, "the file or folder"), .required("to", .string, "where it goes"),
            ] + DockerCommand.common(timeout: "5m"),
            examples: [ExampleSpec("docker.cp { from = \"todo-db:/var/log/postgres.log\", to = \"postgres.log\" }")])
    ) { arguments, call in
        var line = ToolLine(["cp"])
        let (from, target) = (arguments.string("from"), arguments.string("to"))
        try line.operands([from, target], of: arguments)
        let change = Change(
            .modify, "files", target, summary: "from \(from)", isIdempotent: true, capability: "docker",
            inverse: { try await copyInverse(from, target, $0) })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(300)), change)
        return .nil
    }

    private static func copyInverse(_ from: String, _ target: String, _ world: any World) async throws -> Inverse? {
        let isInContainer = target.contains(":") && !target.hasPrefix("/") && !target.hasPrefix(".")
        if isInContainer || target == "-" { return nil }
        guard try await world.status(of: target)?.isFolder == true else {
            return try await FileInverse.of(target, world)
        }
        guard let name = from.split(separator: "/").last, name != "." else { return nil }
        return try await FileInverse.of("\(target)/\(name)", world)
    }

    static let port = ModuleFunction(
        FunctionSpec(
            "port", summary: "List the published ports of a container", effect: .read,
            parameters: [.required("container", .string, "its name or id")] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(.map(.list(.string)), "addresses by the container's port, such as `80/tcp`"),
            examples: [ExampleSpec("docker.port { container = \"todo-frontend\" }")])
    ) { arguments, call in
        let command = DockerCommand.make(
            ToolLine(
                ["inspect", "--type", "container", "--format", "{{json .NetworkSettings.Ports}}"]
                    + arguments.strings("args") + [arguments.string("container")]), arguments, timeout: .seconds(30),
            isQuiet: true)
        let ports = try ToolJSON.decode([String: [Binding]?].self, try await call.read(command), of: command)
        return .table(
            LuaTable(
                ports.sorted { $0.key < $1.key }.map { port, bindings in
                    (.string(port), .list((bindings ?? []).map { .string("\($0.address):\($0.port)") }))
                }))
    }

    private struct Binding: Decodable {
        var address: String
        var port: String
        enum CodingKeys: String, CodingKey {
            case address = "HostIp"
            case port = "HostPort"
        }
    }

    static let volumes = list("volumes", "volume", "List volumes")
    static let networks = list("networks", "network", "List networks")

    static let volumeCreate = make("volume_create", "volume", "Make a volume")
    static let networkCreate = make("network_create", "network", "Make a network")
    static let volumeRemove = remove("volume_rm", "volume", "Remove a volume and what it holds; it cannot be undone")
    static let networkRemove = remove("network_rm", "network", "Remove a network")

    private static func list(_ name: String, _ object: String, _ summary: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                name, summary: summary, details: "The tables are docker's own.", effect: .read,
                parameters: [ParameterSpec("filters", .map(.string), "docker's filters")]
                    + DockerCommand.common(timeout: "30s"),
                returns: ReturnSpec(.list(.any), "one table each, with `Name` and `Driver`"),
                examples: [ExampleSpec("docker.\(name)()")])
        ) { arguments, call in
            var line = ToolLine([object, "ls", "--format", "{{json .}}"])
            line.option("--filter", each: arguments.map("filters").map { "\($0.name)=\($0.value)" })
            try line.operands([], of: arguments)
            return ToolJSON.array(
                try await call.read(DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true)))
        }
    }

    private static func make(_ name: String, _ object: String, _ summary: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                name, summary: summary, details: "Undo removes it, when it was not there before.", effect: .write,
                parameters: [
                    .required("name", .string, "its name"), ParameterSpec("driver", .string, "the driver"),
                    ParameterSpec("labels", .map(.string), "labels"),
                ] + DockerCommand.common(timeout: "30s"), returns: ReturnSpec(.string, "its name"),
                examples: [ExampleSpec("docker.\(name) { name = \"todo\" }")])
        ) { arguments, call in
            let target = arguments.string("name")
            var line = ToolLine([object, "create"])
            line.option("--driver", arguments.optionalString("driver"))
            line.option("--label", each: arguments.map("labels").map { "\($0.name)=\($0.value)" })
            try line.operands([target], of: arguments)
            let change = Change(
                .create, object, target, isIdempotent: object == "volume", capability: "docker",
                inverse: { world in
                    let look = try await world.read(DockerCommand.query([object, "inspect", target], arguments))
                    if look.succeeded { return nil }
                    return Inverse(
                        "docker \(object) rm \(target)",
                        commands: [
                            InverseCommand(
                                DockerCommand.reaching(arguments) + [object, "rm", target], timeout: 60,
                                doneWhen: "no such \(object)|\(object) \(target) not found")
                        ])
                })
            _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
            return .string(target)
        }
    }

    private static func remove(_ name: String, _ object: String, _ summary: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                name, summary: summary, details: "One that is not there is no error.", effect: .write,
                parameters: [.required("name", .string, "its name")] + DockerCommand.common(timeout: "30s"),
                examples: [ExampleSpec("docker.\(name) { name = \"todo\" }")])
        ) { arguments, call in
            var line = ToolLine([object, "rm"])
            try line.operands([arguments.string("name")], of: arguments)
            let command = DockerCommand.make(line, arguments, timeout: .seconds(30))
            let change = Change(
                .delete, object, arguments.string("name"), isIdempotent: true, capability: "docker")
            guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
            if !result.succeeded, !DockerCommand.saysMissing(result) { throw call.failure(of: command, result) }
            return .nil
        }
    }
}
