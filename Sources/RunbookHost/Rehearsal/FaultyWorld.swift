import RunbookSecrets

/// A world in which one write goes wrong; everything else passes.
struct FaultyWorld: World {
    let base: any World
    let script: FaultScript
    let redactor: @Sendable () -> Redactor

    func perform(_ request: Request) async throws -> Response {
        if script.isClosing { await Self.nothing() }
        guard let change = request.change, !UndoScope.isActive else { return try await base.perform(request) }
        guard let fault = script.note(request, change, redactor()) else {
            return try await script.making { try await base.perform(request) }
        }
        switch fault {
        case .failsBefore: return try failure(request.action, "before it took effect")
        case .failsAfter:
            _ = try await base.perform(request)
            return try failure(request.action, "after it took effect")
        case .hangs:
            _ = try? await base.perform(request)
            try await hang(request.action)
        case .killedBefore: await script.kill()
        case .killedAfter:
            _ = try? await base.perform(request)
            await script.kill()
        }
        await Self.nothing()
    }

    private func failure(_ action: Action, _ when: String) throws -> Response {
        let text = "rehearsal: this write fails \(when)"
        switch action {
        case .process, .terminal: return .process(ProcessResult(status: 1, stderr: Array("Error: \(text)\n".utf8)))
        case .http: return .http(HTTPAnswer(status: 503, body: Array(text.utf8)))
        default: throw RunbookError(.io, text)
        }
    }

    /// Hangs until the nearest limit, which is let pass at once.
    private func hang(_ action: Action) async throws {
        if case .process(let command) = action, let limit = command.timeout {
            let display = redactor().redact(command.display)
            throw RunbookError(
                .timeout, "\(display) was over its limit of \(DurationText.of(limit))", command: display)
        }
        if case .http(let call) = action {
            throw RunbookError(.timeout, "\(call.url) did not answer within \(DurationText.of(call.timeout))")
        }
        if let limit = Deadline.current { limit.expire() } else { script.passRunLimit() }
        try await Task.sleep(for: .seconds(86_400))
    }

    /// Never returns: whoever asked is dead.
    private static func nothing() async -> Never {
        while true { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    }
}
