import RunbookHost
import RunbookTerminal

/// Tells of a rehearsal: the writes as they are done, then the sum; as text on standard output, or as one JSON document.
struct RehearsalText: Sendable {
    let style: Style
    let output: OutputFormat

    /// The clean run is over.
    func begin(_ report: RehearsalReport, runs: Int) {
        line(
            "\(style.bold("rehearse " + report.runbook))  the clean run took"
                + " \(DurationText.of(milliseconds: report.clean.milliseconds)); \(runs) more\n")
    }

    /// The runs of a write are over.
    func tell(_ report: RehearsedWriteReport) {
        let sign = report.isClean ? style.green("✓") : style.red("✗")
        let number = String(report.number).padding(toLeft: 3)
        line("\(sign)\(number)  \(Self.short(report.write.title).padding(to: 48))  \(style.dim(report.write.site))")
        var last: [String] = []
        for result in report.cases where !result.problems.isEmpty {
            line("       \(style.red(result.fault.title)): \(Self.ending(result))")
            let lines = result.problems + result.differences.map { "  " + $0 } + result.left.map { "  left: " + $0 }
            if lines == last {
                line("         the same")
            } else {
                for text in lines { line("         \(text)") }
            }
            last = lines
        }
    }

    /// All is over.
    func end(_ report: RehearsalReport, _ time: Duration) {
        if output == .json { return Terminal.out(RehearsalJSON.text(of: report)) }
        if let failure = report.clean.failure, report.clean.exitCode != 0 {
            line(style.red("the clean run failed, so there is nothing to rehearse"))
            line("  \([failure.site, failure.message].compactMap { $0 }.joined(separator: ": "))")
            for note in report.notes { line("  \(note)") }
            if let remedy = failure.remedy { line("  Try      \(remedy)") }
            return line("  A runbook that works on what is there needs it: --after deploy-local.lua, or --sim=SNAPSHOT")
        }
        line("")
        for note in report.notes { line("Note: \(note)") }
        list("Nothing but a person ends it when it hangs (give it, its step or the runbook a `timeout`)", report) {
            $0.isUnbounded
        }
        list("After a kill nobody can tell whether it took effect (the resume asks)", report) { $0.needsLook }
        if report.writes.isEmpty { return line("it makes no write: there is nothing to rehearse") }
        let count = report.writes.count
        let took = DurationText.of(time)
        if report.faulty.isEmpty {
            return line("\(style.green("all or nothing")) at each of \(count) write\(count == 1 ? "" : "s") · \(took)")
        }
        for faulty in report.faulty {
            line("\(style.red("half-done")) at \(Self.place(faulty))  \(Self.short(faulty.write.title))")
        }
        line("\(report.faulty.count) of \(count) write\(count == 1 ? "" : "s") · \(took)")
        if let advice = Self.advice(report) { line("Try      \(advice)") }
    }

    private func list(
        _ what: String, _ report: RehearsalReport, _ isMeant: (RehearsedWriteReport) -> Bool
    ) {
        let places = report.writes.filter(isMeant).map(Self.place)
        if !places.isEmpty { line("Note: \(what): \(places.joined(separator: ", "))") }
    }

    private static func place(_ report: RehearsedWriteReport) -> String {
        report.write.site.isEmpty ? "write \(report.number)" : report.write.site
    }

    private static func ending(_ result: RehearsalCase) -> String {
        "exit code \(result.exitCode), \(result.status.rawValue)"
            + (result.isFinishedByResume == true ? "; `runbook resume` then finishes it" : "")
    }

    // What helps most, where that can be told.
    private static func advice(_ report: RehearsalReport) -> String? {
        let cases = report.faulty.flatMap(\.cases).filter { $0.outcome == .halfDone }
        if cases.contains(where: { $0.status == .undone || $0.status == .undoFailed || !$0.left.isEmpty }) {
            return "give the step of a write that is left an `undo`, or do that write last"
        }
        if cases.contains(where: { $0.status == .failed || $0.status == .timeout }) {
            return "say `on_failure = \"undo\"` in the header"
        }
        return nil
    }

    private static func short(_ text: String) -> String {
        text.count <= 48 ? text : text.prefix(29) + " … " + text.suffix(16)
    }

    private func line(_ text: String) { Terminal.write(text + "\n", to: output == .json ? 2 : 1) }
}
