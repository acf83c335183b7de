import LuaSyntax

enum GlobalWriteRule: Rule {
    static let description = RuleDescription(
        id: "global-write", severity: .warning, summary: "No script makes globals",
        rationale: """
            A forgotten `local` gives one value to every step and to every library, also when steps run in parallel.
            """,
        bad: """
            count = 3
            log("count " .. count)
            """,
        good: """
            local count = 3
            log("count " .. count)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        guard !context.chunk.variables.contains(where: { $0.name == "_ENV" }) else { return [] }
        return writtenNames(context.chunk).filter { !context.catalogue.isKnownGlobal($0.key) }.map { name, range in
            Violation(range: range, message: "`\(name)` becomes a global", fix: "write `local \(name)`")
        }
    }

    /// The global names that a file assigns, with the first place of each.
    static func writtenNames(_ chunk: Chunk) -> [String: Range<Int>] {
        var names: [String: Range<Int>] = [:]
        func note(_ target: ExpressionID) {
            guard case .global(let name) = chunk[target].kind else { return }
            if let range = names[name], range.lowerBound < chunk[target].range.lowerBound { return }
            names[name] = chunk[target].range
        }
        for statement in chunk.statements {
            switch statement.kind {
            case .assignment(let targets, _): targets.forEach(note)
            case .function(let target, _): note(target)
            default: break
            }
        }
        return names
    }
}
