import RunbookLua
import RunbookSecrets

/// Masks secrets in every text of an event.
struct EventRedaction {
    let redactor: Redactor

    func redact(_ event: RunEvent) -> RunEvent {
        switch event {
        case .runStarted: event
        case .stepStarted(let step): .stepStarted(redact(step))
        case .stepEnded(let step): .stepEnded(redact(step))
        case .actionStarted(let action): .actionStarted(redact(action))
        case .actionEnded(let action): .actionEnded(redact(action))
        case .output(let action, let stream, let line):
            .output(action: action, stream: stream, line: redactor.redact(line))
        case .planned(let change): .planned(redact(change))
        case .note(let note): .note(Note(level: note.level, text: redactor.redact(note.text), step: note.step))
        case .runEnded(let summary): .runEnded(redact(summary))
        }
    }

    private func redact(_ text: String?) -> String? { text.map { redactor.redact($0) } }

    private func redact(_ step: StepRecord) -> StepRecord {
        var step = step
        step.name = redactor.redact(step.name)
        step.detail = redact(step.detail)
        step.error = redact(step.error)
        return step
    }

    private func redact(_ action: ActionRecord) -> ActionRecord {
        var action = action
        action.display = redactor.redact(action.display)
        action.error = redact(action.error)
        return action
    }

    private func redact(_ change: PlannedChange) -> PlannedChange {
        var change = change
        change.name = redactor.redact(change.name)
        change.summary = redactor.redact(change.summary)
        change.command = change.command.map { redactor.redact($0) }
        if var difference = change.difference {
            difference.lines = difference.lines.map { redactor.redact($0) }
            difference.summary = redactor.redact(difference.summary)
            difference.unknown = redact(difference.unknown)
            change.difference = difference
        }
        change.undo = redact(change.undo)
        change.server = redact(change.server)
        return change
    }

    private func redact(_ summary: RunSummary) -> RunSummary {
        var summary = summary
        summary.steps = summary.steps.map { redact($0) }
        summary.plan = summary.plan.map { redact($0) }
        summary.result = redact(summary.result)
        summary.missing = summary.missing.map { redactor.redact($0) }
        summary.branches = summary.branches.map { redactor.redact($0) }
        summary.undone = summary.undone.map { redactor.redact($0) }
        summary.left = summary.left.map { redactor.redact($0) }
        if var failure = summary.failure {
            failure.step = redact(failure.step)
            failure.message = Self.bounded(redactor.redact(failure.message))
            failure.traceback = redact(failure.traceback)
            failure.details = failure.details.map { redactor.redact($0) }
            failure.remedy = redact(failure.remedy)
            failure.command = redact(failure.command)
            failure.causes = failure.causes.map { redactor.redact($0) }
            failure.next = redact(failure.next)
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
        case .string(let text): .string(redactor.redact(text))
        case .bytes(let bytes): .bytes(redactor.redact(bytes))
        case .list(let items): .list(items.map { redact($0) })
        case .table(let table):
            .table(LuaTable(table.entries.map { (redact($0.key), redact($0.value)) }))
        default: value
        }
    }
}

extension EventRedaction {
    /// The summary with secrets masked, and the counts of what was masked in the run.
    static func summary(_ summary: RunSummary, _ vault: SecretVault) -> RunSummary {
        guard case .runEnded(var clean) = EventRedaction(redactor: vault.redactor).redact(.runEnded(summary)) else {
            return summary
        }
        let counts = vault.summary
        clean.masked = vault.names.map { ($0, counts.count(of: $0)) }.filter { $0.1 > 0 }
        return clean
    }
}
