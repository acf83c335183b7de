import RunbookLua
import RunbookSpec

/// `minikube.node_…`, `cp` and `shell`: single nodes of the cluster.
enum MinikubeNodes {
    static let functions = [add, start, stop, delete, copy, shell]

    private static let node = ParameterSpec.required("node", .string, "the node, such as `m02`")

    private static let add = verb(
        "add", "Add a node to the cluster", "It cannot be undone here, since minikube names the node itself.", .create,
        [ParameterSpec("control_plane", .boolean, default: "false", "true: a further control plane")], timeout: "10m")
    private static let start = verb(
        "start", "Start a stopped node", "Undo stops one again that was stopped.", .modify, [node],
        undo: ("stop", "Stopped"), timeout: "10m")
    private static let stop = verb(
        "stop", "Stop a node", "Undo starts one again that was running.", .modify, [node], undo: ("start", "Running"),
        timeout: "5m")
    private static let delete = verb(
        "delete", "Remove a node and what it holds", "It cannot be undone.", .delete, [node], timeout: "5m")

    private static func verb(
        _ verb: String, _ summary: String, _ details: String, _ kind: Change.Kind, _ own: [ParameterSpec],
        undo: (verb: String, of: String)? = nil, timeout: String
    ) -> ModuleFunction {
        let example =
            own.contains { $0.isRequired } ? "minikube.node_\(verb) { node = \"m02\" }" : "minikube.node_\(verb)()"
        return ModuleFunction(
            FunctionSpec(
                "node_\(verb)", summary: summary, details: details, effect: .write,
                parameters: own + MinikubeCommand.common(timeout: timeout), examples: [ExampleSpec(example)])
        ) { arguments, call in
            let name = arguments.optionalString("node")
            let limit = DurationText.parse(timeout) ?? .seconds(300)
            let command = try MinikubeCommand.make(["node", verb], arguments, timeout: limit) { line in
                line.flag("--control-plane", if: arguments.boolean("control_plane"))
                try line.operands(name.map { [$0] } ?? [], of: arguments)
            }
            let change = Change(
                kind, "node", name ?? MinikubeCommand.profile(arguments), summary: verb, capability: "minikube",
                inverse: { world in
                    guard let undo, let name, try await state(of: name, arguments, in: world) == undo.of else {
                        return nil
                    }
                    return Inverse(
                        "minikube node \(undo.verb) \(name)",
                        commands: [
                            InverseCommand(
                                MinikubeCommand.undoing(["node", undo.verb], arguments) + [name], timeout: 600)
                        ])
                })
            guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
            guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
            return .nil
        }
    }

    /// `Running`, `Stopped` or another word of minikube's for a node's machine.
    private static func state(of node: String, _ arguments: Arguments, in world: any World) async throws -> String {
        // Its exit code tells of all parts of the cluster, and is no error.
        try await world.read(
            MinikubeCommand.query(
                ["status", "--node", node, "--format", "{{.Host}}"], arguments, timeout: .seconds(30))
        ).text
    }

    private static let copy = ModuleFunction(
        FunctionSpec(
            "cp", summary: "Copy a file to or from a node", details: "A side in a node is `NODE:/path`.",
            effect: .write,
            parameters: [.required("from", .string, "the file"), .required("to", .string, "where it goes")]
                + MinikubeCommand.common(timeout: "5m"),
            examples: [ExampleSpec("minikube.cp { from = \"ca.pem\", to = \"minikube:/etc/ssl/certs/ca.pem\" }")])
    ) { arguments, call in
        let (from, target) = (arguments.string("from"), arguments.string("to"))
        let command = try MinikubeCommand.make(["cp"], arguments, timeout: .seconds(300)) {
            try $0.operands([from, target], of: arguments)
        }
        let isInNode = target.contains(":/")
        let change = Change(
            .modify, "file", target, summary: "from \(from)", isIdempotent: true, capability: "minikube",
            inverse: { isInNode ? nil : try await FileInverse.of(target, $0) })
        guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .nil
    }

    private static let shell = ModuleFunction(
        TerminalCall.spec(
            "a node",
            [ParameterSpec("node", .string, "the node; the control plane when left out")]
                + MinikubeCommand.common(timeout: "1h"), example: "minikube.shell()")
    ) { arguments, call in
        let command = MinikubeCommand.make(["ssh"], arguments, timeout: .seconds(3600)) { line in
            line.option("--node", arguments.optionalString("node"))
            line.argv += arguments.strings("args")
        }
        let change = Change(
            .run, "node", arguments.optionalString("node") ?? MinikubeCommand.profile(arguments), summary: "a shell",
            capability: "minikube")
        return try await TerminalCall.run(command, change, call)
    }
}
