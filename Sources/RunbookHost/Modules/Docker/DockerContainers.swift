import RunbookLua
import RunbookSpec

/// `docker`: looking at containers, and their life.
enum DockerContainers {
    static let ps = ModuleFunction(
        FunctionSpec(
            "ps", summary: "List containers", effect: .read,
            parameters: [
                ParameterSpec("all", .boolean, default: "false", "true: stopped ones too"),
                ParameterSpec("filters", .map(.string), "docker's filters, such as `{ name = \"todo\" }`"),
            ] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("id", .string, "the id"), .required("name", .string, "the name"),
                        .required("image", .string, "the image"),
                        .required("state", .string, "`running`, `exited` and so on"),
                        .required("status", .string, "the state in words: `Up 2 hours`"),
                        .required("ports", .string, "the published ports"),
                        .required("command", .string, "the program"), .required("created", .string, "when it was made"),
                    ])), "newest first"),
            examples: [ExampleSpec("for _, container in ipairs(docker.ps { all = true }) do print(container.name) end")]
        )
    ) { arguments, call in
        var line = ToolLine(["ps", "--no-trunc", "--format", "{{json .}}"])
        line.flag("--all", if: arguments.boolean("all"))
        line.option("--filter", each: arguments.map("filters").map { "\($0.name)=\($0.value)" })
        try line.operands([], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true)
        return .list(
            try ToolJSON.decodeLines(Row.self, try await call.read(command), of: command).map { row in
                [
                    "id": .string(row.id), "name": .string(row.name), "image": .string(row.image),
                    "state": .string(row.state ?? ""), "status": .string(row.status), "ports": .string(row.ports),
                    "command": .string(row.command.filter { $0 != "\"" }), "created": .string(row.created),
                ]
            })
    }

    private struct Row: Decodable {
        var id: String
        var name: String
        var image: String
        var state: String?
        var status: String
        var ports: String
        var command: String
        var created: String
        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case name = "Names"
            case image = "Image"
            case state = "State"
            case status = "Status"
            case ports = "Ports"
            case command = "Command"
            case created = "CreatedAt"
        }
    }

    static let logs = ModuleFunction(
        FunctionSpec(
            "logs", summary: "Read what a container has printed",
            details: "Of its errors the last 64 KiB are kept.", effect: .read,
            parameters: [
                .required("container", .string, "its name or id"),
                ParameterSpec("tail", .integer, "only the last lines"),
                ParameterSpec("since", .string, "only later lines: a time, or an age such as `10m`"),
                ParameterSpec("timestamps", .boolean, default: "false", "true: with the time of each line"),
            ] + DockerCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .record([.required("stdout", .string, "its output"), .required("stderr", .string, "its errors")])),
            examples: [ExampleSpec("docker.logs { container = \"todo-db\", tail = 20 }")])
    ) { arguments, call in
        var line = ToolLine(["logs"])
        line.option("--tail", arguments.optionalString("tail"))
        line.option("--since", arguments.optionalString("since"))
        line.flag("--timestamps", if: arguments.boolean("timestamps"))
        try line.operands([arguments.string("container")], of: arguments)
        let result = try await call.read(DockerCommand.make(line, arguments, timeout: .seconds(60), isQuiet: true))
        return ["stdout": .text(result.stdout), "stderr": .text(result.stderr)]
    }

    static let stop = life(
        "stop", "Stop containers", "Undo starts those again that were running.",
        [ParameterSpec("grace", .duration, default: "\"10s\"", "how long they may take before they are killed")],
        .modify, undo: ("start", true)
    ) { line, arguments in
        line.option("--time", arguments.duration("grace").map { String($0.components.seconds) })
    }

    static let start = life(
        "start", "Start stopped containers", "Undo stops those again that were not running.", [], .modify,
        undo: ("stop", false)
    ) { _, _ in }

    static let restart = life(
        "restart", "Stop containers and start them again", "",
        [ParameterSpec("grace", .duration, default: "\"10s\"", "how long they may take before they are killed")],
        .modify, undo: nil
    ) { line, arguments in
        line.option("--time", arguments.duration("grace").map { String($0.components.seconds) })
    }

    static let kill = life(
        "kill", "End containers at once", "Undo starts those again that were running.",
        [ParameterSpec("signal", .string, default: "\"KILL\"", "the signal")], .modify, undo: ("start", true)
    ) { line, arguments in
        line.option("--signal", arguments.optionalString("signal"))
    }

    static let rm = life(
        "rm", "Remove containers", "It cannot be undone. A container that is not there is no error.",
        [
            ParameterSpec("force", .boolean, default: "false", "true: also when it runs"),
            ParameterSpec("volumes", .boolean, default: "false", "true: with its anonymous volumes"),
        ], .delete, undo: nil
    ) { line, arguments in
        line.flag("--force", if: arguments.boolean("force"))
        line.flag("--volumes", if: arguments.boolean("volumes"))
    }

    /// A verb on containers by name.
    private static func life(
        _ verb: String, _ summary: String, _ details: String, _ parameters: [ParameterSpec], _ kind: Change.Kind,
        undo: (verb: String, of: Bool)?, _ options: @escaping @Sendable (inout ToolLine, Arguments) -> Void
    ) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                verb, summary: summary, details: details, effect: .write,
                parameters: [.required("container", .either([.string, .list(.string)]), "its name or id, or a list")]
                    + parameters + DockerCommand.common(timeout: "2m"),
                examples: [ExampleSpec("docker.\(verb) { container = \"todo-db\" }")])
        ) { arguments, call in
            let names = arguments.strings("container")
            var line = ToolLine([verb])
            options(&line, arguments)
            try line.operands(names, of: arguments)
            let command = DockerCommand.make(line, arguments, timeout: .seconds(120))
            let change = Change(
                kind, "container", names.joined(separator: ", "), summary: verb, isIdempotent: true,
                capability: "docker",
                inverse: { try await opposite(undo, names, arguments, in: $0) })
            guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
            if !result.succeeded, !(verb == "rm" && DockerCommand.saysMissing(result)) {
                throw call.failure(of: command, result)
            }
            return .nil
        }
    }

    private static func opposite(
        _ undo: (verb: String, of: Bool)?, _ names: [String], _ arguments: Arguments, in world: any World
    ) async throws -> Inverse? {
        guard let undo else { return nil }
        let those = try await containers(names, running: undo.of, arguments, in: world)
        if those.isEmpty { return nil }
        return Inverse(
            "docker \(undo.verb) \(those.joined(separator: " "))",
            commands: [InverseCommand(DockerCommand.reaching(arguments) + [undo.verb] + those, timeout: 120)])
    }

    private static func containers(
        _ names: [String], running: Bool, _ arguments: Arguments, in world: any World
    ) async throws -> [String] {
        var found: [String] = []
        for name in names {
            let command = DockerCommand.query(
                ["inspect", "--type", "container", "--format", "{{.State.Running}}", name], arguments)
            let result = try await world.read(command)
            if result.succeeded, (result.text == "true") == running { found.append(name) }
        }
        return found
    }
}
