import RunbookLua

/// What an error means for the run: status, exit code and what a person is told.
enum RunOutcome {
    static func fail(_ summary: inout RunSummary, _ error: any Error, step: String?, hasWritten: Bool = false) {
        var failure = RunFailure(message: "")
        var innermost = error
        var hasRun = true
        while true {
            if let lua = innermost as? LuaError {
                failure.traceback = failure.traceback ?? lua.traceback.flatMap(Traceback.clean)
                guard let underlying = lua.underlying else {
                    failure.site = failure.site ?? Traceback.firstSite(lua.traceback)
                    failure.message = lua.message
                    describe(lua, &summary, &failure)
                    break
                }
                failure.site = failure.site ?? lua.value["where"].stringValue ?? Traceback.firstSite(lua.traceback)
                innermost = underlying
            } else if let stepFailure = innermost as? StepFailure {
                failure.step = failure.step ?? stepFailure.step.name
                failure.site = nil
                innermost = stepFailure.cause
            } else if let header = innermost as? HeaderError {
                hasRun = false
                failure.site = header.site?.description
                innermost = header.error
            } else {
                break
            }
        }
        if let error = innermost as? RunbookError {
            describe(error, hasRun, hasWritten, &summary, &failure)
        } else if innermost is CancellationError {
            stop(&summary, &failure)
        } else if failure.message.isEmpty {
            failure.message = String(describing: innermost)
            set(&summary, .failed, 1)
        }
        summary.failure = failure
    }

    /// Names the step, and its line, in which a run was stopped or went over a limit: such an end has no line of its own.
    static func locate(_ summary: inout RunSummary) {
        guard var failure = summary.failure, failure.site == nil else { return }
        if failure.step == nil {
            failure.step = summary.steps.last { $0.status == .interrupted }?.name
        }
        // A branch has no line of its own; that of the step around it is near.
        var step = summary.steps.last { $0.name == failure.step }
        while let inner = step, inner.site == nil { step = summary.steps.first { $0.number == inner.parent } }
        failure.site = step?.site
        summary.failure = failure
    }

    private static func describe(_ error: LuaError, _ summary: inout RunSummary, _ failure: inout RunFailure) {
        switch error.code {
        case .syntax:
            set(&summary, .invalid, 2)
            // Lua's message begins with the place.
            if let (site, rest) = Traceback.splitSite(error.message) {
                failure.site = site
                failure.message = rest
            }
        case .stopped: stop(&summary, &failure)
        case .runtime:
            set(&summary, .failed, 1)
            if let (site, rest) = Traceback.splitSite(error.message) {
                failure.site = site
                failure.message = rest
            }
        case .memory: set(&summary, .failed, 1)
        }
    }

    private static func describe(
        _ error: RunbookError, _ hasRun: Bool, _ hasWritten: Bool, _ summary: inout RunSummary,
        _ failure: inout RunFailure
    ) {
        failure.message = error.message
        failure.details = error.details
        failure.remedy = error.remedy
        failure.command = error.command
        failure.exit = error.exit
        switch error.code {
        case .usage: set(&summary, .invalid, 2)
        case .argument where !hasRun: set(&summary, .invalid, 2)
        case .declined: set(&summary, .declined, 6)
        case .locked: set(&summary, .locked, 7)
        // Found out in the body, before anything was changed, it is the same as found out before it.
        case .missing where !hasWritten: set(&summary, .missing, 3)
        default: set(&summary, .failed, 1)
        }
        if let result = error.result {
            summary.result = result
            failure.isVerdict = true
        }
        // Exit code 2 says that nothing was run.
        if let exit = error.runExit, !(exit == 2 && hasWritten) {
            summary.exitCode = Int32(exit)
            if exit == 3 { summary.status = .missing }
            if exit == 2 { summary.status = .invalid }
        }
    }

    /// Says what stopped a run.
    static func note(_ reason: StopSwitch.Reason, _ summary: inout RunSummary) {
        guard summary.status == .interrupted else { return }
        summary.failure?.message = reason.message
        switch reason {
        case .timeout, .stuck: set(&summary, .timeout, reason.exitCode)
        case .lockLost: set(&summary, .failed, reason.exitCode)
        case .interrupt, .terminate, .hangup: set(&summary, .interrupted, reason.exitCode)
        }
    }

    private static func stop(_ summary: inout RunSummary, _ failure: inout RunFailure) {
        failure.message = StopSwitch.Reason.interrupt.message
        set(&summary, .interrupted, StopSwitch.Reason.interrupt.exitCode)
    }

    private static func set(_ summary: inout RunSummary, _ status: RunSummary.Status, _ code: Int32) {
        summary.status = status
        summary.exitCode = code
    }
}

/// Lua's tracebacks for people: the lines of scripts only.
enum Traceback {
    static func clean(_ text: String) -> String? {
        let lines = text.split(separator: "\n").map { $0.trimmingPrefix { $0 == "\t" || $0 == " " } }
            .filter { !$0.hasPrefix("[") && !$0.hasPrefix("stack traceback") && !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// The first `file:line` of a traceback.
    static func firstSite(_ text: String?) -> String? { text.flatMap(sites)?.first }

    /// Each `file:line` of a traceback, the innermost first; nil when there is none.
    static func sites(_ text: String) -> [String]? {
        clean(text)?.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2)
            return parts.count >= 2 ? "\(parts[0]):\(parts[1])" : nil
        }
    }

    /// Takes `file:line: message` apart.
    static func splitSite(_ message: String) -> (site: String, rest: String)? {
        let parts = message.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let line = Int(parts[1]) else { return nil }
        return ("\(parts[0]):\(line)", String(parts[2].drop { $0 == " " }))
    }
}
