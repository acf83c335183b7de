import Foundation
import RunbookSecrets

/// Puts each write into the journal before it is made, and gives a resumed run what its finished writes gave.
struct JournalWorld: World {
    let base: any World
    let run: RunSession
    let lifecycle: DurableLifecycle

    func perform(_ request: Request) async throws -> Response {
        if lifecycle.isRevisiting { return try await revisit(request) }
        guard let change = request.change, !UndoScope.isActive else { return try await base.perform(request) }
        guard run.phase == .body else { throw Self.withoutHeader }
        let place = Place(request.action, run.position)
        if let row = lifecycle.earlier(place), let response = try await answer(from: row, request, change) {
            return response
        }
        return try await make(request, change, place)
    }

    // Without a header there is no lock, no declared need and no journal: a file may only look then.
    private static let withoutHeader = RunbookError(
        .usage, "a runbook that changes something begins with `runbook { … }`",
        remedy: "put `runbook { name = \"…\" }` first; `runbook new` writes one to start from")

    // MARK: A write

    private func make(_ request: Request, _ change: Change, _ place: Place) async throws -> Response {
        let journal = lifecycle.journal
        if let broken = journal.broken { throw broken }
        let inverse = await InverseCapture(change: change, world: base, run: run).capture()
        let redactor = run.vault.redactor
        let seq = try await journal.intend(
            WriteIntent(
                session: lifecycle.session, scope: place.scope, fingerprint: place.fingerprint,
                occurrence: place.occurrence, kind: change.kind.rawValue, object: change.object,
                name: redactor.redact(change.name),
                display: redactor.redact(ObservedWorld.display(request.action) ?? change.object),
                capability: change.capability, namespace: change.namespace,
                isIdempotent: change.isIdempotent || run.position.isIdempotent, inverse: inverse.text,
                inverseSummary: inverse.summary, isTransient: inverse.isTransient))
        lifecycle.note(seq, change, inverse.value)
        lifecycle.noteTouched(change, request.action, in: run.source.folder)
        let start = ContinuousClock.now
        do {
            let response = try await base.perform(request)
            try await record(response, seq, change, inverse, (ContinuousClock.now - start).milliseconds)
            return response
        } catch let error where error is CancellationError || Self.isTimeout(error) {
            try await journal.finish(seq, .interrupted, error: message(error))
            throw error
        } catch let error as RunbookError where error.code == .io && journal.broken != nil {
            throw error
        } catch {
            try await journal.finish(seq, Self.state(after: error), error: message(error))
            throw error
        }
    }

    private func record(
        _ response: Response, _ seq: Int64, _ change: Change, _ inverse: InverseCapture.Result, _ milliseconds: Int
    ) async throws {
        var status: Int?
        if case .process(let result) = response { status = result.status }
        if case .http(let answer) = response { status = answer.status }
        let failed: Bool
        switch response {
        case .process(let result): failed = !result.succeeded
        case .http(let answer): failed = answer.status >= 400
        default: failed = false
        }
        var evidence: UndoEvidence.Result?
        if let value = inverse.value, !failed { evidence = await UndoEvidence(world: base).gather(value) }
        if let filled = evidence?.inverse { lifecycle.note(seq, change, filled) }
        try await lifecycle.journal.finish(
            seq, failed ? .failed : .done, response: StoredResponse(response), exit: status,
            milliseconds: milliseconds,
            inverse: inverse.text == nil ? nil : evidence?.inverse.flatMap(InverseCapture.text),
            evidence: evidence?.files)
    }

    private func message(_ error: any Error) -> String {
        run.vault.redactor.redact((error as? RunbookError)?.message ?? "stopped")
    }

    private static func isTimeout(_ error: any Error) -> Bool { (error as? RunbookError)?.code == .timeout }

    /// Whether an error came before anything could happen.
    private static func state(after error: any Error) -> WriteState {
        switch (error as? RunbookError)?.code {
        case .missing, .argument, .usage, .refused, .declined: .void
        default: .failed
        }
    }

    // MARK: A resumed run

    private func answer(from row: StoredWrite, _ request: Request, _ change: Change) async throws -> Response? {
        switch row.state {
        case .done, .assumed:
            if let response = row.storedResponse {
                tell(.info, "not repeated, since it was done at \(row.time): \(row.display)")
                return response
            }
            if change.isIdempotent || run.position.isIdempotent { return nil }
            tell(.warning, "not repeated, though what it printed was too large to keep: \(row.display)")
            return Self.empty(request.action)
        case .intent, .interrupted:
            return try await Doubt(run: run, lifecycle: lifecycle, base: base).resolve(row, request, change)
        case .failed, .void, .repeated: return nil
        }
    }

    private func tell(_ level: Note.Level, _ text: String) {
        run.hub.publish(.note(Note(level: level, text: text, step: StepScope.current?.number)))
    }

    /// What a write that is taken as done gives.
    static func empty(_ action: Action) -> Response {
        switch action {
        case .process, .terminal: .process(ProcessResult(status: 0))
        case .http: .http(HTTPAnswer(status: 200))
        default: .done
        }
    }

    /// Only goes through the body again: nothing is written, waited for or asked.
    private func revisit(_ request: Request) async throws -> Response {
        switch request.action {
        case .sleep: return .done
        case .prompt(let prompt): return .answer(PreviewWorld.assumed(prompt))
        default: break
        }
        if UndoScope.isActive || request.change == nil { return try await base.perform(request) }
        let row = lifecycle.earlier(Place(request.action, run.position))
        guard let response = row?.storedResponse else {
            throw RunbookError(.failed, "the run came to its end here")
        }
        return response
    }
}

/// Where a write stands and which it is.
struct Place: Sendable, Hashable {
    let scope: String
    let fingerprint: String
    let occurrence: Int

    init(_ action: Action, _ position: Position) {
        scope = position.key
        fingerprint = Fingerprint.of(action)
        occurrence = position.next("write " + fingerprint)
    }

    init(_ row: StoredWrite) {
        scope = row.scope
        fingerprint = row.fingerprint
        occurrence = row.occurrence
    }
}

extension StoredWrite {
    /// What the write gave, when that was kept.
    var storedResponse: Response? {
        response.flatMap { try? JSONDecoder().decode(StoredResponse.self, from: Data($0.utf8)) }?.response
    }

    /// The time of day.
    var time: String { String(started.dropFirst(11).prefix(8)) }
}
