import RunbookLua
import RunbookSpec

/// `docker`: what containers do and use, what the engine holds, what a registry has.
enum DockerObservation {
    static let functions = [top, changes, stats, wait, usage, contexts, manifest]

    private static let container = ParameterSpec.required("container", .string, "its name or id")

    private static let top = ModuleFunction(
        FunctionSpec(
            "top", summary: "List the processes of a container", effect: .read,
            parameters: [container] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(
                .list(.map(.string)), "one table a process, by the titles that `ps` gives, such as `PID`"),
            examples: [ExampleSpec("for _, p in ipairs(docker.top { container = \"todo-db\" }) do print(p.CMD) end")])
    ) { arguments, call in
        var line = ToolLine(["top"])
        try line.operands([arguments.string("container")], of: arguments)
        let result = try await call.read(DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true))
        let rows = result.text.split(separator: "\n")
        let titles = rows.first?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
        return .list(
            rows.dropFirst().map { row in
                // The last column is the command, which has blanks of its own.
                let cells = row.split(maxSplits: max(0, titles.count - 1), whereSeparator: \.isWhitespace)
                return .table(
                    LuaTable(
                        zip(titles, cells).map { title, cell in
                            (.string(title), .string(String(DockerfileReader.trim(cell))))
                        }))
            })
    }

    private static let changes = ModuleFunction(
        FunctionSpec(
            "diff", summary: "List what a container has changed in its file system", effect: .read,
            parameters: [container] + DockerCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("change", .enumeration(["added", "changed", "deleted"]), "what happened"),
                        .required("path", .string, "the file or folder"),
                    ]))), examples: [ExampleSpec("print(#docker.diff { container = \"todo-db\" })")])
    ) { arguments, call in
        var line = ToolLine(["diff"])
        try line.operands([arguments.string("container")], of: arguments)
        let result = try await call.read(DockerCommand.make(line, arguments, timeout: .seconds(60), isQuiet: true))
        let words = ["A": "added", "C": "changed", "D": "deleted"]
        return .list(
            result.text.split(separator: "\n").compactMap { row in
                guard let word = words[String(row.prefix(1))] else { return nil }
                return ["change": .string(word), "path": .string(String(row.dropFirst(2)))]
            })
    }

    private struct Use: Decodable {
        var name: String
        var id: String
        var cpu: String
        var memory: String
        var processes: String
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case id = "ID"
            case cpu = "CPUPerc"
            case memory = "MemUsage"
            case processes = "PIDs"
        }
    }

    private static let stats = ModuleFunction(
        FunctionSpec(
            "stats", summary: "Tell once what running containers use",
            details: "What the engine cannot tell is nil: one without control groups tells nothing.", effect: .read,
            parameters: [
                ParameterSpec(
                    "container", .either([.string, .list(.string)]), "its name or id, or a list; all when left out")
            ] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the name"), .required("id", .string, "the id"),
                        ParameterSpec("cpu", .number, "percent of one processor"),
                        ParameterSpec("memory", .integer, "bytes"),
                        ParameterSpec("memory_limit", .integer, "bytes that it may use"),
                        ParameterSpec("processes", .integer, "how many"),
                    ]))), examples: [ExampleSpec("for _, s in ipairs(docker.stats()) do print(s.name, s.cpu) end")])
    ) { arguments, call in
        // Without this option it shows the numbers again and again, and never ends.
        var line = ToolLine(["stats", "--no-stream", "--no-trunc", "--format", "{{json .}}"])
        try line.operands(arguments.strings("container"), of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true)
        return .list(
            try ToolJSON.decodeLines(Use.self, try await call.read(command), of: command).map { use in
                let sizes = use.memory.split(separator: "/").map { SizeText.parse(String(DockerfileReader.trim($0))) }
                func bytes(_ index: Int) -> LuaValue {
                    guard index < sizes.count, let size = sizes[index] else { return .nil }
                    return .integer(Int64(size))
                }
                return [
                    "name": .string(use.name), "id": .string(use.id),
                    "cpu": Double(use.cpu.filter { $0 != "%" }).map { .number($0) } ?? .nil, "memory": bytes(0),
                    "memory_limit": bytes(1), "processes": Int64(use.processes).map { .integer($0) } ?? .nil,
                ]
            })
    }

    private static let wait = ModuleFunction(
        FunctionSpec(
            "wait", summary: "Wait until a container has ended, and give its exit code", effect: .read,
            parameters: [container] + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(.integer, "the exit code"),
            examples: [ExampleSpec("assert(docker.wait { container = \"migration\" } == 0)")])
    ) { arguments, call in
        var line = ToolLine(["wait"])
        try line.operands([arguments.string("container")], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(600), isQuiet: true)
        let text = try await call.read(command).text
        guard let code = Int64(text) else {
            throw RunbookError(.command, "docker wait printed no exit code", details: [text])
        }
        return .integer(code)
    }

    private struct Kind: Decodable {
        var type: String
        var total: String
        var active: String
        var size: String
        var reclaimable: String
        enum CodingKeys: String, CodingKey {
            case type = "Type"
            case total = "TotalCount"
            case active = "Active"
            case size = "Size"
            case reclaimable = "Reclaimable"
        }
    }

    private static let usage = ModuleFunction(
        FunctionSpec(
            "df", summary: "Tell how much of the disk images, containers, volumes and the build cache take",
            details: "The engine looks through its whole store for it, which can be slow.", effect: .read,
            parameters: DockerCommand.common(timeout: "2m"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("type", .string, "`Images`, `Containers`, `Local Volumes`, `Build Cache`"),
                        .required("total", .integer, "how many"), .required("active", .integer, "how many are in use"),
                        ParameterSpec("size", .integer, "bytes"),
                        ParameterSpec("reclaimable", .integer, "bytes that a prune gives back"),
                    ]))),
            examples: [ExampleSpec("for _, kind in ipairs(docker.df()) do print(kind.type, kind.reclaimable) end")])
    ) { arguments, call in
        var line = ToolLine(["system", "df", "--format", "{{json .}}"])
        try line.operands([], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(120), isQuiet: true)
        return .list(
            try ToolJSON.decodeLines(Kind.self, try await call.read(command), of: command).map { kind in
                // "1.2GB (34%)"
                func bytes(_ text: String) -> LuaValue {
                    SizeText.parse(String(text.prefix { $0 != " " })).map { .integer(Int64($0)) } ?? .nil
                }
                return [
                    "type": .string(kind.type), "total": .integer(Int64(kind.total) ?? 0),
                    "active": .integer(Int64(kind.active) ?? 0), "size": bytes(kind.size),
                    "reclaimable": bytes(kind.reclaimable),
                ]
            })
    }

    private struct Context: Decodable {
        var name: String
        var isCurrent: Bool
        var endpoint: String?
        var description: String?
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case isCurrent = "Current"
            case endpoint = "DockerEndpoint"
            case description = "Description"
        }
    }

    private static let contexts = ModuleFunction(
        FunctionSpec(
            "contexts", summary: "List the contexts of docker's client: the engines that it knows", effect: .read,
            parameters: DockerCommand.common(timeout: "20s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the name"),
                        .required("current", .boolean, "true for the one that is used"),
                        .required("endpoint", .string, "where the engine is"),
                        .required("description", .string, "what it is"),
                    ]))), examples: [ExampleSpec("for _, c in ipairs(docker.contexts()) do print(c.name) end")])
    ) { arguments, call in
        var line = ToolLine(["context", "ls", "--format", "{{json .}}"])
        try line.operands([], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(20), isQuiet: true)
        return .list(
            try ToolJSON.decodeLines(Context.self, try await call.read(command), of: command).map { context in
                [
                    "name": .string(context.name), "current": .boolean(context.isCurrent),
                    "endpoint": .string(context.endpoint ?? ""), "description": .string(context.description ?? ""),
                ]
            })
    }

    private static let manifest = ModuleFunction(
        FunctionSpec(
            "manifest", summary: "Ask a registry what an image is, without fetching it", effect: .read,
            parameters: [
                .required("image", .string, "its name, with the registry"),
                ParameterSpec(
                    "insecure", .boolean, default: "false", "reach a registry without TLS, or with any certificate"),
                ParameterSpec(
                    "missing_ok", .boolean, default: "false", "an image that the registry does not have is nil"),
            ] + DockerCommand.common(timeout: "60s"),
            returns: ReturnSpec(.any, "the manifest, or nil"),
            examples: [
                ExampleSpec(
                    "if not docker.manifest { image = \"registry.example.com/todo:v2\", missing_ok = true } then log(\"not pushed yet\") end"
                )
            ])
    ) { arguments, call in
        var line = ToolLine(["manifest", "inspect"])
        line.flag("--insecure", if: arguments.boolean("insecure"))
        try line.operands([arguments.string("image")], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(60), isQuiet: true)
        let result = try await call.world.read(command)
        if result.succeeded { return .json(result.stdout) }
        let text = result.errorText.lowercased()
        if arguments.boolean("missing_ok"), text.contains("no such manifest") || text.contains("manifest unknown") {
            return .nil
        }
        throw call.failure(of: command, result)
    }
}
