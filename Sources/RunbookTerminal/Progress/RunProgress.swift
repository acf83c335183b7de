import RunbookHost

/// How far a run has come, as its events tell: what the renderers show.
package struct RunProgress {
    /// A point in time.
    package typealias Instant = ContinuousClock.Instant

    /// A step.
    package struct Step {
        var record: StepRecord
        var began: Instant
        var children: [Int] = []
        var hasEnded = false
        /// What went wrong in the try before this one.
        var lastError: String?
        /// The last line that one of its commands printed.
        var lastLine: String?
        var actions: [Int] = []
    }

    /// A command or request under way.
    package struct Action {
        var record: ActionRecord
        var began: Instant
        var hasPrinted = false
    }

    private(set) var steps: [Int: Step] = [:]
    /// The outermost steps that are shown, in the order in which they began.
    private(set) var roots: [Int] = []
    private(set) var actions: [Int: Action] = [:]

    package init() {}

    /// True while something is under way that is worth showing.
    var isActive: Bool { !roots.isEmpty || !actions.isEmpty }

    /// Takes an event in.
    package mutating func apply(_ event: RunEvent, at now: Instant) {
        switch event {
        case .stepStarted(let record): begin(record, now)
        case .stepEnded(let record): end(record)
        case .actionStarted(let record):
            actions[record.number] = Action(record: record, began: now)
            if let step = record.step { steps[step]?.actions.append(record.number) }
        case .output(let number, _, let line): print(line, number)
        case .actionEnded(let record):
            actions[record.number] = nil
            if let step = record.step { steps[step]?.actions.removeAll { $0 == record.number } }
        case .runStarted, .planned, .note, .runEnded: break
        }
    }

    private mutating func begin(_ record: StepRecord, _ now: Instant) {
        if steps[record.number] != nil {
            steps[record.number]?.record = record
            steps[record.number]?.lastLine = nil
            return
        }
        steps[record.number] = Step(record: record, began: now)
        if let parent = record.parent, steps[parent] != nil {
            steps[parent]?.children.append(record.number)
        } else {
            roots.append(record.number)
        }
    }

    private mutating func end(_ record: StepRecord) {
        steps[record.number]?.record = record
        // A step that will be tried again has not ended.
        if record.status == .running {
            steps[record.number]?.lastError = record.error
        } else {
            steps[record.number]?.hasEnded = true
        }
    }

    private mutating func print(_ line: String, _ number: Int) {
        guard let action = actions[number] else { return }
        let shown = ActivityText.of(line)
        guard !shown.isEmpty else { return }
        actions[number]?.hasPrinted = true
        if let step = action.record.step { steps[step]?.lastLine = shown }
    }

    /// Gives each outermost step that has ended, and forgets it and what is below it.
    mutating func takeFinished(_ body: ([StepNode]) -> Void) {
        let finished = roots.filter { steps[$0]?.hasEnded ?? true }
        guard !finished.isEmpty else { return }
        roots.removeAll { finished.contains($0) }
        for root in finished { body([forget(root)]) }
    }

    private mutating func forget(_ number: Int) -> StepNode {
        guard let step = steps.removeValue(forKey: number) else { return StepNode(record: nil, children: []) }
        for action in step.actions { actions[action] = nil }
        return StepNode(record: step.record, children: step.children.map { forget($0) })
    }
}

/// A step that has ended, with the steps in it.
struct StepNode {
    let record: StepRecord?
    let children: [StepNode]
}
