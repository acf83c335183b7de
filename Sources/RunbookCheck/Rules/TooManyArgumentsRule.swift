enum TooManyArgumentsRule: Rule {
    static let description = RuleDescription(
        id: "too-many-arguments", severity: .error, summary: "No call has more arguments than its function takes",
        rationale: """
            What is passed beyond them has no effect, so the call does less than it says.
            """,
        bad: """
            fail("no pods", "in the namespace")
            """,
        good: """
            fail("no pods in the namespace")
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.argumentProblems.filter { $0.kind == .tooMany }.map(\.violation)
    }
}
