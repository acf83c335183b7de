import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `docker.run` and `docker.exec`.
enum DockerRun {
    /// What `run` and `create` say of a container.
    static let container: [ParameterSpec] = [
        .required("image", .string, "the image"),
        ParameterSpec(
            "command", .list(.string), "the program and its arguments; the image's own when left out"),
        ParameterSpec("name", .string, "the container's name"),
        ParameterSpec("variables", .map(.text), "variables of the container; secrets may be among them"),
        ParameterSpec("ports", .list(.string), "published ports, such as `127.0.0.1:8080:80`"),
        ParameterSpec("volumes", .list(.string), "mounts, such as `data:/var/lib/data`"),
        ParameterSpec("network", .string, "the network"), ParameterSpec("user", .string, "the user"),
        ParameterSpec("workdir", .string, "the folder in the container"),
        ParameterSpec("entrypoint", .string, "the program in place of the image's"),
        ParameterSpec("labels", .map(.string), "labels"),
        ParameterSpec("memory", .string, "the limit of its memory, such as `256m`"),
        ParameterSpec("cpus", .number, "the limit of its processors"),
        ParameterSpec("restart", .string, "the restart policy, such as `unless-stopped`"),
        ParameterSpec("platform", .string, "such as `linux/amd64`"),
        ParameterSpec("pull", .enumeration(["always", "missing", "never"]), "when to fetch the image"),
    ]

    static let run = ModuleFunction(
        FunctionSpec(
            "run", summary: "Run a container: to its end, or in the background",
            details: """
                Without `detach` it waits for the end and gives what was printed; the container is removed. With `detach` it gives the
                id, and undo removes a container that has a `name`. The engine is asked for first, since docker's exit codes for a
                missing engine and for a missing command are the same.
                """,
            effect: .write,
            parameters: container + [
                ParameterSpec("detach", .boolean, default: "false", "true: in the background"),
                ParameterSpec("rm", .boolean, "remove the container at its end; true unless `detach`"),
                ParameterSpec("stdin", .text, "what the program reads"),
                ParameterSpec("check", .boolean, default: "true", "false: an exit code other than 0 is no error"),
            ] + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(outcome),
            examples: [
                ExampleSpec("docker.run { image = \"todo-backend:v1.0.0\", command = { \"alembic\", \"current\" } }")
            ])
    ) { arguments, call in
        let isDetached = arguments.boolean("detach")
        let command = try command(arguments, isDetached: isDetached)
        if !call.isPreview { try await requireEngine(arguments, call) }
        let name = arguments.optionalString("name")
        let change = Change(
            isDetached ? .create : .run, "container", name ?? arguments.string("image"),
            summary: isDetached ? "in the background" : arguments.strings("command").joined(separator: " "),
            capability: "docker",
            inverse: { _ in isDetached ? removal(of: name, arguments) : nil })
        guard case .process(let result)? = try await call.write(.process(command), change) else {
            return [
                "id": call.unknown("id of the container"), "status": 0,
                "stdout": call.unknown("output of the container"),
                "stderr": "", "ms": 0,
            ]
        }
        let mayFail = !arguments.boolean("check", default: true) && result.status != 125
        if !result.succeeded && !mayFail { throw failure(of: command, result, arguments, call) }
        var value = outcome(of: result)
        if isDetached { value["id"] = .string(result.text) }
        return .table(value)
    }

    static let exec = ModuleFunction(
        FunctionSpec(
            "exec", summary: "Run a program in a running container",
            details: "It counts as a write, unless `read = true` says that it changes nothing.", effect: .write,
            parameters: [
                .required("container", .string, "its name or id"),
                .required("command", .list(.string), "the program and its arguments"),
                ParameterSpec("variables", .map(.text), "variables of the program; secrets may be among them"),
                ParameterSpec("user", .string, "the user"), ParameterSpec("workdir", .string, "the folder"),
                ParameterSpec("stdin", .text, "what the program reads"),
                ParameterSpec("read", .boolean, default: "false", "true: it changes nothing, so a preview runs it"),
                ParameterSpec(
                    "check", .boolean, default: "true", "false: an exit code of the program other than 0 is no error"),
            ] + DockerCommand.common(timeout: "5m"), returns: ReturnSpec(outcome),
            examples: [
                ExampleSpec(
                    "docker.exec { container = \"todo-db\", command = { \"pg_isready\" }, read = true, check = false }")
            ])
    ) { arguments, call in
        var line = ToolLine(["exec"])
        line.flag("--interactive", if: arguments.has("stdin"))
        line.option("--user", arguments.optionalString("user"))
        line.option("--workdir", arguments.optionalString("workdir"))
        let variables = arguments.texts("variables")
        line.option("--env", each: variables.map(\.name))
        try line.operands([arguments.string("container")], of: arguments)
        line.argv += arguments.strings("command")
        let command = DockerCommand.make(
            line, arguments, timeout: .seconds(300), input: arguments.text("stdin"), environment: table(variables))
        let result: ProcessResult
        if arguments.boolean("read") {
            result = try await call.reading(else: ProcessResult(status: 0)) { try await call.world.read(command) }
        } else {
            let change = Change(
                .run, "container", arguments.string("container"),
                summary: arguments.strings("command").joined(separator: " "), capability: "docker")
            guard case .process(let made)? = try await call.write(.process(command), change) else {
                return ["status": 0, "stdout": call.unknown("output in the container"), "stderr": "", "ms": 0]
            }
            result = made
        }
        if !result.succeeded, arguments.boolean("check", default: true) || DockerCommand.hasNotRun(result) {
            throw call.failure(of: command, result)
        }
        return .table(outcome(of: result))
    }

    private static func command(_ arguments: Arguments, isDetached: Bool) throws -> Command {
        var line = ToolLine(["run"])
        line.flag("--detach", if: isDetached)
        line.flag("--rm", if: arguments.boolean("rm", default: !isDetached))
        line.flag("--interactive", if: arguments.has("stdin"))
        try details(&line, arguments)
        return DockerCommand.make(
            line, arguments, timeout: .seconds(600), input: arguments.text("stdin"),
            environment: table(arguments.texts("variables")))
    }

    /// Adds what `container` describes.
    static func details(_ line: inout ToolLine, _ arguments: Arguments) throws {
        line.option("--name", arguments.optionalString("name"))
        // By name only: docker takes the value from its own environment, so it stands in no argument list.
        line.option("--env", each: arguments.texts("variables").map(\.name))
        line.option("--publish", each: arguments.strings("ports"))
        line.option("--volume", each: arguments.strings("volumes"))
        for option in ["network", "user", "workdir", "entrypoint", "memory", "cpus", "restart", "platform", "pull"] {
            line.option("--\(option)", arguments.optionalString(option))
        }
        line.option("--label", each: arguments.map("labels").map { "\($0.name)=\($0.value)" })
        try line.operands([arguments.string("image")], of: arguments)
        line.argv += arguments.strings("command")
    }

    static func table(_ variables: [(name: String, value: SensitiveText)]) -> [String: SensitiveText] {
        Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Makes sure that an engine answers.
    ///
    /// - Throws: `RunbookError` with code `missing`.
    static func requireEngine(_ arguments: Arguments, _ call: CallContext) async throws {
        let command = DockerCommand.query(["version", "--format", "{{.Server.Version}}"], arguments)
        let result = try await call.world.read(command)
        guard !result.succeeded else { return }
        let reason = OutputLines.last(1, of: result.stderr).first ?? "it exited \(result.status)"
        throw RunbookError(
            .missing, "docker's engine does not answer: \(reason)", details: OutputLines.last(8, of: result.stderr),
            remedy: "start docker, or choose the engine with DOCKER_HOST or `env = minikube.docker_env()`")
    }

    private static func failure(
        of command: Command, _ result: ProcessResult, _ arguments: Arguments, _ call: CallContext
    ) -> RunbookError {
        var error = call.failure(of: command, result)
        switch result.status {
        case 125: error.remedy = "docker could not start the container; see what it printed"
        case 126: error.remedy = "the image's command cannot be run"
        case 127: error.remedy = "the image \(arguments.string("image")) has no such command"
        default: break
        }
        return error
    }

    static func removal(of name: String?, _ arguments: Arguments) -> Inverse? {
        guard let name else { return nil }
        return Inverse(
            "docker rm --force \(name)",
            commands: [
                InverseCommand(DockerCommand.reaching(arguments) + ["rm", "--force", "--volumes", name], timeout: 60)
            ])
    }

    private static func outcome(of result: ProcessResult) -> LuaTable {
        LuaTable(fields: [
            "status": .integer(Int64(result.status)), "stdout": .text(result.stdout), "stderr": .text(result.stderr),
            "ms": .integer(Int64(result.milliseconds)),
        ])
    }

    private static let outcome = ValueType.record([
        .required("status", .integer, "the exit code"), .required("stdout", .string, "what it printed"),
        .required("stderr", .string, "the end of its errors"), .required("ms", .integer, "how long it took"),
        ParameterSpec("id", .string, "with `detach`: the container's id"),
    ])
}

extension LuaValue {
    /// What a program printed: text, or bytes where it is no UTF-8.
    static func text(_ bytes: [UInt8]) -> LuaValue {
        String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    }
}
