import RunbookLua
import RunbookSpec

/// `docker.ps` and `docker.logs`: looking at containers.
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
                ParameterSpec("tail", .count, "only the last lines"),
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
}
