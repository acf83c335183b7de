import RunbookLua
import RunbookSecrets

/// Masks secrets in every text of an event.
struct EventRedaction {
    let redactor: Redactor
    /// Where masks are counted; nil where the same event is masked once more.
    var counts: SecretVault?

    /// The event with secrets masked.
    func redact(_ event: RunEvent) -> RunEvent {
        switch event {
        case .runStarted(let run): .runStarted(redact(run))
        case .stepStarted(let step): .stepStarted(redact(step))
        case .stepEnded(let step): .stepEnded(redact(step))
        case .actionStarted(let action): .actionStarted(redact(action))
        case .actionEnded(let action): .actionEnded(redact(action))
        case .output(let action, let stream, let line):
            .output(action: action, stream: stream, line: mask(line, in: .output))
        case .planned(let change): .planned(redact(change))
        case .note(let note): .note(Note(level: note.level, text: mask(note.text, in: .notes), step: note.step))
        case .runEnded(let summary): .runEnded(redact(summary))
        }
    }

    /// What is told of a masked text: where in the run it stood.
    enum Place: String {
        case output, notes, steps, commands, preview, result, error, run
    }

    private func mask(_ text: String, in place: Place) -> String {
        guard let counts else { return redactor.redact(text) }
        var found = RedactionSummary()
        let clean = redactor.redact(text, place: place.rawValue, counting: &found)
        if !found.isEmpty { counts.record(found) }
        return clean
    }

    private func mask(_ text: String?, in place: Place) -> String? { text.map { mask($0, in: place) } }

    private func redact(_ run: RunIdentity) -> RunIdentity {
        var run = run
        run.runbook = mask(run.runbook, in: .run)
        run.file = mask(run.file, in: .run)
        run.context = mask(run.context, in: .run)
        run.namespace = mask(run.namespace, in: .run)
        return run
    }

    private func redact(_ step: StepRecord) -> StepRecord {
        var step = step
        step.name = mask(step.name, in: .steps)
        step.detail = mask(step.detail, in: .steps)
        step.error = mask(step.error, in: .error)
        step.site = mask(step.site, in: .steps)
        return step
    }

    private func redact(_ action: ActionRecord) -> ActionRecord {
        var action = action
        action.display = mask(action.display, in: .commands)
        action.error = mask(action.error, in: .error)
        action.site = mask(action.site, in: .commands)
        return action
    }

    private func redact(_ change: PlannedChange) -> PlannedChange {
        var change = change
        change.name = mask(change.name, in: .preview)
        change.summary = mask(change.summary, in: .preview)
        change.command = change.command.map { mask($0, in: .preview) }
        if var difference = change.difference {
            difference.lines = difference.lines.map { mask($0, in: .preview) }
            difference.summary = mask(difference.summary, in: .preview)
            difference.unknown = mask(difference.unknown, in: .preview)
            change.difference = difference
        }
        change.undo = mask(change.undo, in: .preview)
        change.server = mask(change.server, in: .preview)
        change.site = mask(change.site, in: .preview)
        return change
    }

    private func redact(_ summary: RunSummary) -> RunSummary {
        var summary = summary
        // Steps and plan were told of when they were made; they are not counted again.
        let again = EventRedaction(redactor: redactor)
        summary.steps = summary.steps.map(again.redact)
        summary.plan = summary.plan.map(again.redact)
        summary.result = redact(summary.result)
        summary.missing = summary.missing.map { mask($0, in: .preview) }
        summary.branches = summary.branches.map { mask($0, in: .preview) }
        summary.undone = summary.undone.map { mask($0, in: .run) }
        summary.left = summary.left.map { mask($0, in: .run) }
        if var failure = summary.failure {
            failure.step = again.mask(failure.step, in: .error)
            failure.message = Self.bounded(mask(failure.message, in: .error))
            failure.traceback = mask(failure.traceback, in: .error)
            failure.site = mask(failure.site, in: .error)
            failure.details = failure.details.map { mask($0, in: .error) }
            failure.remedy = mask(failure.remedy, in: .error)
            failure.command = mask(failure.command, in: .error)
            failure.causes = failure.causes.map { mask($0, in: .error) }
            failure.next = mask(failure.next, in: .error)
            summary.failure = failure
        }
        return summary
    }

    /// A message that a person can read; masked before, since a cut secret could not be found any more.
    static func bounded(_ message: String, limit: Int = 4096) -> String {
        let size = message.utf8.count
        guard size > 2 * limit else { return message }
        return String(decoding: message.utf8.prefix(limit), as: UTF8.self) + "… (\(size - limit) bytes more)"
    }

    private func redact(_ value: LuaValue) -> LuaValue {
        switch value {
        case .string(let text): .string(mask(text, in: .result))
        case .bytes(let bytes): .bytes(redactor.redact(bytes))
        case .json(let bytes): .json(redactor.redact(bytes))
        // A secret may be a number; a result that is one becomes a text.
        case .integer(let number): redact(String(number)) ?? value
        case .number(let number): redact(String(number)) ?? value
        case .list(let items): .list(items.map { redact($0) })
        case .table(let table):
            .table(LuaTable(table.entries.map { (redact($0.key), redact($0.value)) }))
        default: value
        }
    }

    private func redact(_ number: String) -> LuaValue? {
        let clean = mask(number, in: .result)
        return clean == number ? nil : .string(clean)
    }
}

extension EventRedaction {
    /// The summary with secrets masked, and the counts of what was masked in the run.
    ///
    /// - Parameter isLast: True for the summary that ends the run, whose own masks count.
    static func summary(_ summary: RunSummary, _ vault: SecretVault, isLast: Bool = false) -> RunSummary {
        let redaction = EventRedaction(redactor: vault.redactor, counts: isLast ? vault : nil)
        guard case .runEnded(var clean) = redaction.redact(.runEnded(summary)) else { return summary }
        let counts = vault.summary
        clean.masked = counts.counts.keys.sorted().map { ($0, counts.count(of: $0)) }
        clean.maskedIn = counts.counts
        return clean
    }
}
