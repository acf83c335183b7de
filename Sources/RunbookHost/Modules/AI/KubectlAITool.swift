import RunbookSecrets

/// kubectl-ai, asked once and without leave to change anything.
///
/// Its own test of what changes something has holes, so a read-only account is the real barrier; `--skip-permissions` is
/// always given as false, since its configuration file can turn it on.
struct KubectlAITool: AITool {
    let name = "kubectl-ai"
    var limit: Duration?

    private static let providers: [(name: String, variable: String)] = [
        ("gemini", "GEMINI_API_KEY"), ("vertexai", "GOOGLE_CLOUD_PROJECT"), ("openai", "OPENAI_API_KEY"),
        ("openai-compatible", "OPENAI_API_KEY"), ("azopenai", "AZURE_OPENAI_ENDPOINT"), ("grok", "GROK_API_KEY"),
        ("bedrock", "AWS_PROFILE"), ("ollama", "OLLAMA_HOST"), ("llamacpp", "LLAMACPP_HOST"),
    ]

    private static let inherited =
        KubeEnvironment.variables + [
            "GEMINI_API_KEY", "OPENAI_*", "AZURE_OPENAI_*", "GROK_*", "BEDROCK_*", "OLLAMA_*", "LLAMACPP_*",
            "LLM_SKIP_VERIFY_SSL",
        ]

    /// Words that it takes as commands of its own.
    private static let commands: Set<String> = [
        "model", "models", "tools", "clear", "reset", "exit", "quit", "session", "sessions",
    ]

    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability {
        guard let told = try await settings.probe(["kubectl-ai", "version"], inherited: Self.inherited, call) else {
            return .absent("kubectl-ai is not installed")
        }
        guard told.succeeded else { return .absent("kubectl-ai version exited \(told.status)") }
        let version = told.text.split(separator: "\n").first.map {
            $0.split(separator: " ").last.map(String.init) ?? ""
        }
        func unusable(_ reason: String) -> AIAvailability {
            AIAvailability(isPresent: true, isUsable: false, version: version, reason: reason)
        }
        for program in [["kubectl", "version", "--client"], ["bash", "-c", ":"]]
        where try await settings.probe(program, call)?.succeeded != true {
            return unusable("kubectl-ai runs its tools by \(program[0]), which is not there")
        }
        if let list = try await call.world.environment("KUBECONFIG"), list.contains(":") {
            return unusable("kubectl-ai takes one file, and KUBECONFIG names several")
        }
        guard let provider = try await provider(settings, call) else {
            return unusable("kubectl-ai has no provider: none of GEMINI_API_KEY, OPENAI_API_KEY and the like is set")
        }
        // Its default model is gemini's, whatever the provider.
        let openAIModel = provider == "openai" ? try await call.world.environment("OPENAI_MODEL") : nil
        guard let model = settings.model ?? openAIModel ?? (provider == "gemini" ? "gemini-2.5-pro" : nil) else {
            return unusable("kubectl-ai needs `model` for the provider \(provider)")
        }
        return AIAvailability(isPresent: true, isUsable: true, version: version, mode: "\(provider) \(model)")
    }

    private func provider(_ settings: AISettings, _ call: CallContext) async throws -> String? {
        if let given = settings.provider { return given }
        for provider in Self.providers where try await settings.has(provider.variable, call) { return provider.name }
        return nil
    }

    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command {
        let parts = availability.mode.split(separator: " ", maxSplits: 1).map(String.init)
        var text = prompt.text
        let word = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        if Self.commands.contains(word) || word.hasPrefix("resume-session ") { text = "Question: \(text)" }
        if let schema = prompt.schema { text += AIJSON.request(schema) }
        // Without --quiet a piped prompt makes it open the terminal for more. Its trace would hold the prompt.
        let argv = [
            "kubectl-ai", "--quiet", "--skip-permissions=false", "--llm-provider", parts[0], "--model",
            parts.count > 1 ? parts[1] : "", "--max-iterations", String(settings.maxTurns), "--ui-type", "terminal",
            "--trace-path", "/dev/null",
        ]
        return settings.command(
            argv, input: text, inherited: Self.inherited, variables: ["KUBECTL_AI_TERM_WIDTH": "400", "KUBERC": "off"])
    }

    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer {
        let printed = VisibleText.withoutColours(String(decoding: result.stdout, as: UTF8.self))
        let lines = printed.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            !line.drop(while: \.isWhitespace).hasPrefix("Running: ")
        }
        let text = lines.joined(separator: "\n")
        guard result.succeeded else {
            let reason =
                OutputLines.last(1, of: result.stderr).first ?? lines.last { !$0.isEmpty }.map(String.init) ?? ""
            return .failed("it exited \(result.status): \(reason)", text: text)
        }
        // All of these come with exit code 0, on standard output.
        if text.contains("Maximum number of iterations reached.") {
            return .failed("it reached the limit of its iterations", text: text)
        }
        if text.contains("RunOnce mode cannot handle permission requests") {
            return .failed("it wanted to change something, which it may not", text: text)
        }
        if let error = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }).map({ $0.drop(while: \.isWhitespace) }),
            error.hasPrefix("Error:") || error.hasPrefix("error:")
        {
            return .failed(String(error), text: text)
        }
        return prompt.schema == nil ? .said(text) : AIJSON.answer(in: text)
    }
}
