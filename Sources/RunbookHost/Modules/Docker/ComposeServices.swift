import RunbookLua
import RunbookSpec

/// `docker.compose_…`: single services of a compose project.
enum ComposeServices {
    static let functions = [
        start, stop, restart, kill, remove, pull, run, exec, images, projects,
    ]

    private static let services = ParameterSpec("services", .list(.string), "these services only")

    private static let start = life(
        "start", "Start the stopped services of a compose project", .modify, undo: .stop)
    private static let stop = life(
        "stop", "Stop the services of a compose project, and keep their containers", .modify,
        [ParameterSpec("grace", .duration, default: "\"10s\"", "how long they may take before they are killed")],
        undo: .start)
    private static let restart = life("restart", "Stop services of a compose project and start them again", .modify)
    private static let kill = life(
        "kill", "End services of a compose project at once", .modify,
        [ParameterSpec("signal", .string, default: "\"SIGKILL\"", "the signal")], undo: .start)
    private static let remove = life(
        "rm", "Remove the stopped containers of services", .delete,
        [ParameterSpec("volumes", .boolean, default: "false", "true: with their anonymous volumes")])
    private static let pull = life("pull", "Fetch the images of a compose project", .create)

    private static func life(
        _ verb: String, _ summary: String, _ kind: Change.Kind, _ own: [ParameterSpec] = [],
        undo: Opposite? = nil
    ) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                "compose_\(verb)", summary: summary, details: undo?.details ?? "", effect: .write,
                parameters: DockerCompose.parameters([services] + own, timeout: verb == "pull" ? "10m" : "2m"),
                examples: [ExampleSpec("docker.compose_\(verb) { directory = \"stack\", services = { \"db\" } }")])
        ) { arguments, call in
            let command = try DockerCompose.command(
                [verb], arguments, timeout: .seconds(verb == "pull" ? 600 : 120)
            ) { line in
                // Without it `rm` asks, and with nobody to answer it ends well and removes nothing.
                line.flag("--force", if: verb == "rm")
                line.flag("--volumes", if: arguments.boolean("volumes"))
                line.option("--timeout", arguments.duration("grace").map { String($0.components.seconds) })
                line.option("--signal", arguments.optionalString("signal"))
            }
            let change = Change(
                kind, "compose", DockerCompose.name(arguments),
                summary: ([verb] + arguments.strings("services")).joined(separator: " "), isIdempotent: true,
                capability: "docker", inverse: { try await inverse(undo, arguments, in: $0) })
            _ = try await call.write(command, change)
            return .nil
        }
    }

    /// What takes a verb back: for the services that it changes.
    private enum Opposite: String, Sendable {
        case start, stop

        var details: String {
            self == .start
                ? "Undo starts those again that were running." : "Undo stops those again that were not running."
        }
    }

    private static func inverse(
        _ undo: Opposite?, _ arguments: Arguments, in world: any World
    ) async throws -> Inverse? {
        guard let undo else { return nil }
        func services(_ verb: [String]) async throws -> [String] {
            let look = try DockerCompose.command(verb, arguments, timeout: .seconds(30), isQuiet: true)
            return try await world.read(look).text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        let running = try await services(["ps", "--services", "--filter", "status=running"])
        let own = arguments.strings("services")
        let all = own.isEmpty ? try await services(["ps", "--services", "--all"]) : own
        let those = all.filter { running.contains($0) == (undo == .start) }
        guard !those.isEmpty else { return nil }
        // The same project, and only these services.
        var values = arguments.values
        values["services"] = .list(those.map { .string($0) })
        let back = try DockerCompose.command(
            [undo.rawValue], Arguments(function: arguments.function, values: values), timeout: .seconds(120))
        return Inverse(
            "docker compose \(undo.rawValue) \(those.joined(separator: " "))",
            commands: [InverseCommand(DockerCommand.reaching(arguments) + back.argv.dropFirst(), timeout: 120)])
    }

    private static let outcome = ReturnSpec(
        .record([
            .required("status", .integer, "the exit code"), .required("stdout", .string, "what it printed"),
            .required("stderr", .string, "the end of its errors"), .required("ms", .integer, "how long it took"),
        ]))

    private static let program: [ParameterSpec] = [
        .required("service", .string, "the service"),
        .required("command", .list(.string), "the program and its arguments"),
        ParameterSpec("variables", .map(.text), "variables of the program; secrets may be among them"),
        ParameterSpec("stdin", .text, "what the program reads"),
        ParameterSpec("check", .boolean, default: "true", "false: an exit code other than 0 is no error"),
    ]

    private static let run = ModuleFunction(
        FunctionSpec(
            "compose_run", summary: "Run a program in a new container of a service, which is removed afterwards",
            effect: .write, parameters: DockerCompose.parameters(program, timeout: "10m"), returns: outcome,
            examples: [
                ExampleSpec(
                    "docker.compose_run { directory = \"stack\", service = \"backend\", command = { \"alembic\", \"current\" } }"
                )
            ])
    ) { arguments, call in try await perform(["run", "--rm", "--no-TTY"], arguments, call) }

    private static let exec = ModuleFunction(
        FunctionSpec(
            "compose_exec", summary: "Run a program in the running container of a service",
            details: "It counts as a write, unless `read = true` says that it changes nothing.", effect: .write,
            parameters: DockerCompose.parameters(
                program + [
                    ParameterSpec("read", .boolean, default: "false", "true: it changes nothing, so a preview runs it")
                ], timeout: "5m"), returns: outcome,
            examples: [
                ExampleSpec(
                    "docker.compose_exec { directory = \"stack\", service = \"db\", command = { \"pg_isready\" }, read = true, check = false }"
                )
            ])
    ) { arguments, call in try await perform(["exec", "--no-TTY"], arguments, call) }

    private static func perform(
        _ verb: [String], _ arguments: Arguments, _ call: CallContext
    ) async throws -> LuaValue {
        let variables = arguments.texts("variables")
        var command = try DockerCompose.command(verb, arguments, timeout: .seconds(600)) { line in
            line.option("--env", each: variables.map(\.name))
        }
        command.input = arguments.text("stdin")
        for (name, value) in variables { command.environment[name] = value }
        let result: ProcessResult
        if arguments.boolean("read") {
            let made = command
            result = try await call.reading(else: ProcessResult(status: 0)) { try await call.world.read(made) }
        } else {
            let change = Change(
                .run, "service", arguments.string("service"),
                summary: arguments.strings("command").joined(separator: " "), capability: "docker")
            guard case .process(let made)? = try await call.write(.process(command), change) else {
                return ["status": 0, "stdout": call.unknown("output of the service"), "stderr": "", "ms": 0]
            }
            result = made
        }
        if !result.succeeded, arguments.boolean("check", default: true) || DockerCommand.hasNotRun(result) {
            throw call.failure(of: command, result)
        }
        return [
            "status": .integer(Int64(result.status)), "stdout": .text(result.stdout), "stderr": .text(result.stderr),
            "ms": .integer(Int64(result.milliseconds)),
        ]
    }

    private static let images = ModuleFunction(
        FunctionSpec(
            "compose_images", summary: "List the images that a compose project's containers run",
            details: "The tables are compose's own: `Repository`, `Tag`, `ID`, `Size`.", effect: .read,
            parameters: DockerCompose.parameters([services], timeout: "30s"),
            returns: ReturnSpec(.list(.any), "one table an image"),
            examples: [ExampleSpec("docker.compose_images { directory = \"stack\" }")])
    ) { arguments, call in
        let command = try DockerCompose.command(
            ["images", "--format", "json"], arguments, timeout: .seconds(30), isQuiet: true)
        return ToolJSON.array(try await call.read(command))
    }

    private static let projects = ModuleFunction(
        FunctionSpec(
            "compose_ls", summary: "List the compose projects of the engine",
            details: "The tables are compose's own: `Name`, `Status`, `ConfigFiles`.", effect: .read,
            parameters: [ParameterSpec("all", .boolean, default: "false", "true: stopped ones too")]
                + DockerCommand.common(timeout: "30s"), returns: ReturnSpec(.list(.any), "one table a project"),
            examples: [ExampleSpec("print(#docker.compose_ls())")])
    ) { arguments, call in
        let command = try DockerCompose.command(
            ["ls", "--format", "json"], arguments, timeout: .seconds(30), isQuiet: true
        ) { $0.flag("--all", if: arguments.boolean("all")) }
        return ToolJSON.array(try await call.read(command))
    }
}
