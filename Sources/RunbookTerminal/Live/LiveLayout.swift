import RunbookHost

/// Lays the running part of a run out in lines: from its state to text, nothing else.
struct LiveLayout {
    let style: Style
    /// The columns and rows of the terminal.
    let columns: Int
    let rows: Int
    /// True when the terminal's font may lack what is beyond ASCII.
    let isSimple: Bool

    /// One row of the region, by what may go first when there are too few rows.
    private struct Row {
        enum Kind { case running, activity, finished }
        var kind: Kind
        var text: String
    }

    /// After this time a command that says nothing is shown itself.
    static let silence = Duration.milliseconds(400)

    private static let wheel = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    private static let simpleWheel = Array("|/-\\")

    /// The lines of the region, each narrower than the terminal.
    ///
    /// - Parameter turn: Counts frames, for the sign that turns.
    func lines(_ progress: RunProgress, now: RunProgress.Instant, turn: Int) -> [String] {
        let wheel = isSimple ? Self.simpleWheel : Self.wheel
        let sign = style.cyan(String(wheel[turn % wheel.count]))
        var all: [Row] = []
        for root in progress.roots { add(root, progress, now, sign, &all) }
        for action in progress.actions.values.filter({ $0.record.step == nil }).sorted(by: Self.isEarlier)
        where now - action.began >= Self.silence {
            all.append(loose(action, now, sign))
        }
        return fit(all).map(\.text)
    }

    private static func isEarlier(_ one: RunProgress.Action, _ other: RunProgress.Action) -> Bool {
        one.record.number < other.record.number
    }

    private func add(
        _ number: Int, _ progress: RunProgress, _ now: RunProgress.Instant, _ sign: String, _ all: inout [Row]
    ) {
        guard let step = progress.steps[number] else { return }
        if step.hasEnded {
            all.append(Row(kind: .finished, text: finished(step.record)))
        } else {
            all.append(Row(kind: .running, text: running(step, now, sign)))
            if let text = activity(of: step, progress, now) {
                let indent = String(repeating: "  ", count: min(step.record.depth + 2, max(1, (width - 16) / 4)))
                let room = width - CellWidth.of(indent)
                all.append(Row(kind: .activity, text: indent + style.dim(text.cut(to: room))))
            }
        }
        for child in step.children { add(child, progress, now, sign, &all) }
    }

    private func running(_ step: RunProgress.Step, _ now: RunProgress.Instant, _ sign: String) -> String {
        let elapsed = (now - step.began).milliseconds
        let budget = step.record.budget
        var record = step.record
        if record.attempt > 1 {
            record.detail = [record.detail, "try \(record.attempt)"].compactMap { $0 }.joined(separator: ", ")
        }
        return line.text(
            record, sign: sign, time: DurationText.short(milliseconds: elapsed / 1000 * 1000),
            limit: budget.map { " of " + DurationText.short(milliseconds: $0) } ?? "", isCut: true,
            isLate: budget.map { elapsed > $0 } ?? false)
    }

    private func finished(_ step: StepRecord) -> String {
        let sign =
            switch step.status {
            case .ok, .restored: style.green("✓")
            case .failed: style.red("✗")
            case .skipped: style.dim("–")
            default: style.yellow(step.status == .allowed ? "!" : "■")
            }
        let time = step.status == .skipped ? "" : DurationText.of(milliseconds: step.milliseconds)
        return line.text(step, sign: sign, time: time, isCut: true)
    }

    private func loose(_ action: RunProgress.Action, _ now: RunProgress.Instant, _ sign: String) -> Row {
        let time = DurationText.short(milliseconds: (now - action.began).milliseconds / 1000 * 1000)
        let text = ScreenText.line(action.record.display).cutInMiddle(to: max(0, min(54, width - 11)))
        let gap = String(repeating: " ", count: max(0, min(62, width) - 2 - CellWidth.of(text) - CellWidth.of(time)))
        return Row(kind: .running, text: sign + " " + style.dim(text + gap + time))
    }

    private func activity(
        of step: RunProgress.Step, _ progress: RunProgress, _ now: RunProgress.Instant
    ) -> String? {
        let latest = step.actions.last.flatMap { progress.actions[$0] }
        guard let latest else { return nil }
        // A command that says nothing for a while is shown itself; polling keeps the last word.
        if !latest.hasPrinted, now - latest.began >= Self.silence {
            return ScreenText.line(latest.record.display).cutInMiddle(to: width - 2 * step.record.depth - 4)
        }
        return step.lastLine
    }

    private var line: StepLine { StepLine(style: style, columns: width) }

    // The last column stays free: a line that fills the row would leave the cursor in between.
    private var width: Int { max(8, columns - 1) }

    private func fit(_ all: [Row]) -> [Row] {
        // One row for the cursor below, and a few for what has happened before.
        let limit = max(1, rows > 12 ? rows - 4 : rows - 2)
        guard all.count > limit else { return all }
        var result = all
        for kind in [Row.Kind.finished, .activity] {
            var surplus = result.count - limit
            result.removeAll { row in
                guard surplus > 0, row.kind == kind else { return false }
                surplus -= 1
                return true
            }
            if result.count <= limit { return result }
        }
        let more = result.count - limit + 1
        result = Array(result.prefix(limit - 1))
        result.append(Row(kind: .running, text: style.dim("… and \(more) more".cut(to: width))))
        return result
    }
}
