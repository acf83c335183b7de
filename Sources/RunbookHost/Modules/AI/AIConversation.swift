import RunbookLua

/// Asks the tools of a call, one after the other, until one has answered.
struct AIConversation: Sendable {
    let arguments: Arguments
    let call: CallContext
    let tools: [any AITool]
    private let settings: AISettings

    /// What came of it.
    struct Outcome: Sendable {
        /// The good answer, or nil.
        var answer: AIAnswer?
        var tool: String?
        var version: String?
        /// Why there is no answer, one part a tool.
        var reason: String?
        var milliseconds = 0
        /// True in a preview, which asks nobody.
        var isPredicted = false
        /// The transcript of the answer.
        var transcript: AITranscript?
    }

    init(_ arguments: Arguments, _ call: CallContext) throws {
        self.arguments = arguments
        self.call = call
        tools = try AIToolChoice.tools(arguments, call.run.options.project)
        settings = AISettings(arguments)
    }

    /// Asks; whatever goes wrong with a tool is a reason and no error.
    ///
    /// - Throws: `CancellationError`, and `RunbookError` for a call that is not allowed.
    func ask(_ prompt: AIPrompt) async throws -> Outcome {
        let start = try await call.world.now()
        func passed() async throws -> Duration { .seconds(max(0, try await call.world.now() - start)) }
        var reasons: [String] = []
        for tool in tools {
            let left = settings.timeout - (try await passed())
            guard left > .zero else {
                reasons.append("\(tool.name): no time was left for it")
                continue
            }
            let state: AIAvailability
            do {
                state = try await tool.probe(settings, call)
            } catch let error as RunbookError where Self.isOfTheTool(error) {
                reasons.append("\(tool.name): \(error.message)")
                continue
            }
            guard state.isUsable else {
                reasons.append("\(tool.name): \(state.reason ?? "not usable")")
                continue
            }
            var own = settings
            own.timeout = min(left, tool.limit ?? left)
            var outcome = try await ask(tool, prompt, own, state)
            outcome.milliseconds = try await passed().milliseconds
            if outcome.isPredicted || outcome.answer != nil { return outcome }
            reasons.append("\(tool.name): \(outcome.reason ?? "failed")")
        }
        let reason = reasons.isEmpty ? "no AI tool is set" : reasons.joined(separator: "; ")
        call.note(.warning, "no AI answer: \(call.run.vault.redactor.redact(reason))")
        return Outcome(reason: reason, milliseconds: try await passed().milliseconds)
    }

    private func ask(
        _ tool: any AITool, _ prompt: AIPrompt, _ settings: AISettings, _ state: AIAvailability
    ) async throws -> Outcome {
        var outcome = Outcome(tool: tool.name, version: state.version)
        let started = try await call.world.now()
        var transcript = AITranscript(
            tool: tool.name, version: state.version, command: [], prompt: prompt.text, answer: "",
            started: SystemClock.text(started), ms: 0, exit: nil, verdict: "failed", reason: nil)
        do {
            let command = try tool.command(prompt, settings, state)
            transcript.command = command.argv
            let action: Action = state.mode == "terminal" ? .terminal(command) : .process(command)
            let response = try await OutputTap.$translation.withValue({ VisibleText.of($0) }) {
                try await call.write(action, change(tool, prompt))
            }
            guard case .process(let result)? = response else {
                outcome.isPredicted = true
                return outcome
            }
            let answer = tool.answer(result, prompt)
            transcript.ms = result.milliseconds
            transcript.exit = result.status
            transcript.answer = answer.text
            transcript.reason = answer.failure
            if answer.failure == nil {
                transcript.verdict = "answered"
                outcome.answer = answer
            }
            outcome.reason = answer.failure
        } catch let error as RunbookError where Self.isOfTheTool(error) {
            transcript.ms = Int(((try? await call.world.now()) ?? started) * 1000 - started * 1000)
            let limit = DurationText.of(settings.timeout)
            let reason = error.code == .timeout ? "it was over its limit of \(limit)" : error.message
            transcript.reason = reason
            outcome.reason = reason
        }
        keep(transcript)
        outcome.transcript = transcript
        return outcome
    }

    private func change(_ tool: any AITool, _ prompt: AIPrompt) -> Change {
        // The prompt as it goes out; only what a terminal would obey is written out.
        let lines = VisibleText.of(prompt.text).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        return Change(
            .run, "prompt", tool.name, summary: "\(prompt.text.utf8.count) bytes", isIdempotent: true, capability: "ai",
            difference: { _ in Difference(lines: lines) })
    }

    /// Keeps a transcript; that it cannot be kept is told and fails nothing.
    func keep(_ transcript: AITranscript) {
        do {
            let path = try transcript.save(call.run)
            call.note(.info, "\(transcript.tool): \(transcript.verdict), see \(path)")
        } catch {
            call.note(.warning, "the transcript of \(transcript.tool) could not be kept: \(error)")
        }
    }

    /// What stands in for an answer.
    func fallback(_ reason: String) async throws -> LuaValue {
        guard let function = arguments.function("fallback") else { return .nil }
        return try await call.run.engine.call(function, [.string(reason)]).first ?? .nil
    }

    /// An error that is the tool's own fault, and so no reason to end a run.
    private static func isOfTheTool(_ error: RunbookError) -> Bool {
        switch error.code {
        case .missing, .command, .timeout, .io, .argument: true
        default: false
        }
    }
}
