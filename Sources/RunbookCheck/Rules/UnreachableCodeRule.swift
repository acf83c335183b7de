import LuaSyntax

enum UnreachableCodeRule: Rule {
    static let description = RuleDescription(
        id: "unreachable-code", severity: .warning, summary: "Every statement can be reached",
        rationale: """
            What stands after `fail`, `error`, `break` or `goto` never runs, so that a clean-up written there does not happen.
            """,
        bad: """
            fail("no cluster")
            log("cleaning up")
            """,
        good: """
            log("cleaning up")
            fail("no cluster")
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.blocks.compactMap { block in
            var leaver: Statement?
            for id in block.statements {
                let statement = chunk[id]
                switch statement.kind {
                case .empty: continue
                case .label: leaver = nil
                default: break
                }
                if let leaver {
                    let line = chunk.source.line(at: leaver.range.lowerBound)
                    return Violation(
                        range: statement.range, message: "this never runs, since line \(line) always leaves",
                        fix: "remove it, or move it up")
                }
                if Leaving(context).leaves(id) { leaver = statement }
            }
            return nil
        }
    }
}
