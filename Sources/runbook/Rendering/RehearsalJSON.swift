import RunbookHost
import RunbookLua

/// The one JSON document of `runbook rehearse --output json`.
enum RehearsalJSON {
    static func text(of report: RehearsalReport) -> String {
        let failed = report.clean.exitCode != 0
        return encode(
            LuaTable(fields: [
                "runbook": .string(report.runbook),
                "status": .string(failed ? "clean-run-failed" : report.faulty.isEmpty ? "ok" : "half-done"),
                "exit": .integer(Int64(report.exitCode)), "runs": .integer(Int64(report.cases)),
                "clean_ms": .integer(Int64(report.clean.milliseconds)), "writes": .list(report.writes.map(write)),
                "notes": list(report.notes),
                "error": report.clean.failure.map { failure in
                    .table(
                        LuaTable(fields: [
                            "message": .string(failure.message), "where": failure.site.map { .string($0) } ?? .null,
                            "remedy": failure.remedy.map { .string($0) } ?? .null,
                        ]))
                } ?? .null,
            ]))
    }

    /// The document of a rehearsal that could not begin.
    static func text(of error: RunbookError) -> String {
        encode(
            LuaTable(fields: [
                "status": "failed", "writes": .list([]),
                "error": .table(
                    LuaTable(fields: [
                        "message": .string(error.message), "remedy": error.remedy.map { .string($0) } ?? .null,
                    ])),
            ]))
    }

    private static func encode(_ fields: LuaTable) -> String { JSONText.encode(.table(fields), pretty: false) }

    private static func list(_ texts: [String]) -> LuaValue { .list(texts.map { .string($0) }) }

    private static func write(_ report: RehearsedWriteReport) -> LuaValue {
        .table(
            LuaTable(fields: [
                "number": .integer(Int64(report.number)), "write": .string(report.write.title),
                "command": .string(report.write.display),
                "where": .string(report.write.site), "steps": list(report.write.steps),
                "clean": .boolean(report.isClean), "in_doubt": .boolean(report.needsLook),
                "unbounded": .boolean(report.isUnbounded), "cases": .list(report.cases.map(result)),
            ]))
    }

    private static func result(_ result: RehearsalCase) -> LuaValue {
        .table(
            LuaTable(fields: [
                "fault": .string(result.fault.rawValue), "outcome": .string(result.outcome.rawValue),
                "status": .string(result.status.rawValue), "exit": .integer(Int64(result.exitCode)),
                "problems": list(result.problems), "differences": list(result.differences), "left": list(result.left),
                "finished_by_resume": result.isFinishedByResume.map { .boolean($0) } ?? .null,
                "error": result.message.map { .string($0) } ?? .null,
            ]))
    }
}
