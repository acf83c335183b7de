import RunbookSecrets

/// Reads one secret from one source of the project.
struct ProviderReader {
    let world: any World
    let options: RunOptions
    let vault: SecretVault

    /// The value, or nil when the source does not have it.
    ///
    /// - Throws: `RunbookError` with code `missing` when the source fails; what it printed is not part of the error,
    ///   since it may hold the value.
    func read(_ name: String, from provider: SecretProvider) async throws -> [UInt8]? {
        let files = LiveFiles(folder: options.workingDirectory, vault: vault)
        switch provider.kind {
        case .environment(let prefix): return options.environment[prefix + name].map { Array($0.utf8) }
        case .dotenv(let path): return try entry(name, try fileBytes(path, files), path)
        case .file(let path): return Self.trimmed(try fileBytes(path, files))
        case .folder(let path):
            let file = files.absolute(path) + "/" + name
            return files.status(file) == nil ? nil : Self.trimmed(try fileBytes(file, files))
        case .kubernetes(let secret, let namespace):
            let output = try await run(
                [
                    "kubectl", "get", "secret", secret, "--namespace", namespace, "--ignore-not-found",
                    "-o", "go-template={{with index .data \"\(name)\"}}{{.}}{{end}}",
                ], name: name, timeout: .seconds(30), inherited: KubeEnvironment.variables)
            return output.isEmpty ? nil : Base64Text.decode(String(decoding: output, as: UTF8.self))
        case .command(let argv, let format, let timeout):
            let output = try await run(
                argv.map { $0.replacing("{name}", with: name) }, name: name, timeout: timeout, inherited: ["*"])
            if format == "dotenv" { return try entry(name, output, argv[0]) }
            let value = Self.trimmed(output)
            if value.isEmpty { throw failure(argv[0], name, "printed nothing") }
            return value
        }
    }

    private func run(_ argv: [String], name: String, timeout: Duration, inherited: [String]) async throws -> [UInt8] {
        let command = Command(argv, timeout: timeout, isQuiet: true, inherited: inherited)
        let result: ProcessResult
        do {
            // The value is not loaded yet, so nothing could mask it: its output goes past the run's listeners.
            result = try await OutputTap.$current.withValue(nil) { try await world.read(command) }
        } catch let error as RunbookError {
            throw failure(
                argv[0], name,
                error.code == .timeout ? "was over its limit of \(DurationText.of(timeout))" : error.message)
        }
        guard result.succeeded else { throw failure(argv[0], name, "exited \(result.status)") }
        return result.stdout
    }

    private func failure(_ program: String, _ name: String, _ reason: String) -> RunbookError {
        RunbookError(
            .missing, "secret \(name): \(program) \(reason)",
            remedy: "run the command of the provider in runbook.yaml by hand to see why", runExit: 3)
    }

    private func fileBytes(_ path: String, _ files: LiveFiles) throws -> [UInt8] {
        do { return try files.read(files.absolute(path)) } catch let error as RunbookError {
            throw RunbookError(.missing, error.message, remedy: "see the providers in runbook.yaml", runExit: 3)
        }
    }

    private func entry(_ name: String, _ bytes: [UInt8], _ file: String) throws -> [UInt8]? {
        do { return try DotEnv.parse(bytes, file: file).last { $0.name == name }?.value } catch {
            throw RunbookError(.missing, error.description, runExit: 3)
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var end = bytes.count
        if end > 0, bytes[end - 1] == 10 { end -= 1 }
        if end > 0, bytes[end - 1] == 13 { end -= 1 }
        return Array(bytes[..<end])
    }
}
