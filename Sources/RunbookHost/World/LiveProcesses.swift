import RunbookSecrets
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs programs: no shell, a process group of their own, standard input closed unless given, bounded memory.
struct LiveProcesses: Sendable {
    let settings: LiveWorld.Settings
    let vault: SecretVault
    let files: LiveFiles

    private var lookup: ProgramLookup { ProgramLookup(files: files, searchPath: settings.environment["PATH"]) }

    /// How much of the end of standard error is kept.
    private static let errorLimit = 64 << 10

    func run(_ command: Command) async throws -> ProcessResult {
        guard let probe = command.probe, let tap = OutputTap.current else { return try await runAlone(command) }
        return try await probe.look(
            by: { look in
                try await OutputTap.$current.withValue(nil) { try await runAlone(look) }
            }, tell: { tap.emit(.stderr, $0) }, while: { try await runAlone(command) })
    }

    private func runAlone(_ command: Command) async throws -> ProcessResult {
        BrokenPipe.ignore
        let (argv, cleanUp) = try placePrivateFiles(command)
        defer { cleanUp() }
        let start = ContinuousClock.now
        let input = try command.input.map { try vault.reveal($0) } ?? []
        let deadline = TimeLimit(command.timeout)
        let tap = OutputTap.current
        let child = ChildProcesses.Entry(awaited: Self.awaited(command, vault))
        defer { child.ended(leavesNone: Task.isCancelled || deadline.hasPassed) }
        let outcome: ExecutionResult<Captured, SequenceOutput, SequenceOutput>
        do {
            outcome = try await Subprocess.run(
                lookup.find(argv), arguments: Subprocess.Arguments(Array(argv.dropFirst())),
                environment: try environment(command),
                workingDirectory: FilePath(files.absolute(command.directory ?? ".")),
                platformOptions: options(command), input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                child.started(execution.processIdentifier.value)
                return try await deadline.run {
                    await execution.teardown(using: Self.ending(grace: command.grace))
                } while: {
                    try await Self.untilItsEnd(of: execution.processIdentifier.value) {
                        try await capture(execution, command, input: input, tap: tap)
                    }
                }
            }
        } catch let error as SubprocessError {
            throw lookup.explain(error, command)
        }
        try Task.checkCancellation()
        let milliseconds = (ContinuousClock.now - start).milliseconds
        if deadline.hasPassed, let limit = command.timeout {
            throw RunbookError(
                .timeout, "\(vault.redactor.redact(command.display)) was over its limit of \(DurationText.of(limit))",
                details: outcome.closureResult.lastErrorLines, command: vault.redactor.redact(command.display))
        }
        if outcome.closureResult.isOverLimit {
            throw RunbookError(
                .command,
                "\(command.argv[0]) printed more than \(SizeText.of(command.outputLimit)), the limit of what is kept",
                remedy: "send its output to a file, or ask it for less", command: vault.redactor.redact(command.display)
            )
        }
        var result = ProcessResult(
            status: Self.code(outcome.terminationStatus), stdout: outcome.closureResult.stdout,
            stderr: outcome.closureResult.stderr, milliseconds: milliseconds)
        if let name = command.secretOutput {
            result.secretOutput = SensitiveText(vault.load(name: name, value: result.stdout, masking: .never))
            result.stdout = []
        }
        return result
    }

    /// Runs a program on the terminal of the person, in the engine's process group.
    func runOnTerminal(_ command: Command) async throws -> ProcessResult {
        let (argv, cleanUp) = try placePrivateFiles(command)
        defer { cleanUp() }
        let start = ContinuousClock.now
        do {
            let outcome = try await Subprocess.run(
                lookup.find(argv), arguments: Subprocess.Arguments(Array(argv.dropFirst())),
                environment: try environment(command),
                workingDirectory: FilePath(files.absolute(command.directory ?? ".")),
                input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError)
            return ProcessResult(
                status: Self.code(outcome.terminationStatus), milliseconds: (ContinuousClock.now - start).milliseconds)
        } catch let error as SubprocessError {
            throw lookup.explain(error, command)
        }
    }

    // MARK: Output

    private struct Captured: Sendable {
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        var isOverLimit = false

        var lastErrorLines: [String] { OutputLines.last(20, of: stderr) }
    }

    private func capture(
        _ execution: Execution<CustomWriteInput, SequenceOutput, SequenceOutput>, _ command: Command, input: [UInt8],
        tap: OutputTap?
    ) async throws -> Captured {
        let isSecret = command.secretOutput != nil
        async let errors = drain(
            execution.standardError, limit: Self.errorLimit, keepsEnd: true, tap: tap, stream: .stderr)
        async let written: Void = write(input, to: execution.standardInputWriter)
        let output = try await drain(
            execution.standardOutput, limit: command.outputLimit, keepsEnd: false,
            tap: command.isQuiet || isSecret ? nil : tap, stream: .stdout, isRedacted: !isSecret)
        var captured = Captured()
        (captured.stdout, captured.isOverLimit) = output
        captured.stderr = try await errors.0
        try await written
        return captured
    }

    /// Goes on reading when the task is cancelled, until the program has ended.
    ///
    /// One that is asked to end may have something to say first, and a closed pipe would kill it before it has recorded that
    /// it was stopped: helm would leave its release pending.
    private static func untilItsEnd<Value: Sendable>(
        of process: Int32, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            Task.detached {
                while !ChildProcesses.hasEnded(process) { try? await Task.sleep(for: .milliseconds(20)) }
                // What it started and left behind may hold the pipe open for ever.
                try? await Task.sleep(for: .milliseconds(50))
                task.cancel()
            }
        }
    }

    private func write(_ input: [UInt8], to writer: StandardInputWriter) async throws {
        // A program may end without reading its input; that is its business.
        if !input.isEmpty { _ = try? await writer.write(input) }
        try? await writer.finish()
    }

    private func drain(
        _ sequence: SubprocessOutputSequence, limit: Int, keepsEnd: Bool, tap: OutputTap?, stream: OutputStreamName,
        isRedacted: Bool = true
    ) async throws -> ([UInt8], Bool) {
        var kept: [UInt8] = []
        var isOver = false
        var redacting = RedactorStream(isRedacted ? vault.redactor : Redactor(), place: "output")
        var lines = LineSplitter()
        func take(_ bytes: [UInt8]) {
            if let tap, !tap.isFull() { lines.add(bytes) { tap.emit(stream, $0) } }
            kept.append(contentsOf: bytes)
            if keepsEnd {
                if kept.count > 2 * limit { kept.removeFirst(kept.count - limit) }
            } else if kept.count > limit {
                isOver = true
                kept.removeAll()
            }
        }
        for try await buffer in sequence {
            // A branch beside this one may have loaded a secret in the meantime.
            if isRedacted { redacting.adopt(vault.redactor) }
            let clean = buffer.withUnsafeBytes { redacting.write(Array($0)) }
            if !isOver { take(clean) } else if let tap, !tap.isFull() { lines.add(clean) { tap.emit(stream, $0) } }
        }
        take(redacting.finish())
        vault.record(redacting.summary)
        if let tap, !tap.isFull() { lines.finish { tap.emit(stream, $0) } }
        return (kept, isOver)
    }

    // MARK: Starting and ending

    /// The words for a program that a stop waits for longer than a person would without being told; nil for another.
    private static func awaited(_ command: Command, _ vault: SecretVault) -> String? {
        guard command.grace > .seconds(3) else { return nil }
        let name = command.argv.prefix(3).joined(separator: " ")
        return "\(vault.redactor.redact(name)) (up to \(DurationText.of(command.grace)))"
    }

    private func options(_ command: Command) -> PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = Self.ending(grace: command.grace)
        return options
    }

    private static func ending(grace: Duration) -> [TeardownStep] {
        [
            .send(signal: .interrupt, toProcessGroup: true, allowedDurationToNextStep: grace),
            .send(
                signal: .terminate, toProcessGroup: true,
                allowedDurationToNextStep: min(.seconds(2), max(grace / 3, .milliseconds(100)))),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
    }

    private func environment(_ command: Command) throws -> Environment {
        var values: [String: [UInt8]] = [:]
        for (name, value) in settings.environment where Self.isInherited(name, command.inherited) {
            values[name] = Array(value.utf8)
        }
        for (name, value) in command.environment {
            guard !name.isEmpty, !name.contains("="), !name.contains("\0") else {
                throw RunbookError(.argument, "\"\(name)\" cannot be the name of a variable of \(command.argv[0])")
            }
            let bytes = try vault.reveal(value)
            // The value itself may be a secret.
            if bytes.contains(0) {
                throw RunbookError(
                    .argument, "the variable \(name) of \(command.argv[0]) holds a NUL byte, which no variable can")
            }
            values[name] = bytes
        }
        // Bytes and not texts: a secret need not be UTF-8.
        return .custom(values.map { Array($0.key.utf8) + [UInt8(ascii: "=")] + $0.value + [0] })
    }

    private static func isInherited(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
    }

    private static func code(_ status: TerminationStatus) -> Int {
        switch status {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }

    private func placePrivateFiles(_ command: Command) throws -> (argv: [String], cleanUp: @Sendable () -> Void) {
        guard !command.privateFiles.isEmpty else { return (command.argv, {}) }
        try files.makePrivateFolder(settings.privateFolder)
        var argv = command.argv
        var paths: [String] = []
        let files = files
        do {
            for (name, content) in command.privateFiles.sorted(by: { $0.key < $1.key }) {
                let path = "\(settings.privateFolder)/\(UInt64.random(in: .min ... .max))-\(name)"
                paths.append(path)
                try files.writeNew(path, try vault.reveal(content), mode: 0o600)
                argv = argv.map {
                    $0.split(separator: "{{\(name)}}", omittingEmptySubsequences: false).joined(separator: path)
                }
            }
        } catch {
            paths.forEach(files.removeQuietly)
            throw error
        }
        let placed = paths
        return (argv, { placed.forEach(files.removeQuietly) })
    }
}
