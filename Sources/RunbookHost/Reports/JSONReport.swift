import RunbookLua

/// A report for programs.
struct JSONReport {
    let data: ReportData

    var text: String {
        let run = data.run
        var fields = LuaTable(fields: [
            "run": .string(run.id), "runbook": .string(run.runbook), "file": .string(run.file),
            "status": .string(run.status), "started": .string(run.started), "user": .string(run.user),
            "host": .string(run.host), "sessions": .integer(Int64(run.sessions)),
            "params": .json(Array(run.parameters.utf8)),
            "steps": .list(data.sessions.last.map { $0.map(step) } ?? []), "changes": .list(data.changes.map(change)),
            "undone": texts(data.undone), "left": texts(data.left), "warnings": texts(data.notes),
        ])
        fields["ai"] = .list(data.conversations.map(conversation))
        fields["exit"] = run.exit.map { .integer(Int64($0)) } ?? .null
        fields["ms"] = run.milliseconds.map { .integer(Int64($0)) } ?? .null
        fields["reason"] = optional(run.reason)
        fields["context"] = optional(run.context)
        fields["masked"] = .table(LuaTable(data.masked.map { (.string($0.name), .integer(Int64($0.count))) }))
        if let failure = data.failure {
            fields["error"] = [
                "message": .string(failure.message), "step": optional(failure.step), "where": optional(failure.place),
                "details": texts(failure.details), "causes": texts(failure.causes), "next": optional(failure.next),
            ]
        } else {
            fields["error"] = .null
        }
        return JSONText.encode(.table(fields), pretty: true)
    }

    private func optional(_ text: String?) -> LuaValue { text.map { .string($0) } ?? .null }
    private func texts(_ texts: [String]) -> LuaValue { .list(texts.map { .string($0) }) }

    private func step(_ step: ReportData.Step) -> LuaValue {
        [
            "name": .string(step.name), "depth": .integer(Int64(step.depth)), "status": .string(step.status),
            "ms": .integer(Int64(step.milliseconds)), "attempt": .integer(Int64(step.attempt)),
            "error": optional(step.error), "where": optional(step.place),
            "commands": .list(
                step.commands.map { command in
                    [
                        "command": .string(command.text), "write": .boolean(command.isWrite),
                        "exit": command.exit.map { .integer(Int64($0)) } ?? .null,
                        "ms": command.milliseconds.map { .integer(Int64($0)) } ?? .null,
                        "error": optional(command.error),
                    ]
                }),
        ]
    }

    private func conversation(_ told: AITranscript) -> LuaValue {
        [
            "tool": .string(told.tool), "version": optional(told.version), "verdict": .string(told.verdict),
            "reason": optional(told.reason), "started": .string(told.started), "ms": .integer(Int64(told.ms)),
            "prompt": .string(told.prompt), "answer": .string(told.answer),
        ]
    }

    private func change(_ change: ReportData.Change) -> LuaValue {
        [
            "change": .string(change.kind), "title": .string(change.title), "state": .string(change.state),
            "undo": optional(change.wayBack), "undone": optional(change.undo),
        ]
    }
}
