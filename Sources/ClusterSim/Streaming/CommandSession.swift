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
        } else if command.isTerminal, command.hasInput, command.isConversation {
            let code = try await converse(streams).code
            status = code.map(CommandStatus.exit) ?? CommandStatus.notRunning(command.container)
        } else {
            status = try await execute(streams)
        }
        try await streams.finish(status)
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
        if command.hasInput, let run = await cluster.listeningRun(command) {
            let (code, output) = command.isTerminal ? try await converse(streams) : try await feed(streams)
            await cluster.endRun(run, of: command, code: code ?? 0, output: output)
            return CommandStatus.success
        }
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

    /// Runs all that a client sends as one script.
    private func feed(_ streams: any CommandStreams) async throws -> (code: Int?, output: [UInt8]) {
        var input: [UInt8] = []
        for await part in streams.input { input += part }
        guard var shell = await cluster.shell(command) else { return (nil, []) }
        let output = shell.script(String(decoding: input, as: UTF8.self))
        await cluster.keep(shell, of: command)
        try await send(output, streams)
        return (output.status, output.out + output.errors)
    }

    // MARK: - A person at a terminal

    /// Reads lines, runs each, and shows what it gave, until the person leaves.
    ///
    /// - Returns: the exit code, nil when the container does not run; and what was shown.
    private func converse(_ streams: any CommandStreams) async throws -> (code: Int?, output: [UInt8]) {
        guard var shell = await cluster.shell(command) else { return (nil, []) }
        var shown: [UInt8] = []
        func show(_ bytes: [UInt8]) async throws {
            shown += bytes
            try await streams.write(bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }, isError: false)
        }
        func prompt() async throws {
            try await show(Array("\(shell.directory) \(shell.contents.user == 0 ? "#" : "$") ".utf8))
        }
        try await prompt()
        var line = TerminalLine()
        // The lines of a command that is not complete yet.
        var begun = ""
        for await part in streams.input {
            for byte in part {
                switch line.take(byte) {
                case .nothing: break
                case .echo(let bytes): try await show(bytes)
                case .line(let text):
                    try await show([0x0A])
                    let script = begun + text
                    if shell.isIncomplete(script) {
                        begun = script + "\n"
                        try await show(Array("> ".utf8))
                        continue
                    }
                    begun = ""
                    let output = shell.script(script)
                    try await show(output.out + output.errors)
                    await cluster.keep(shell, of: command)
                    if shell.hasExited { return (shell.status, shown) }
                    try await prompt()
                case .interrupt:
                    begun = ""
                    try await show(Array("^C\n".utf8))
                    shell.status = 130
                    try await prompt()
                case .end:
                    try await show([0x0A])
                    return (shell.status, shown)
                }
            }
        }
        return (0, shown)
    }
}

/// The line that a person types at a terminal.
struct TerminalLine {
    /// What a key does.
    enum Effect: Equatable {
        case nothing
        case echo([UInt8])
        case line(String)
        case interrupt
        case end
    }

    private var bytes: [UInt8] = []
    /// Whether an escape sequence has begun, such as that of an arrow key; the simulated terminal has no history.
    private var escape: [UInt8]?

    mutating func take(_ byte: UInt8) -> Effect {
        if let begun = escape {
            let isFirst = begun.isEmpty
            let isOver = isFirst ? byte != 0x5B && byte != 0x4F : (0x40...0x7E).contains(byte)
            escape = isOver ? nil : begun + [byte]
            return .nothing
        }
        switch byte {
        case 0x1B: escape = []
        case 0x0D, 0x0A:
            let text = String(decoding: bytes, as: UTF8.self)
            bytes = []
            return .line(text)
        case 0x03:
            bytes = []
            return .interrupt
        case 0x04 where bytes.isEmpty: return .end
        case 0x15:
            let count = String(decoding: bytes, as: UTF8.self).count
            bytes = []
            return .echo(Array(repeating: [0x08, 0x20, 0x08], count: count).flatMap { $0 })
        case 0x7F, 0x08:
            while let last = bytes.popLast() {
                // A character of several bytes goes as a whole.
                if last & 0xC0 != 0x80 { return .echo([0x08, 0x20, 0x08]) }
            }
        case 0x20...:
            bytes.append(byte)
            return .echo([byte])
        default: break
        }
        return .nothing
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
