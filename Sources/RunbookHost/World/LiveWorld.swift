import RunbookSecrets

/// The real world.
public struct LiveWorld: World {
    /// What the world needs to know of the run.
    public struct Settings: Sendable {
        /// The folder that relative paths start from.
        public var folder: String
        /// The engine's own environment.
        public var environment: [String: String]
        /// A folder of the run for files that hold secrets; made when first needed.
        public var privateFolder: String

        /// Describes a run's surroundings.
        public init(folder: String, environment: [String: String], privateFolder: String) {
            self.folder = folder
            self.environment = environment
            self.privateFolder = privateFolder
        }
    }

    private let processes: LiveProcesses
    private let files: LiveFiles
    private let http: any HTTPSender
    private let vault: SecretVault
    private let prompts: any Prompter
    private let environment: [String: String]

    /// Makes the real world for a run.
    public init(settings: Settings, vault: SecretVault, prompts: any Prompter, http: any HTTPSender) {
        files = LiveFiles(folder: settings.folder, vault: vault)
        processes = LiveProcesses(settings: settings, vault: vault, files: files)
        self.http = http
        self.vault = vault
        self.prompts = prompts
        environment = settings.environment
    }

    /// Carries out a request.
    public func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .process(let command): return .process(try await processes.run(command))
        case .terminal(let command): return .process(try await processes.runOnTerminal(command))
        case .file(let action): return try files.perform(action)
        case .http(let call): return .http(try await http.send(call, vault: vault))
        case .sleep(let duration):
            try await Task.sleep(for: duration)
            return .done
        case .prompt(let prompt): return .answer(try await ask(prompt))
        case .environment(let name): return .variable(environment[name])
        case .now: return .time(SystemClock.now())
        }
    }

    // The question is shown on a screen; the answer to a choice names what was shown.
    private func ask(_ prompt: Prompt) async throws -> String {
        let redactor = vault.redactor
        let question = redactor.redact(prompt.text)
        guard case .choose(let choices) = prompt.kind else {
            return try await prompts.ask(Prompt(question, prompt.kind))
        }
        let shown = choices.map { redactor.redact($0) }
        let answer = try await prompts.ask(Prompt(question, .choose(shown)))
        return shown.firstIndex(of: answer).map { choices[$0] } ?? answer
    }
}

/// Asks a person.
public protocol Prompter: Sendable {
    /// The answer; `yes` or `no` to a confirmation.
    ///
    /// - Throws: `RunbookError` with code `declined` when nobody is there to answer.
    func ask(_ prompt: Prompt) async throws -> String
}
