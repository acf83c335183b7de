/// The streams of a command, whatever carries them.
protocol CommandStreams: Sendable {
    /// What the client types or sends; ends when it sends no more.
    var input: AsyncStream<[UInt8]> { get }
    func write(_ bytes: [UInt8], isError: Bool) async throws
    /// Says how the command ended, and ends the connection.
    func finish(_ status: JSON) async throws
}

/// Runs a command for a client.
struct CommandSession: Sendable {
    let command: RemoteCommand
    let cluster: Cluster
    let speed: Double

    func run(_ streams: any CommandStreams) async throws {
        let status: JSON
        if command.argv.isEmpty {
            status = try await attach(streams)
        } else if command.isTerminal, command.hasInput, isShell {
            status = try await converse(streams)
        } else {
            status = try await execute(streams)
        }
        try await streams.finish(status)
    }

    private var isShell: Bool {
        command.argv.count == 1
            && ContainerShell.shells.contains(command.argv[0].split(separator: "/").last.map(String.init) ?? "")
    }

    private func execute(_ streams: any CommandStreams) async throws -> JSON {
        var input: [UInt8] = []
        if command.hasInput, ContainerShell.readsInput(command.argv) {
            for await part in streams.input { input += part }
        }
        guard var shell = await cluster.shell(command) else { return CommandStatus.notRunning(command.container) }
        let output: CommandOutput
        do {
            output = try shell.run(command.argv, input: input)
        } catch {
            return CommandStatus.notFound(command.argv[0])
        }
        await cluster.keep(shell, of: command)
        if output.seconds > 0 { try await Task.sleep(for: .seconds(output.seconds / speed)) }
        try await send(output, streams)
        return CommandStatus.exit(output.status)
    }

    private func send(_ output: CommandOutput, _ streams: any CommandStreams) async throws {
        if !output.out.isEmpty, command.hasOutput { try await streams.write(output.out, isError: false) }
        guard !output.errors.isEmpty else { return }
        // A terminal has one output for both.
        if command.isTerminal { try await streams.write(output.errors, isError: false) }
        if command.hasErrors { try await streams.write(output.errors, isError: true) }
    }

    private func attach(_ streams: any CommandStreams) async throws -> JSON {
        guard let output = await cluster.output(command) else { return CommandStatus.notRunning(command.container) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await bytes in output { try? await streams.write(bytes, isError: false) }
            }
            group.addTask {
                for await _ in streams.input {}
                // A client without input has nothing to say; it follows the output to its end.
                if !command.hasInput { try? await Task.sleep(for: .seconds(86_400)) }
            }
            await group.next()
            group.cancelAll()
        }
        return CommandStatus.success
    }

    // MARK: - A person at a terminal

    /// Reads lines, runs each, and shows what it gave, until the person leaves.
    private func converse(_ streams: any CommandStreams) async throws -> JSON {
        guard var shell = await cluster.shell(command) else { return CommandStatus.notRunning(command.container) }
        func show(_ bytes: [UInt8]) async throws {
            try await streams.write(bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }, isError: false)
        }
        func prompt() async throws {
            try await show(Array("\(shell.directory) \(shell.contents.user == 0 ? "#" : "$") ".utf8))
        }
        try await prompt()
        var line: [UInt8] = []
        for await part in streams.input {
            for byte in part {
                switch byte {
                case 0x0D, 0x0A:
                    try await show([0x0A])
                    let output = shell.script(String(decoding: line, as: UTF8.self))
                    line = []
                    try await show(output.out + output.errors)
                    await cluster.keep(shell, of: command)
                    if shell.hasExited { return CommandStatus.exit(shell.status) }
                    try await prompt()
                case 0x03:
                    line = []
                    try await show(Array("^C\n".utf8))
                    try await prompt()
                case 0x04 where line.isEmpty:
                    try await show([0x0A])
                    return CommandStatus.exit(shell.status)
                case 0x7F, 0x08:
                    if line.popLast() != nil { try await show([0x08, 0x20, 0x08]) }
                case 0x20...:
                    line.append(byte)
                    try await show([byte])
                default: break
                }
            }
        }
        return CommandStatus.success
    }
}

/// The streams of a command in the messages of a WebSocket: the first byte of each names its stream.
struct WebSocketCommandStreams: CommandStreams {
    private enum Number {
        static let input: UInt8 = 0
        static let output: UInt8 = 1
        static let errors: UInt8 = 2
        static let status: UInt8 = 3
        /// Version 5: the client closes the stream that the next byte names.
        static let close: UInt8 = 255
    }

    let input: AsyncStream<[UInt8]>
    private let wire: WebSocketWire

    init(_ wire: WebSocketWire) {
        self.wire = wire
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        input = stream
        let task = Task {
            for await message in wire.incoming {
                if message.starts(with: [Number.close, Number.input]) { continuation.finish() }
                if message.first == Number.input, message.count > 1 { continuation.yield(Array(message.dropFirst())) }
            }
            continuation.finish()
        }
        continuation.onTermination = { reason in if case .cancelled = reason { task.cancel() } }
    }

    func write(_ bytes: [UInt8], isError: Bool) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await wire.send([isError ? Number.errors : Number.output] + rest.prefix(32_768))
            rest = rest.dropFirst(32_768)
        }
    }

    func finish(_ status: JSON) async throws {
        try await wire.send([Number.status] + JSONWriter.bytes(status))
        await wire.close()
    }
}

/// The streams of a command in a SPDY connection, as clients before 1.31 ask for them.
struct SPDYCommandStreams: CommandStreams {
    let input: AsyncStream<[UInt8]>
    private let connection: SPDYConnection
    private let streams: [String: SPDYStream]

    /// Waits until the client has opened the streams of a command; nil when it leaves before.
    init?(_ connection: SPDYConnection, _ command: RemoteCommand) async {
        var wanted: Set<String> = ["error"]
        if command.hasInput { wanted.insert("stdin") }
        if command.hasOutput { wanted.insert("stdout") }
        if command.hasErrors { wanted.insert("stderr") }
        if command.isTerminal { wanted.insert("resize") }
        var streams: [String: SPDYStream] = [:]
        for await stream in connection.opened {
            streams[stream.headers["streamtype"] ?? ""] = stream
            if wanted.isSubset(of: streams.keys) { break }
        }
        guard wanted.isSubset(of: streams.keys) else { return nil }
        self.connection = connection
        self.streams = streams
        input = streams["stdin"]?.incoming ?? AsyncStream { $0.finish() }
    }

    func write(_ bytes: [UInt8], isError: Bool) async throws {
        if let stream = streams[isError ? "stderr" : "stdout"] { try await connection.send(bytes, on: stream) }
    }

    func finish(_ status: JSON) async throws {
        for name in ["stdout", "stderr"] {
            if let stream = streams[name] { try await connection.send([], on: stream, isLast: true) }
        }
        if let stream = streams["error"] {
            try await connection.send(JSONWriter.bytes(status), on: stream, isLast: true)
        }
        // The client closes the connection when it has read all; it is not cut before.
        try? await Task.sleep(for: .milliseconds(200))
        await connection.close()
    }
}
