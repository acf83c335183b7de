import RunbookSecrets

/// Reads one secret from one source of the project.
struct ProviderReader {
    let world: any World
    let options: RunOptions
    let vault: SecretVault
    /// What commands gave in this run.
    let outputs: ProviderOutputs

    /// The value, or nil when the source does not have it.
    ///
    /// - Throws: `RunbookError` with code `missing` when the source fails; what it printed is not part of the error,
    ///   since it may hold the value.
    func read(_ name: String, from provider: SecretProvider) async throws -> [UInt8]? {
        let files = LiveFiles(folder: options.workingDirectory, vault: vault)
        switch provider.kind {
        case .environment(let prefix): return options.environment[prefix + name].map { Array($0.utf8) }
        case .dotenv(let path): return try entry(name, try fileBytes(path, files), path)
        case .file(let path): return try value(fileBytes(path, files), of: name, path)
        case .folder(let path):
            let file = files.absolute(path) + "/" + name
            return files.status(file) == nil ? nil : try value(fileBytes(file, files), of: name, file)
        case .kubernetes(let secret, let namespace): return try await key(name, of: secret, in: namespace)
        case .command(let provider): return try await output(name, of: provider)
        }
    }

    // MARK: Commands

    private func output(_ name: String, of provider: CommandProvider) async throws -> [UInt8]? {
        let program = provider.argv[0]
        let output = try await run(
            provider.argv.map { $0.replacing("{name}", with: name) }, name: name, timeout: provider.timeout,
            inherited: ProviderEnvironment.variables(for: provider.argv, named: provider.inherited))
        guard output.contains(where: { !Self.blanks.contains($0) }) else {
            throw failure(program, name, "printed nothing")
        }
        switch provider.format {
        case .value: return Self.trimmed(output)
        case .dotenv: return try entry(name, output, program)
        case .json: return try field(name, of: output, program)
        }
    }

    private func key(_ name: String, of secret: String, in namespace: String) async throws -> [UInt8]? {
        let context = options.context.map { ["--context", $0] } ?? []
        let argv =
            ["kubectl", "get", "secret", secret, "--namespace", namespace, "--ignore-not-found", "--output", "json"]
            + context
        let output = try await run(
            argv, name: name, timeout: .seconds(30), inherited: KubeEnvironment.variables(for: argv))
        guard let object = JSONReading.value(output) else {
            if output.isEmpty { return nil }
            throw failure("kubectl", name, "printed no object")
        }
        return object["data"][name].stringValue.flatMap(Base64Text.decode)
    }

    private func run(_ argv: [String], name: String, timeout: Duration, inherited: [String]) async throws -> [UInt8] {
        if let known = outputs[argv] { return known }
        // Its output is kept secret: the redactor would mask a value inside it that is part of another one.
        let command = Command(
            argv, environment: KubeEnvironment.fixed(for: argv[0]), directory: options.workingDirectory,
            timeout: timeout, isQuiet: true, inherited: inherited, secretOutput: "output of \(argv[0])",
            isOffTape: true)
        let result: ProcessResult
        do {
            // The value is not loaded yet, so nothing could mask it: its output goes past the run's listeners.
            result = try await OutputTap.$current.withValue(nil) { try await world.read(command) }
        } catch let error as RunbookError {
            switch error.code {
            case .timeout: throw failure(argv[0], name, "was over its limit of \(DurationText.of(timeout))")
            case .missing:
                throw RunbookError(
                    .missing, "secret \(name): \(error.message)",
                    remedy: error.remedy ?? "see the providers in \(settings)", runExit: 3)
            default: throw failure(argv[0], name, "could not be run")
            }
        }
        guard result.succeeded else { throw failure(argv[0], name, "exited \(result.status)") }
        let output = try result.secretOutput.map(vault.reveal) ?? result.stdout
        outputs[argv] = output
        return output
    }

    private var settings: String { options.project.path ?? ProjectFile.name }

    private func failure(_ program: String, _ name: String, _ reason: String) -> RunbookError {
        RunbookError(
            .missing, "secret \(name): \(program) \(reason)",
            remedy:
                "run the command of the provider in \(settings) by hand to see why; variables that it needs are named"
                + " there as `inherit`", runExit: 3)
    }

    // MARK: What they give

    private func fileBytes(_ path: String, _ files: LiveFiles) throws -> [UInt8] {
        do { return try files.read(files.absolute(path)) } catch let error as RunbookError {
            throw RunbookError(
                .missing, error.message, remedy: "see the providers in \(settings)", runExit: 3)
        }
    }

    private func value(_ bytes: [UInt8], of name: String, _ path: String) throws -> [UInt8] {
        let value = Self.trimmed(bytes)
        guard value.isEmpty else { return value }
        throw RunbookError(
            .missing, "secret \(name): \(path) is empty", remedy: "write the value into the file", runExit: 3)
    }

    private func entry(_ name: String, _ bytes: [UInt8], _ file: String) throws -> [UInt8]? {
        do { return try DotEnv.parse(bytes, file: file).last { $0.name == name }?.value } catch {
            throw RunbookError(
                .missing, error.description, remedy: "see the providers in \(settings); nothing was run", runExit: 3)
        }
    }

    private func field(_ name: String, of output: [UInt8], _ program: String) throws -> [UInt8]? {
        guard let object = JSONReading.value(output), object.tableValue != nil else {
            throw failure(program, name, "printed no JSON object, which `format: json` promises")
        }
        let value = object[name]
        if value.isNil { return nil }
        if case .null = value { return nil }
        guard let text = Arguments.plain(value) else {
            throw failure(program, name, "printed an object in which \(name) is no text")
        }
        return Array(text.utf8)
    }

    private static let blanks: Set<UInt8> = [9, 10, 13, 32]

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var end = bytes.count
        if end > 0, bytes[end - 1] == 10 { end -= 1 }
        if end > 0, bytes[end - 1] == 13 { end -= 1 }
        return Array(bytes[..<end])
    }
}
