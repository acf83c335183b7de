import RunbookLua

/// The world of a dry run: reads are made, writes are shown.
struct PreviewWorld: World {
    let base: any World
    let run: RunSession

    init(base: any World, run: RunSession) {
        self.base = ContextWorld(base: base)
        self.run = run
    }

    func perform(_ request: Request) async throws -> Response {
        guard let change = request.change else {
            if case .prompt(let prompt) = request.action { return .answer(Self.assumed(prompt)) }
            if case .sleep = request.action { return .done }
            return try await base.perform(request)
        }
        let dependency = CallSite.dependency ?? run.plan.unknown(in: Self.command(request.action) + [change.name])
        var planned = PlannedChange(
            number: 0, step: StepScope.current?.number, kind: change.kind, object: change.object, name: change.name,
            namespace: change.namespace, summary: change.summary, command: Self.command(request.action),
            difference: nil, certainty: .certain, undo: nil, site: CallSite.current?.description, server: nil)
        if let dependency {
            planned.certainty =
                dependency.change > 0 ? .dependent(on: dependency.change) : .unvalidated(dependency.what)
            planned.difference = await difference(change.preliminary)
        } else {
            planned.difference = await difference(change.difference)
            if let reason = planned.difference?.unvalidated { planned.certainty = .unvalidated(reason) }
            planned.undo = await inverse(of: change)
            if run.options.dryRun == .server, let command = change.serverDryRun {
                planned.server = await answer(to: command)
            }
        }
        run.hub.publish(.planned(run.plan.add(planned)))
        return .predicted
    }

    /// A preview asks nobody: it goes the way on which something happens.
    static func assumed(_ prompt: Prompt) -> String {
        switch prompt.kind {
        case .confirm: "yes"
        case .type(let words): words
        case .choose(let choices): choices.first ?? ""
        case .line, .hidden: ""
        }
    }

    private static func command(_ action: Action) -> [String] {
        switch action {
        case .process(let command), .terminal(let command): command.argv
        default: []
        }
    }

    private func difference(
        _ difference: (@Sendable (any World) async throws -> Difference)?
    ) async -> Difference? {
        guard let difference else { return nil }
        do {
            return try await difference(base)
        } catch {
            return Difference(unknown: run.note(unread: error))
        }
    }

    private func inverse(of change: Change) async -> String? {
        guard let inverse = change.inverse else { return nil }
        return (try? await inverse(base))?.summary
    }

    private func answer(to command: Command) async -> String {
        do {
            let result = try await base.read(command)
            return result.succeeded ? "accepted" : "refused: " + (OutputLines.last(1, of: result.stderr).first ?? "")
        } catch {
            return "not asked: " + run.note(unread: error)
        }
    }
}

/// Asks no cluster where a preview has no context to ask in: every such read would say the same.
private struct ContextWorld: World {
    let base: any World

    func perform(_ request: Request) async throws -> Response {
        if case .process(let command) = request.action, command.argv.contains(KubeTarget.unset) {
            throw RunbookError(.missing, "no kube context is set")
        }
        return try await base.perform(request)
    }
}

extension RunSession {
    /// Notes, once, what a preview could not read; answers with the reason.
    @discardableResult
    func note(unread error: any Error) -> String {
        let reason = vault.redactor.redact((error as? RunbookError)?.message ?? String(describing: error))
        if !isOfItsOwnMaking(reason), plan.addMissing(reason) {
            hub.publish(.note(Note(level: .unread, text: reason, step: StepScope.current?.number)))
        }
        return reason
    }

    /// Whether a read failed only because the preview did not make a namespace that the run makes first.
    private func isOfItsOwnMaking(_ reason: String) -> Bool {
        plan.changes.contains { change in
            change.kind == .create && change.object == "namespace"
                && reason.contains("namespaces \"\(change.name)\" not found")
        }
    }
}
