import RunbookLua
import RunbookSpec

/// `kubectl.port_forward`: reach a port in the cluster for the length of a function.
enum KubectlPortForward {
    static let functions = [portForward]

    private static let portForward = ModuleFunction(
        results: FunctionSpec(
            "port_forward", summary: "Reach a port in the cluster while a function runs",
            details: """
                The function gets the local port, on 127.0.0.1; what it returns is the result. The forwarding ends with it,
                also by an error. In a preview the port is unknown, and nothing is forwarded.
                """, effect: .read, style: .positional,
            parameters: [
                .required(
                    "options",
                    .record([
                        .required("resource", .string, "where to, such as `service/backend` or `pod/backend-1`"),
                        .required("port", .port, "the port there"),
                        ParameterSpec("local_port", .port, "the local port; a free one when left out"),
                        KubectlOptions.namespace, KubectlOptions.context,
                        ParameterSpec(
                            "timeout", .duration, default: "\"30s\"", "how long it may take until it forwards"),
                        KubectlOptions.args,
                    ]), "options"),
                .required("body", .function, "what to do meanwhile"),
            ], returns: ReturnSpec(.any, "what the function returns"),
            examples: [
                ExampleSpec(
                    "local answer = kubectl.port_forward({ resource = \"service/backend\", port = 8000 }, function(port) return port end)"
                )
            ])
    ) { arguments, call in
        guard let options = arguments.record("options"), let body = arguments.function("body") else { return [] }
        if call.isPreview { return try await call.run.engine.call(body, [call.unknown("forwarded port")]) }
        let kubectl = try await Kubectl(options, call)
        let target = try Kubectl.plainName(options.string("resource"), "resource", of: call)
        let ports = "\(options.integer("local_port").map(String.init) ?? ""):\(options.integer("port") ?? 0)"
        let command = Kubectl.command(
            kubectl.argv(["port-forward", target, ports, "--address", "127.0.0.1"]), timeout: nil, isQuiet: false)
        return try await forward(command, limit: options.duration("timeout") ?? .seconds(30), call) { port in
            try await call.run.engine.call(body, [.integer(Int64(port))])
        }
    }

    private enum Happening: Sendable {
        case line(String)
        case ended(ProcessResult)
    }

    private static func forward(
        _ command: Command, limit: Duration, _ call: CallContext,
        _ body: @escaping @Sendable (Int) async throws -> [LuaValue]
    ) async throws -> [LuaValue] {
        let (happenings, told) = AsyncStream.makeStream(of: Happening.self)
        let tap = OutputTap { _, line in told.yield(.line(line)) }
        let world = call.world
        let forwarding = Task {
            let result = try await OutputTap.$current.withValue(tap) { try await world.read(command) }
            told.yield(.ended(result))
            told.finish()
        }
        defer { forwarding.cancel() }
        return try await withTaskCancellationHandler {
            let port = try await Deadline.run(limit, of: "`kubectl.port_forward`") {
                try await announcedPort(happenings, command, call)
            }
            let values = try await body(port)
            forwarding.cancel()
            // The port is free again when the caller goes on.
            _ = await forwarding.result
            return values
        } onCancel: {
            forwarding.cancel()
        }
    }

    /// Waits for `Forwarding from 127.0.0.1:40123 -> 8000`.
    private static func announcedPort(
        _ happenings: AsyncStream<Happening>, _ command: Command, _ call: CallContext
    ) async throws -> Int {
        for await happening in happenings {
            switch happening {
            case .line(let line):
                if let port = port(in: line) { return port }
            case .ended(let result):
                // A replayed one has ended already, with what it printed.
                if let port = result.text.split(separator: "\n").lazy.compactMap({ port(in: String($0)) }).first {
                    return port
                }
                throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
            }
        }
        throw RunbookError(.command, "`\(call.function)`: kubectl ended before it forwarded", command: command.display)
    }

    private static func port(in line: String) -> Int? {
        let mark = "Forwarding from 127.0.0.1:"
        guard line.hasPrefix(mark) else { return nil }
        return Int(line.dropFirst(mark.count).prefix(while: \.isNumber))
    }
}
