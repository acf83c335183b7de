@testable import RunbookHost

extension ModuleRun.Outcome {
    /// What the runbook returned, as JSON.
    var result: String { JSONText.encode(summary.result, pretty: false) }
}
