import RunbookHost

/// A step in one line: sign, name, remark, time.
struct StepLine {
    let style: Style
    /// The columns that a line may take; nil: it is no terminal.
    let columns: Int?

    /// Where the time begins, where there is room.
    private static let timeColumn = 56
    private static let timeWidth = 8
    /// The longest name of a step in a pipe, which has no width.
    private static let longestName = 1000

    /// The line of a step that has ended, and what stands below it.
    ///
    /// - Parameter nameWidth: The columns of the longest name beside it, so that the remarks stand in one column.
    func ended(_ step: StepRecord, nameWidth: Int = 0) -> [String] {
        let time = DurationText.of(milliseconds: step.milliseconds)
        let limit = step.budget.map { " of " + DurationText.short(milliseconds: $0) } ?? ""
        func line(_ sign: String, _ time: String, _ limit: String = "") -> String {
            text(step, sign: sign, time: time, limit: limit, nameWidth: nameWidth, isCut: false)
        }
        switch step.status {
        case .running: return []
        case .ok:
            guard let budget = step.budget, step.milliseconds > budget else {
                return [line(style.green("✓"), time, limit)]
            }
            return [
                line(style.green("✓"), time, limit),
                below(step) + style.yellow("over its budget of \(DurationText.short(milliseconds: budget))"),
            ]
        case .restored: return [line(style.green("✓"), "done earlier")]
        case .skipped: return [line(style.dim("–"), "not needed")]
        case .failed: return [line(style.red("✗"), time, limit)]
        case .allowed:
            let error = step.error.map {
                below(step) + style.yellow("failed, and may: \(ScreenText.line($0).cut(to: 300))")
            }
            return [line(style.yellow("!"), time, limit)] + (error.map { [$0] } ?? [])
        case .interrupted: return [line(style.yellow("■"), time, limit)]
        }
    }

    /// A line of a step with a sign of its own.
    ///
    /// - Parameter isCut: True when it may not take more than one row of the terminal.
    func text(
        _ step: StepRecord, sign: String, time: String, limit: String = "", nameWidth: Int = 0, isCut: Bool,
        isLate: Bool = false
    ) -> String {
        // Deep steps do not go further to the right than a narrow terminal allows.
        let depth = columns.map { min(step.depth, max(0, $0 - 24) / 4) } ?? step.depth
        let indent = String(repeating: "  ", count: depth)
        var name = ScreenText.line(step.name)
        var detail = step.detail.map { ScreenText.line($0) } ?? ""
        if !detail.isEmpty { name = name.padding(to: nameWidth) }
        let left = 2 * depth + 2
        // Lines with and without a limit keep their times in one column, on a narrow terminal too.
        let column = min(
            Self.timeColumn, max(left + 4, (columns ?? 200) - Self.timeWidth - max(7, CellWidth.of(limit))))
        if isCut, let columns {
            // Where there is no room for both, the name goes before the time.
            let room = columns - left
            guard room >= Self.timeWidth + CellWidth.of(limit) + 6 else {
                return indent + sign + " " + "\(name) \(time)".cut(to: max(0, room))
            }
            name = name.cut(to: min(column - left, room - Self.timeWidth - CellWidth.of(limit)) - 2)
            detail = detail.cut(to: max(0, column - left - 4 - CellWidth.of(name)))
        }
        // A name may be of any length; what is said of the step has to be seen.
        let end = time.count + CellWidth.of(limit) + 2
        name = name.cut(to: max(20, columns.map { $0 - left - end } ?? Self.longestName))
        let used = left + CellWidth.of(name) + (detail.isEmpty ? 0 : CellWidth.of(detail) + 2)
        var clock = time.padding(toLeft: Self.timeWidth)
        if used + 2 > column { clock = time }
        var gap = max(used + 2 > column ? 2 : 0, column - used)
        if used + 2 > column { gap = max(gap, column + Self.timeWidth - used - CellWidth.of(clock)) }
        let ending = clock + limit
        return indent + sign + " " + name + (detail.isEmpty ? "" : "  " + style.dim(detail))
            + String(repeating: " ", count: gap) + (isLate ? style.yellow(ending) : style.dim(ending))
    }

    private func below(_ step: StepRecord) -> String { String(repeating: "  ", count: step.depth + 1) }
}
