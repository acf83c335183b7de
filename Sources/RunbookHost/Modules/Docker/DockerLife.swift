import RunbookLua
import RunbookSpec

/// `docker`: the life of containers.
enum DockerLife {
    static let functions = [start, stop, restart, pause, unpause, kill, rename, update, rm]

    /// What takes a verb back, and for which containers.
    private struct Opposite: Sendable {
        let verb: String
        /// A field of a container, and the value that it has in one that the verb changes.
        let field: String
        let value: String
        /// What docker says when there is nothing to take back.
        var done: String?
    }

    private static let startAgain = Opposite(verb: "start", field: "{{.State.Running}}", value: "true")

    static let stop = life(
        "stop", "Stop containers", "Undo starts those again that were running.",
        [ParameterSpec("grace", .duration, default: "\"10s\"", "how long they may take before they are killed")],
        .modify, undo: startAgain
    ) { line, arguments in
        line.option("--time", arguments.duration("grace").map { String($0.components.seconds) })
    }

    static let start = life(
        "start", "Start stopped containers", "Undo stops those again that were not running.", [], .modify,
        undo: Opposite(verb: "stop", field: "{{.State.Running}}", value: "false")
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
        [ParameterSpec("signal", .string, default: "\"KILL\"", "the signal")], .modify, undo: startAgain
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
        undo: Opposite(verb: "unpause", field: "{{.State.Status}}", value: "running", done: "is not paused")
    ) { _, _ in }

    static let unpause = life(
        "unpause", "Let halted containers go on", "Undo halts those again that were halted.", [], .modify,
        undo: Opposite(verb: "pause", field: "{{.State.Status}}", value: "paused", done: "is already paused")
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
                    commands: [
                        InverseCommand(
                            DockerCommand.reaching(arguments) + ["rename", new, old], timeout: 30,
                            doneWhen: "No such container|failed to rename")
                    ])
            })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .nil
    }

    static let update = ModuleFunction(
        FunctionSpec(
            "update", summary: "Change the limits or the restart policy of containers",
            details: "Undo gives the restart policy and the limits back; docker cannot take a limit away again.",
            effect: .write,
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
            inverse: { try await settings(names, arguments, in: $0) })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .nil
    }

    private static let settings =
        "{{.HostConfig.RestartPolicy.Name}}|{{.HostConfig.RestartPolicy.MaximumRetryCount}}|"
        + "{{.HostConfig.Memory}}|{{.HostConfig.NanoCpus}}"

    private static func settings(
        _ names: [String], _ arguments: Arguments, in world: any World
    ) async throws -> Inverse? {
        var commands: [InverseCommand] = []
        for name in names {
            let look = DockerCommand.query(
                ["inspect", "--type", "container", "--format", settings, name], arguments)
            let result = try await world.read(look)
            guard result.succeeded else { continue }
            let old = result.text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard old.count == 4 else { continue }
            var options: [String] = []
            if arguments.has("restart") {
                let policy = old[0].isEmpty ? "no" : old[0]
                options += ["--restart", old[1] == "0" ? policy : "\(policy):\(old[1])"]
            }
            for (option, value) in [("memory", old[2]), ("cpus", cpus(old[3]))] where arguments.has(option) {
                guard value != "0" else {
                    throw RunbookError(.command, "\(name) had no limit of its \(option), and docker takes none away")
                }
                options += ["--\(option)", value]
            }
            commands.append(
                InverseCommand(DockerCommand.reaching(arguments) + ["update"] + options + [name], timeout: 30))
        }
        return commands.isEmpty
            ? nil : Inverse("docker update \(names.joined(separator: " ")) as before", commands: commands)
    }

    /// Billionths of a processor as docker's option takes them.
    private static func cpus(_ billionths: String) -> String {
        guard let number = Int64(billionths), number > 0 else { return "0" }
        return String(Double(number) / 1e9)
    }

    /// A verb on containers by name.
    private static func life(
        _ verb: String, _ summary: String, _ details: String, _ parameters: [ParameterSpec], _ kind: Change.Kind,
        undo: Opposite?, _ options: @escaping @Sendable (inout ToolLine, Arguments) -> Void
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
        _ undo: Opposite?, _ names: [String], _ arguments: Arguments, in world: any World
    ) async throws -> Inverse? {
        guard let undo else { return nil }
        var those: [String] = []
        for name in names {
            let command = DockerCommand.query(
                ["inspect", "--type", "container", "--format", undo.field, name], arguments)
            let result = try await world.read(command)
            if result.succeeded, result.text == undo.value { those.append(name) }
        }
        if those.isEmpty { return nil }
        return Inverse(
            "docker \(undo.verb) \(those.joined(separator: " "))",
            commands: [
                InverseCommand(
                    DockerCommand.reaching(arguments) + [undo.verb] + those, timeout: 120, doneWhen: undo.done)
            ])
    }
}
