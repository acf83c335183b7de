import RunbookHost
import RunbookLua

/// The one JSON document of `--output json`.
enum SummaryJSON {
    static func text(of summary: RunSummary) -> String {
        var fields = LuaTable(fields: [
            "run": .string(summary.id), "runbook": .string(summary.runbook), "status": .string(status(summary)),
            "dry_run": .boolean(summary.isDryRun), "exit": .integer(Int64(summary.exitCode)),
            "started": .string(summary.started), "ms": .integer(Int64(summary.milliseconds)),
            "steps": .list(summary.steps.map(step)), "result": summary.result.isNil ? .null : summary.result,
            "error": summary.failure.map { error($0) } ?? .null,
        ])
        if summary.isDryRun {
            fields["plan"] = .list(summary.plan.map(change))
            fields["missing"] = .list(summary.missing.map { .string($0) })
            fields["branches"] = .list(summary.branches.map { .string($0) })
        }
        if !summary.undone.isEmpty { fields["undone"] = .list(summary.undone.map { .string($0) }) }
        if !summary.left.isEmpty { fields["left"] = .list(summary.left.map { .string($0) }) }
        if !summary.masked.isEmpty {
            fields["masked"] = .table(LuaTable(summary.masked.map { (.string($0.name), .integer(Int64($0.count))) }))
            fields["masked_in"] = .table(
                LuaTable(summary.maskedIn.sorted { $0.key < $1.key }.map { (.string($0.key), places($0.value)) }))
        }
        return JSONText.encode(.table(fields), pretty: false)
    }

    // The CONTRACT knows no words for a run that did not begin; its exit code and error say which it was.
    private static func status(_ summary: RunSummary) -> String {
        switch summary.status {
        case .invalid, .missing: RunSummary.Status.failed.rawValue
        default: summary.status.rawValue
        }
    }

    private static func places(_ counts: [String: Int]) -> LuaValue {
        .table(LuaTable(counts.sorted { $0.key < $1.key }.map { (.string($0.key), .integer(Int64($0.value))) }))
    }

    private static func step(_ step: StepRecord) -> LuaValue {
        var fields = LuaTable(fields: [
            "name": .string(step.name), "status": .string(step.status.rawValue),
            "ms": .integer(Int64(step.milliseconds)),
            "depth": .integer(Int64(step.depth)), "attempts": .integer(Int64(step.attempt)),
        ])
        if let parent = step.parent { fields["parent"] = .integer(Int64(parent)) }
        if let detail = step.detail { fields["detail"] = .string(detail) }
        if let error = step.error { fields["error"] = .string(error) }
        if let budget = step.budget { fields["budget_ms"] = .integer(Int64(budget)) }
        if let site = step.site { fields["where"] = .string(site) }
        return .table(fields)
    }

    private static func error(_ failure: RunFailure) -> LuaValue {
        var fields = LuaTable(fields: [
            "message": .string(failure.message), "step": failure.step.map { .string($0) } ?? .null,
            "traceback": failure.traceback.map { .string($0) } ?? .null,
        ])
        if let site = failure.site { fields["where"] = .string(site) }
        if let command = failure.command { fields["command"] = .string(command) }
        if let exit = failure.exit { fields["exit"] = .integer(Int64(exit)) }
        if let remedy = failure.remedy { fields["remedy"] = .string(remedy) }
        if let next = failure.next { fields["next"] = .string(next) }
        if !failure.details.isEmpty { fields["details"] = .list(failure.details.map { .string($0) }) }
        if !failure.causes.isEmpty { fields["causes"] = .list(failure.causes.map { .string($0) }) }
        return .table(fields)
    }

    private static func change(_ change: PlannedChange) -> LuaValue {
        var fields = LuaTable(fields: [
            "number": .integer(Int64(change.number)), "change": .string(change.kind.rawValue),
            "object": .string(change.object), "name": .string(change.name), "summary": .string(change.summary),
            "command": .list(change.command.map { .string($0) }),
        ])
        switch change.certainty {
        case .certain: fields["certainty"] = "certain"
        case .dependent(let number):
            fields["certainty"] = "dependent"
            fields["depends_on"] = .integer(Int64(number))
        case .unvalidated(let reason):
            fields["certainty"] = "unvalidated"
            fields["reason"] = .string(reason)
        }
        if let difference = change.difference {
            fields["diff"] = .list(difference.lines.map { .string($0) })
            if let unknown = difference.unknown { fields["diff_unknown"] = .string(unknown) }
        }
        if let undo = change.undo { fields["undo"] = .string(undo) }
        if let site = change.site { fields["where"] = .string(site) }
        if let server = change.server { fields["server"] = .string(server) }
        return .table(fields)
    }
}
