import LuaSyntax

enum UnknownIgnoreRule: Rule {
    static let description = RuleDescription(
        id: "unknown-ignore", severity: .warning, summary: "Every rule that a comment ignores exists",
        rationale: """
            A misspelled id ignores nothing, and the comment says the opposite.
            """,
        bad: """
            print("a") -- runbook: ignore unused-locl
            """,
        good: """
            print("a") -- runbook: ignore unused-local
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let source = context.chunk.source
        return context.chunk.comments.flatMap { comment -> [Violation] in
            guard let directive = Suppressions.directive(comment, source) else { return [] }
            guard !directive.rules.isEmpty else {
                return [
                    Violation(
                        range: comment.range, message: "the comment names no rule",
                        fix: "write `-- runbook: ignore RULE`")
                ]
            }
            return directive.rules.filter { !RuleList.ids.contains($0.id) }.map { rule in
                Violation(
                    range: rule.range, message: "there is no rule `\(rule.id)`",
                    fix: Spelling.hint(for: rule.id, in: RuleList.ids))
            }
        }
    }
}
