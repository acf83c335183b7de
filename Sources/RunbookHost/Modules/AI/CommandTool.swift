import RunbookSecrets

/// A command of the project's own: the prompt goes to its standard input, or to a private file where it says `{prompt_file}`.
struct CommandTool: AITool {
    let name: String
    let argv: [String]
    let limit: Duration?

    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability {
        // Such a command has no call of which we know that it is harmless: that its program is there must do.
        let look = ["sh", "-c", "command -v -- \"$1\"", "sh", argv[0]]
        guard try await settings.probe(look, call)?.succeeded == true else {
            return .absent("\(argv[0]) is not installed")
        }
        return AIAvailability(isPresent: true, isUsable: true)
    }

    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command {
        let text = prompt.text + (prompt.schema.map(AIJSON.request) ?? "")
        let usesFile = argv.contains { $0.contains("{prompt_file}") }
        let arguments = argv.map { $0.replacing("{prompt_file}", with: "{{prompt}}") }
        return settings.command(
            arguments, input: usesFile ? nil : text,
            inherited: KubeEnvironment.variables + [
                "ANTHROPIC_*", "OPENAI_*", "GEMINI_*", "AZURE_OPENAI_*", "OLLAMA_*", "MISTRAL_*", "GROQ_*", "LLM_*",
            ], privateFiles: usesFile ? ["prompt": SensitiveText(text)] : [:])
    }

    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer {
        let text = String(decoding: result.stdout, as: UTF8.self)
        guard result.succeeded else {
            let reason = OutputLines.last(1, of: result.stderr).first ?? OutputLines.last(1, of: result.stdout).first
            return .failed("it exited \(result.status)\(reason.map { ": \($0)" } ?? "")", text: text)
        }
        return prompt.schema == nil ? .said(text) : AIJSON.answer(in: text)
    }
}

/// Docker's Gordon: it has no way to be asked but by a person on a terminal.
struct GordonTool: AITool {
    let name = "docker-ai"

    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability {
        let told = try await settings.probe(["docker", "ai", "version"], inherited: DockerCommand.inherited, call)
        guard let told, told.succeeded else {
            return .absent("docker has no `ai` plugin; it comes with Docker Desktop")
        }
        let version = ToolVersion(told.text)?.description
        guard call.run.options.isInteractive else {
            return AIAvailability(
                isPresent: true, isUsable: false, version: version,
                reason: "docker ai talks to a person on a terminal only, and this run has none")
        }
        return AIAvailability(isPresent: true, isUsable: true, version: version, mode: "terminal")
    }

    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command {
        // There is no other way to hand it a prompt; it is redacted, and no secret can stand in it.
        guard !prompt.text.hasPrefix("-") else {
            throw RunbookError(.argument, "docker ai would take this prompt as an option")
        }
        return settings.command(["docker", "ai", prompt.text], inherited: DockerCommand.inherited)
    }

    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer {
        .failed("docker ai showed its answer on the terminal, where only a person can read it")
    }
}
