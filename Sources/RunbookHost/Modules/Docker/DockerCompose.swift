import RunbookLua
import RunbookSpec

/// `docker.compose_…`: the compose plugin.
enum DockerCompose {
    private static let project: [ParameterSpec] = [
        ParameterSpec("files", .list(.path), "the compose files; those of the folder when left out"),
        ParameterSpec("directory", .path, "the project's folder"),
        ParameterSpec("project", .string, "the project's name"),
        ParameterSpec("profiles", .list(.string), "profiles to use"),
        ParameterSpec("env_file", .path, "the file with the values of variables; no secrets of a run"),
    ]

    static func parameters(_ own: [ParameterSpec], timeout: String) -> [ParameterSpec] {
        own + project + DockerCommand.common(timeout: timeout)
    }

    /// A compose command: no colours, no menu, nothing that waits for a key.
    static func command(
        _ verb: [String], _ arguments: Arguments, timeout: Duration, isQuiet: Bool = false, isDry: Bool = false,
        _ options: (inout ToolLine) throws -> Void = { _ in }
    ) throws -> Command {
        var line = ToolLine(["compose", "--ansi", "never", "--progress", "plain"])
        line.option("--file", each: arguments.strings("files"))
        line.option("--project-directory", arguments.optionalString("directory"))
        line.option("--project-name", arguments.optionalString("project"))
        line.option("--profile", each: arguments.strings("profiles"))
        line.option("--env-file", arguments.optionalString("env_file"))
        line.flag("--dry-run", if: isDry)
        line.argv += verb
        try options(&line)
        try line.operands(
            arguments.optionalString("service").map { [$0] } ?? arguments.strings("services"), of: arguments)
        line.argv += arguments.strings("command")
        return DockerCommand.make(
            line, arguments, timeout: timeout, environment: ["COMPOSE_MENU": "false"], isQuiet: isQuiet)
    }

    static func name(_ arguments: Arguments) -> String {
        arguments.optionalString("project") ?? arguments.optionalString("directory") ?? arguments.strings("files").first
            ?? "compose"
    }

    static let up = ModuleFunction(
        FunctionSpec(
            "compose_up", summary: "Start the services of a compose project, and wait until they are healthy",
            details: "Undo takes a project down that had no containers before.", effect: .write,
            parameters: parameters(
                [
                    ParameterSpec("services", .list(.string), "these services only"),
                    ParameterSpec("wait", .duration, default: "\"2m\"", "how long they may take to be healthy"),
                    ParameterSpec("build", .boolean, default: "false", "true: build images first"),
                    ParameterSpec(
                        "remove_orphans", .boolean, default: "false", "true: remove services no longer listed"),
                    ParameterSpec("force_recreate", .boolean, default: "false", "true: make all containers anew"),
                ], timeout: "10m"),
            examples: [ExampleSpec("docker.compose_up { directory = \"stack\", wait = \"1m\" }")])
    ) { arguments, call in
        let wait = arguments.duration("wait") ?? .seconds(120)
        @Sendable func make(isDry: Bool) throws -> Command {
            try command(["up", "--detach"], arguments, timeout: .seconds(600), isDry: isDry) { line in
                if !isDry { line.add("--wait", "--wait-timeout", String(max(1, wait.components.seconds))) }
                line.flag("--build", if: arguments.boolean("build"))
                line.flag("--remove-orphans", if: arguments.boolean("remove_orphans"))
                line.flag("--force-recreate", if: arguments.boolean("force_recreate"))
            }
        }
        let change = Change(
            .create, "compose", name(arguments), summary: arguments.strings("services").joined(separator: " "),
            isIdempotent: true, capability: "docker",
            inverse: { world in
                let look = try command(["ps", "--all", "--quiet"], arguments, timeout: .seconds(30), isQuiet: true)
                guard try await world.read(look).text.isEmpty else { return nil }
                let down = try command(["down"], arguments, timeout: .seconds(120))
                return Inverse(
                    "docker compose down",
                    commands: [
                        InverseCommand(DockerCommand.reaching(arguments) + down.argv.dropFirst(), timeout: 120)
                    ])
            }, serverDryRun: try make(isDry: true))
        _ = try await call.write(make(isDry: false), change)
        return .nil
    }

    static let down = ModuleFunction(
        FunctionSpec(
            "compose_down", summary: "Stop and remove the containers and networks of a compose project",
            details: "It cannot be undone. With `volumes` the data is gone too.", effect: .write,
            parameters: parameters(
                [
                    ParameterSpec("volumes", .boolean, default: "false", "true: remove its volumes and their data"),
                    ParameterSpec(
                        "remove_orphans", .boolean, default: "false", "true: remove services no longer listed"),
                ], timeout: "5m"), examples: [ExampleSpec("docker.compose_down { directory = \"stack\" }")])
    ) { arguments, call in
        let made = try command(["down"], arguments, timeout: .seconds(300)) { line in
            line.flag("--volumes", if: arguments.boolean("volumes"))
            line.flag("--remove-orphans", if: arguments.boolean("remove_orphans"))
        }
        let change = Change(
            .delete, "compose", name(arguments), summary: arguments.boolean("volumes") ? "with its volumes" : "",
            isIdempotent: true, capability: "docker")
        _ = try await call.write(made, change)
        return .nil
    }

    static let build = ModuleFunction(
        FunctionSpec(
            "compose_build", summary: "Build the images of a compose project", effect: .write,
            parameters: parameters(
                [
                    ParameterSpec("services", .list(.string), "these services only"),
                    ParameterSpec("build_args", .map(.string), "values for the Dockerfiles' ARGs; no secrets"),
                    ParameterSpec("pull", .boolean, default: "false", "true: look for newer base images"),
                    ParameterSpec("no_cache", .boolean, default: "false", "true: build every layer again"),
                ], timeout: "20m"), examples: [ExampleSpec("docker.compose_build { directory = \"stack\" }")])
    ) { arguments, call in
        let made = try command(["build"], arguments, timeout: .seconds(1200)) { line in
            line.option("--build-arg", each: arguments.map("build_args").map { "\($0.name)=\($0.value)" })
            line.flag("--pull", if: arguments.boolean("pull"))
            line.flag("--no-cache", if: arguments.boolean("no_cache"))
        }
        let change = Change(
            .create, "images", name(arguments), summary: "docker compose build", isIdempotent: true,
            capability: "docker")
        _ = try await call.write(made, change)
        return .nil
    }

    static let ps = ModuleFunction(
        FunctionSpec(
            "compose_ps", summary: "List the containers of a compose project",
            details: "The tables are compose's own: `Name`, `Service`, `State`, `Health`, `ExitCode`.", effect: .read,
            parameters: parameters(
                [
                    ParameterSpec("services", .list(.string), "these services only"),
                    ParameterSpec("all", .boolean, default: "false", "true: stopped ones too"),
                ], timeout: "30s"), returns: ReturnSpec(.list(.any), "one table a container"),
            examples: [ExampleSpec("docker.compose_ps { directory = \"stack\" }")])
    ) { arguments, call in
        let made = try command(["ps", "--format", "json"], arguments, timeout: .seconds(30), isQuiet: true) { line in
            line.flag("--all", if: arguments.boolean("all"))
        }
        // One object a line, and one array in versions before 2.21.
        return ToolJSON.array(try await call.read(made))
    }

    static let logs = ModuleFunction(
        FunctionSpec(
            "compose_logs", summary: "Read what the services of a compose project have printed", effect: .read,
            parameters: parameters(
                [
                    ParameterSpec("services", .list(.string), "these services only"),
                    ParameterSpec("tail", .count, "only the last lines"),
                    ParameterSpec("since", .string, "only later lines"),
                ], timeout: "60s"), returns: ReturnSpec(.string, "the lines, each with its service"),
            examples: [ExampleSpec("docker.compose_logs { directory = \"stack\", tail = 20 }")])
    ) { arguments, call in
        let made = try command(["logs", "--no-color"], arguments, timeout: .seconds(60), isQuiet: true) { line in
            line.option("--tail", arguments.optionalString("tail"))
            line.option("--since", arguments.optionalString("since"))
        }
        return .text(try await call.read(made).stdout)
    }

    static let config = ModuleFunction(
        FunctionSpec(
            "compose_config", summary: "Read a compose project as compose understands it",
            details:
                "Variables are left as they are written, since compose would print their values, secrets among them; `interpolate = true` asks for the values.",
            effect: .read,
            parameters: parameters(
                [
                    ParameterSpec("services", .list(.string), "these services only"),
                    ParameterSpec("interpolate", .boolean, default: "false", "true: with the values of variables"),
                ], timeout: "30s"), returns: ReturnSpec(.any, "the project"),
            examples: [ExampleSpec("docker.compose_config { directory = \"stack\" }")])
    ) { arguments, call in
        let made = try command(["config", "--format", "json"], arguments, timeout: .seconds(30), isQuiet: true) {
            line in
            line.flag("--no-interpolate", if: !arguments.boolean("interpolate"))
        }
        return .json(try await call.read(made).stdout)
    }
}
