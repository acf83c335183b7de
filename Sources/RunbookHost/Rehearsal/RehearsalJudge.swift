/// Decides whether a run in which something went wrong ended as it may.
struct RehearsalJudge: Sendable {
    /// The world before a run.
    let before: WorldState
    /// The world after a clean run.
    let after: WorldState
    /// Fields whose values differ between two clean runs: they tell nothing.
    let volatile: Set<WorldState.Field>

    func judge(
        _ fault: WriteFault, _ ending: RehearsalRun.Ending, wasStruck: Bool, _ world: WorldState, remains: [String]
    ) -> RehearsalCase {
        let summary = ending.summary
        var result = RehearsalCase(
            fault: fault, outcome: .nothing, status: summary.status, exitCode: summary.exitCode,
            left: summary.left, isInDoubt: !ending.doubts.isEmpty, isUnbounded: ending.isUnbounded,
            message: summary.failure?.message)
        guard wasStruck else {
            result.outcome = .notReached
            result.problems = ["the run took another way than the clean one, and did not come to this write"]
            return result
        }
        let fromBefore = world.differences(from: before)
        let fromAfter = world.differences(from: after, ignoring: volatile)
        switch (fromBefore.isEmpty, fromAfter.isEmpty) {
        case (true, true): result.outcome = summary.exitCode == 0 ? .all : .nothing
        case (true, false): result.outcome = .nothing
        case (false, true): result.outcome = .all
        case (false, false):
            result.outcome = .halfDone
            let isNearerToAfter = fromAfter.count < fromBefore.count
            result.differences = isNearerToAfter ? fromAfter : fromBefore
            result.problems.append(
                isNearerToAfter ? "half-done: this is not as after a clean run" : "half-done: this is not as before")
        }
        if let problem = Self.exitCode(summary.exitCode, result.outcome, fromBefore, fromAfter) {
            result.problems.append(problem)
        }
        result.problems += remains
        return result
    }

    /// True when the world is as after a clean run.
    func isDone(_ world: WorldState) -> Bool { world.differences(from: after, ignoring: volatile).isEmpty }

    /// What the exit code says that is not so.
    private static func exitCode(
        _ code: Int32, _ outcome: RehearsalCase.Outcome, _ fromBefore: [String], _ fromAfter: [String]
    ) -> String? {
        switch code {
        case 0 where !fromAfter.isEmpty: "exit code 0 says that all was done, and it was not"
        case 4 where !fromBefore.isEmpty: "exit code 4 says that all was undone, and it was not"
        case 5 where fromBefore.isEmpty: "exit code 5 says that something is left, and nothing is"
        default: nil
        }
    }
}
