import RunbookLua
import RunbookSpec

/// `docker`: the life of containers.
enum DockerLife {
    static let functions = [start, stop, restart, pause, unpause, kill, rename, update, rm]

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

    static let pause = life(
        "pause", "Halt the processes of containers", "Undo lets those go on that were running.", [], .modify,
        undo: ("unpause", true)
    ) { _, _ in }

    static let unpause = life(
        "unpause", "Let halted containers go on", "", [], .modify, undo: nil
    ) { _, _ in }

    static let rename = ModuleFunction(
        FunctionSpec(
            "rename", summary: "Give a container another name", details: "Undo gives the name back.", effect: .write,
            parameters: [
                .required("container", .string, "its name or id"), .required("name", .string, "the new name"),
            ] + DockerCommand.common(timeout: "30s"),
            examples: [ExampleSpec("docker.rename { container = \"todo-db\", name = \"todo-db-old\" }")])
    ) { arguments, call in
        let (old, new) = (arguments.string("container"), arguments.string("name"))
        var line = ToolLine(["rename"])
        try line.operands([old, new], of: arguments)
        let change = Change(
            .modify, "container", old, summary: "is called \(new)", capability: "docker",
            inverse: { _ in
                Inverse(
                    "docker rename \(new) \(old)",
                    commands: [InverseCommand(DockerCommand.reaching(arguments) + ["rename", new, old], timeout: 30)])
            })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .nil
    }

    static let update = ModuleFunction(
        FunctionSpec(
            "update", summary: "Change the limits or the restart policy of containers",
            details: "Undo gives the restart policy back, and not the limits.", effect: .write,
            parameters: [
                .required("container", .either([.string, .list(.string)]), "its name or id, or a list"),
                ParameterSpec("memory", .string, "the limit of its memory, such as `256m`"),
                ParameterSpec("cpus", .number, "the limit of its processors"),
                ParameterSpec("restart", .string, "the restart policy, such as `unless-stopped`"),
            ] + DockerCommand.common(timeout: "30s"),
            examples: [ExampleSpec("docker.update { container = \"todo-db\", restart = \"unless-stopped\" }")])
    ) { arguments, call in
        let names = arguments.strings("container")
        var line = ToolLine(["update"])
        for option in ["memory", "cpus", "restart"] { line.option("--\(option)", arguments.optionalString(option)) }
        guard line.argv.count > 1 else {
            throw RunbookError(.argument, "`docker.update` needs `memory`, `cpus` or `restart`")
        }
        try line.operands(names, of: arguments)
        let change = Change(
            .modify, "container", names.joined(separator: ", "), summary: "update", isIdempotent: true,
            capability: "docker",
            inverse: { arguments.has("restart") ? try await policies(names, arguments, in: $0) : nil })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .nil
    }

    private static func policies(
        _ names: [String], _ arguments: Arguments, in world: any World
    ) async throws -> Inverse? {
        var commands: [InverseCommand] = []
        for name in names {
            let look = DockerCommand.query(
                ["inspect", "--type", "container", "--format", "{{.HostConfig.RestartPolicy.Name}}", name], arguments)
            let result = try await world.read(look)
            guard result.succeeded else { continue }
            let policy = result.text.isEmpty ? "no" : result.text
            commands.append(
                InverseCommand(DockerCommand.reaching(arguments) + ["update", "--restart", policy, name], timeout: 30))
        }
        return commands.isEmpty ? nil : Inverse("docker update --restart as before", commands: commands)
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
