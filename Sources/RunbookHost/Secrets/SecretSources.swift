import RunbookSecrets
import Synchronization

/// Loads the secrets of a run, each once, from where the project keeps them.
///
/// In order: the files of `--env-file` (by default `.env` in the working directory), the providers of `runbook.yaml`,
/// the environment, a hidden prompt on a terminal.
final class SecretSources: Sendable {
    private let vault: SecretVault
    private let options: RunOptions
    private let files: LiveFiles
    private let outputs = ProviderOutputs()
    private let entries = Mutex<Result<[String: DotEnv.Entry], RunbookError>?>(nil)

    init(vault: SecretVault, options: RunOptions) {
        self.vault = vault
        self.options = options
        files = LiveFiles(folder: options.workingDirectory, vault: vault)
    }

    /// Loads one secret.
    ///
    /// - Returns: The reference, or nil when no source has it.
    /// - Throws: `RunbookError` with code `missing` when a source cannot be read; no value is ever part of it.
    func load(_ declaration: SecretDeclaration, in world: any World) async throws -> SecretReference? {
        let name = declaration.name
        let masking: SecretMasking? = options.project.unmasked.contains(name) ? .never : nil
        if let entry = try fileEntries()[name] {
            return vault.load(name: name, value: entry.value, masking: masking)
        }
        for provider in providers(of: name) {
            if let value = try await ProviderReader(
                world: world, options: options, vault: vault, outputs: outputs
            ).read(name, from: provider) {
                return vault.load(name: name, value: value, masking: masking)
            }
        }
        if let value = options.environment[name], !value.isEmpty {
            return vault.load(name: name, text: value, masking: masking)
        }
        if options.isReplay {
            return vault.load(name: name, text: "replayed-\(name)-\(UInt64.random(in: .min ... .max))")
        }
        if options.isInteractive && options.dryRun == nil && !declaration.isOptional {
            if case .answer(let value) = try await world.perform(.read(.prompt(Prompt("secret \(name):", .hidden)))),
                !value.isEmpty
            {
                return vault.load(name: name, text: value, masking: masking)
            }
        }
        return nil
    }

    /// The providers to ask for a secret; for a replay none that runs a program, since a tape holds no values.
    private func providers(of name: String) -> [SecretProvider] {
        options.project.providers.filter { provider in
            guard provider.names.isEmpty || provider.names.contains(name) else { return false }
            switch provider.kind {
            case .command, .kubernetes: return !options.isReplay
            case .environment, .dotenv, .folder, .file: return true
            }
        }
    }

    /// A setting that is no secret: from the same files, else from the environment.
    func setting(_ name: String) throws -> String? {
        if let entry = try fileEntries()[name], entry.classification == .config {
            return String(decoding: entry.value, as: UTF8.self)
        }
        return options.environment[name]
    }

    /// Whether a setting is a secret: by its class in the files, else by what name and value look like.
    func isSecret(_ name: String) throws -> Bool {
        if let entry = try fileEntries()[name] { return entry.classification == .secret }
        return options.environment[name].map {
            CredentialHeuristics.looksLikeCredential(name: name, value: Array($0.utf8))
        } ?? false
    }

    /// The entries of all files; a later file wins.
    func fileEntries() throws -> [String: DotEnv.Entry] {
        try entries.withLock { cached in
            if let cached { return try cached.get() }
            let result = Result { () throws(RunbookError) in try readFiles() }
            cached = result
            return try result.get()
        }
    }

    private func readFiles() throws(RunbookError) -> [String: DotEnv.Entry] {
        var all: [String: DotEnv.Entry] = [:]
        for name in options.environmentFiles ?? [".env"] {
            let path = files.absolute(name)
            if options.environmentFiles == nil, files.status(path) == nil { continue }
            do {
                for entry in try DotEnv.parse(try files.read(path), file: name) { all[entry.name] = entry }
            } catch let error as DotEnvError {
                throw RunbookError(.missing, error.description, remedy: "mend the file; nothing was run", runExit: 3)
            } catch {
                throw RunbookError(
                    .missing, (error as? RunbookError)?.message ?? "\(name) cannot be read",
                    remedy: "give another file with --env-file", runExit: 3)
            }
        }
        return all
    }
}
