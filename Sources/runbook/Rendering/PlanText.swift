import RunbookHost

/// What a preview found, for a person.
struct PlanText {
    let style: Style
    let output: OutputFormat

    func write(_ summary: RunSummary) {
        let plan = summary.plan
        let dependent = plan.filter { if case .dependent = $0.certainty { true } else { false } }.count
        var title =
            plan.isEmpty ? "Would change nothing" : "Would make \(plan.count) change\(plan.count == 1 ? "" : "s")"
        if dependent > 0 { title += ", \(dependent) of them depend\(dependent == 1 ? "s" : "") on an earlier one" }
        line(title)
        let objects = plan.map(\.object.count).max() ?? 0
        let names = min(36, plan.map(\.name.count).max() ?? 0)
        for change in plan {
            line(
                "  \(sign(change.kind)) \(change.object.padding(to: objects))  \(change.name.padding(to: names))  \(summaryLine(change))"
            )
            if !change.command.isEmpty { line("      " + style.dim("$ " + Command.display(change.command))) }
            for text in change.difference?.lines ?? [] { line("      " + colored(text)) }
            if let unknown = change.difference?.unknown {
                line("      " + style.yellow("difference not known: \(unknown)"))
            }
            if let server = change.server { line("      server   \(server)") }
            if let undo = change.undo { line("      " + style.dim("undo     \(undo)")) }
        }
        for text in summary.branches { line("  " + style.yellow("? ") + text) }
        line(summary.missing.isEmpty ? "Reads could not be made: none." : "Could not be read, or is missing:")
        for text in summary.missing { line("  - " + text) }
    }

    private func summaryLine(_ change: PlannedChange) -> String {
        var parts = [change.summary, change.difference?.summary ?? ""].filter { !$0.isEmpty }
        switch change.certainty {
        case .certain: break
        case .dependent(let number): parts.append("depends on change \(number)")
        case .unvalidated(let reason): parts.append("cannot be known yet: \(reason)")
        }
        return parts.joined(separator: " · ")
    }

    private func sign(_ kind: Change.Kind) -> String {
        switch kind {
        case .create: style.green(kind.rawValue)
        case .modify: style.yellow(kind.rawValue)
        case .delete: style.red(kind.rawValue)
        case .run: style.cyan(kind.rawValue)
        }
    }

    private func colored(_ text: String) -> String {
        if text.hasPrefix("+") { return style.green(text) }
        if text.hasPrefix("-") { return style.red(text) }
        return text
    }

    private func line(_ text: String) { Terminal.write(text + "\n", to: output == .json ? 2 : 1) }
}
