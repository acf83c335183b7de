import LuaSyntax

enum LoopVariableWriteRule: Rule {
    static let description = RuleDescription(
        id: "loop-variable-write", severity: .warning, summary: "No loop variable is assigned",
        rationale: """
            The loop does not see the change: it goes on with its own count.
            """,
        bad: """
            for attempt = 1, 3 do
              attempt = attempt + 1
              log("attempt " .. attempt)
            end
            """,
        good: """
            for attempt = 1, 3 do
              local following = attempt + 1
              log("attempt " .. following)
            end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.variables.filter { $0.kind == .loop }.flatMap { variable in
            variable.writes.map { write in
                Violation(
                    range: chunk[write].range, message: "assigning to `\(variable.name)` does not change the loop",
                    fix: "use a local of another name")
            }
        }
    }
}
