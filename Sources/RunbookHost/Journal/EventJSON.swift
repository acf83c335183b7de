import RunbookLua

/// Events as lines of `events.jsonl`.
enum EventJSON {
    /// One JSON object, without a line end; nil for what is not logged.
    static func line(_ event: RunEvent, time: String) -> String {
        var fields: [(String, LuaValue)] = [("time", .string(time))]
        switch event {
        case .runStarted(let run):
            fields += [
                ("event", "run-started"), ("run", .string(run.id)), ("runbook", .string(run.runbook)),
                ("file", .string(run.file)), ("dry_run", .boolean(run.isDryRun)), ("context", optional(run.context)),
                ("namespace", optional(run.namespace)),
            ]
        case .stepStarted(let step): fields += [("event", "step-started")] + self.fields(of: step)
        case .stepEnded(let step): fields += [("event", "step-ended")] + self.fields(of: step)
        case .actionStarted(let action): fields += [("event", "action-started")] + self.fields(of: action)
        case .actionEnded(let action): fields += [("event", "action-ended")] + self.fields(of: action)
        case .output(let action, let stream, let line):
            fields += [
                ("event", "output"), ("action", .integer(Int64(action))), ("stream", .string(stream.rawValue)),
                ("line", .string(line)),
            ]
        case .planned(let change):
            fields += [
                ("event", "planned"), ("change", .string(change.kind.rawValue)), ("object", .string(change.object)),
                ("name", .string(change.name)), ("command", .list(change.command.map { .string($0) })),
            ]
        case .note(let note):
            fields += [("event", "note"), ("level", .string(note.level.rawValue)), ("text", .string(note.text))]
            if let step = note.step { fields.append(("step", .integer(Int64(step)))) }
        case .runEnded(let summary): fields += [("event", "run-ended")] + self.fields(of: summary)
        }
        return JSONText.encode(.table(LuaTable(fields.map { (.string($0.0), $0.1) })), pretty: false)
    }

    private static func optional(_ text: String?) -> LuaValue { text.map { .string($0) } ?? .null }
    private static func texts(_ texts: [String]) -> LuaValue { .list(texts.map { .string($0) }) }

    private static func fields(of step: StepRecord) -> [(String, LuaValue)] {
        var fields: [(String, LuaValue)] = [
            ("step", .integer(Int64(step.number))), ("name", .string(step.name)),
            ("status", .string(step.status.rawValue)), ("depth", .integer(Int64(step.depth))),
            ("attempt", .integer(Int64(step.attempt))),
        ]
        if let parent = step.parent { fields.append(("parent", .integer(Int64(parent)))) }
        if step.status != .running { fields.append(("ms", .integer(Int64(step.milliseconds)))) }
        if let budget = step.budget { fields.append(("budget_ms", .integer(Int64(budget)))) }
        if let detail = step.detail { fields.append(("detail", .string(detail))) }
        if let error = step.error { fields.append(("error", .string(error))) }
        if let site = step.site { fields.append(("where", .string(site))) }
        return fields
    }

    private static func fields(of action: ActionRecord) -> [(String, LuaValue)] {
        var fields: [(String, LuaValue)] = [
            ("action", .integer(Int64(action.number))), ("display", .string(action.display)),
            ("write", .boolean(action.isWrite)),
        ]
        if let step = action.step { fields.append(("step", .integer(Int64(step)))) }
        if let exit = action.exit { fields.append(("exit", .integer(Int64(exit)))) }
        if let milliseconds = action.milliseconds { fields.append(("ms", .integer(Int64(milliseconds)))) }
        if let error = action.error { fields.append(("error", .string(error))) }
        if let site = action.site { fields.append(("where", .string(site))) }
        return fields
    }

    private static func fields(of summary: RunSummary) -> [(String, LuaValue)] {
        var fields: [(String, LuaValue)] = [
            ("run", .string(summary.id)), ("runbook", .string(summary.runbook)),
            ("status", .string(summary.status.rawValue)), ("exit", .integer(Int64(summary.exitCode))),
            ("ms", .integer(Int64(summary.milliseconds))), ("undone", texts(summary.undone)),
            ("left", texts(summary.left)),
        ]
        if !summary.masked.isEmpty {
            let counts = LuaTable(summary.masked.map { (.string($0.name), .integer(Int64($0.count))) })
            fields.append(("masked", .table(counts)))
        }
        if let failure = summary.failure {
            fields.append(("error", .string(failure.message)))
            fields.append(("failed_step", optional(failure.step)))
            fields.append(("where", optional(failure.site)))
            fields.append(("details", texts(failure.details)))
            fields.append(("causes", texts(failure.causes)))
            fields.append(("remedy", optional(failure.remedy)))
            fields.append(("next", optional(failure.next)))
        }
        return fields
    }
}
