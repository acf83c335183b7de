import RunbookLua

/// Runs a step: conditions, confirmation, tries, time limit, record.
struct StepRunner {
    let run: RunSession
    let site: LuaSite?

    /// - Parameters:
    ///   - visit: The step's key, where the caller knows it better than the position of the task.
    ///   - results: Gives what the body returned, where that stays in Lua.
    /// - Returns: What an earlier session of the run returned, or nil when the body ran.
    func run(
        _ name: String, _ options: StepOptions, _ body: LuaFunction, at visit: StepVisit? = nil,
        results: StepResults? = nil
    ) async throws -> [LuaValue]? {
        let position = run.position
        let visit =
            visit ?? StepVisit(scope: position.step(run.vault.redactor.redact(name)), name: name, undo: options.undo)
        let parent = StepScope.current
        var record = run.steps.begin(name, parent: parent, budget: options.budget, site: site?.description)
        run.hub.publish(.stepStarted(record))
        let scope = StepScope(number: record.number, depth: record.depth, path: (parent?.path ?? []) + [name])
        let start = ContinuousClock.now
        do {
            let place = Position(key: visit.scope, isIdempotent: position.isIdempotent || options.isIdempotent)
            if let restored = try await run.lifecycle.enter(visit, run) {
                if restored.isGoneThrough { try await goThrough(body, place) }
                record.status = restored.status == .skipped ? .skipped : .restored
                end(&record, start)
                return restored.values
            }
            let values = try await StepScope.$current.withValue(scope) {
                try await attempt(&record, options, body, visit, place)
            }
            record.status = record.status == .skipped ? .skipped : .ok
            end(&record, start)
            await run.lifecycle.finished(visit, record, run) { try await results?.read(values, run) ?? [] }
            return nil
        } catch {
            record.error = Self.message(of: error)
            let stopped = error is CancellationError || (error as? LuaError)?.code == .stopped
            record.status = stopped ? .interrupted : options.allowsFailure ? .allowed : .failed
            end(&record, start)
            if record.status == .allowed {
                await run.lifecycle.finished(visit, record, run) { [] }
                return nil
            }
            throw stopped ? error : StepFailure.wrap(error, step: record, site: site)
        }
    }

    /// Runs a branch that has no name, and so is no step that is shown.
    func branch(_ place: Position, _ body: LuaFunction, _ results: StepResults?) async throws -> [LuaValue]? {
        let visit = StepVisit(scope: place.key, name: "", undo: nil)
        if let restored = try await run.lifecycle.enter(visit, run) {
            if restored.isGoneThrough { try await goThrough(body, place) }
            return restored.values
        }
        let values = try await Position.$current.withValue(place) { try await run.engine.call(body) }
        await run.lifecycle.finished(visit, nil, run) { try await results?.read(values, run) ?? [] }
        return nil
    }

    // Only the steps in it are of interest: what it returned is known, and where it ends now does not matter.
    private func goThrough(_ body: LuaFunction, _ place: Position) async throws {
        do {
            _ = try await Position.$current.withValue(place) { try await run.engine.call(body) }
        } catch {
            try Task.checkCancellation()
        }
    }

    private func attempt(
        _ record: inout StepRecord, _ options: StepOptions, _ body: LuaFunction, _ visit: StepVisit, _ place: Position
    ) async throws -> [LuaValue] {
        var isWanted = try await holds(options.when, "when")
        if isWanted, try await holds(options.unless, "unless") { isWanted = false }
        guard isWanted else {
            record.status = .skipped
            return []
        }
        if let question = options.confirm { try await Confirmation.ask(question, run) }
        var wait = options.backoff
        var place = place
        while true {
            do {
                return try await Position.$current.withValue(place) {
                    try await once(options.timeout, record.name, body)
                }
            } catch {
                guard record.attempt <= options.retries, Self.mayTryAgain(error) else { throw error }
                record.error = Self.message(of: error)
                run.hub.publish(.stepEnded(record))
                _ = try await run.world.perform(.read(.sleep(wait)))
                wait = min(wait * 2, .seconds(60))
                run.lifecycle.retrying(visit, run)
                place = Position(key: place.key, isIdempotent: place.isIdempotent)
                record.attempt += 1
                record.error = nil
                run.steps.update(record)
                run.hub.publish(.stepStarted(record))
            }
        }
    }

    private func once(_ limit: Duration?, _ name: String, _ body: LuaFunction) async throws -> [LuaValue] {
        guard let limit else { return try await run.engine.call(body) }
        let watch = run.stop.stopWhenStuck(name, limit)
        defer { watch.cancel() }
        return try await Deadline.run(limit, of: "the step \"\(name)\"") { try await run.engine.call(body) }
    }

    private func holds(_ condition: LuaValue, _ name: String) async throws -> Bool {
        guard case .function(let test) = condition else { return condition.isTruthy }
        let value = try await run.engine.call(test).first ?? .nil
        if let unknown = UnknownValue.of(value) {
            run.noteBranch(unknown, site, taking: name == "when")
            return name == "when"
        }
        return value.isTruthy
    }

    private func end(_ record: inout StepRecord, _ start: ContinuousClock.Instant) {
        record.milliseconds = (ContinuousClock.now - start).milliseconds
        record.detail = run.steps.detail(of: record.number)
        run.steps.update(record)
        run.hub.publish(.stepEnded(record))
    }

    static func message(of error: any Error) -> String {
        (error as? LuaError).map { ($0.underlying as? RunbookError)?.message ?? $0.message }
            ?? (error as? RunbookError)?.message ?? String(describing: error)
    }

    private static func mayTryAgain(_ error: any Error) -> Bool {
        if error is CancellationError { return false }
        if let error = error as? LuaError, error.code != .runtime { return false }
        let cause = (error as? LuaError)?.underlying as? RunbookError ?? error as? RunbookError
        switch cause?.code {
        case .declined, .refused, .argument, .usage, .locked: return false
        default: return true
        }
    }
}

/// Gives what a step returned: the prelude keeps that in Lua, and the body returns how many values there are.
struct StepResults: Sendable {
    let function: LuaFunction
    var arguments: [LuaValue] = []

    init(function: LuaFunction, arguments: [LuaValue]) {
        self.function = function
        self.arguments = arguments
    }

    init?(_ function: LuaFunction?) {
        guard let function else { return nil }
        self.function = function
    }

    func read(_ values: [LuaValue], _ run: RunSession) async throws -> [LuaValue] {
        guard let count = values.first?.integerValue, count > 0 else { return [] }
        return try await run.engine.call(function, arguments)
    }
}

/// An error with the innermost step in which it happened.
struct StepFailure: Error, LuaConvertibleError {
    let step: StepRecord
    let site: LuaSite?
    let cause: any Error

    /// The error with its step; one that already has a step keeps it.
    static func wrap(_ error: any Error, step: StepRecord, site: LuaSite?) -> any Error {
        if let lua = error as? LuaError, lua.underlying is StepFailure { return error }
        if error is StepFailure { return error }
        return StepFailure(step: step, site: site, cause: error)
    }

    var luaFields: LuaTable {
        var fields =
            ((cause as? LuaError)?.underlying as? any LuaConvertibleError)?.luaFields
            ?? (cause as? any LuaConvertibleError)?.luaFields
            ?? LuaTable(fields: ["code": "error", "message": .string(StepRunner.message(of: cause))])
        fields["step"] = .string(step.name)
        return fields
    }
}

/// Asks for a yes.
enum Confirmation {
    /// - Throws: `RunbookError` with code `declined`.
    static func ask(_ question: String, _ run: RunSession) async throws {
        if run.options.assumesYes || run.options.dryRun != nil { return }
        guard run.options.isInteractive else {
            throw RunbookError(
                .declined, "\"\(question)\" needs a person to confirm it", remedy: "run it on a terminal, or with --yes"
            )
        }
        guard case .answer("yes") = try await run.world.perform(.read(.prompt(Prompt(question, .confirm)))) else {
            throw RunbookError(.declined, "\"\(question)\" was answered with no")
        }
    }
}

extension RunSession {
    /// Tells of a branch that a preview takes on a value that it cannot know.
    func noteBranch(_ unknown: UnknownValue, _ site: LuaSite?, taking: Bool = true) {
        let place = site.map { " at \($0)" } ?? ""
        note(branch: "branch\(place) depends on \(unknown); the preview takes it as \(taking)")
    }

    /// Tells of a loop over a value that a preview cannot know.
    func noteLoop(_ unknown: UnknownValue, _ site: LuaSite?) {
        let place = site.map { " at \($0)" } ?? ""
        note(branch: "loop\(place) goes over \(unknown); the preview leaves it out, with what it would do or collect")
    }

    private func note(branch text: String) {
        guard plan.addBranch(text) else { return }
        hub.publish(.note(Note(level: .branch, text: text, step: StepScope.current?.number)))
    }
}
