enum MissingOptionRule: Rule {
    static let description = RuleDescription(
        id: "missing-option", severity: .error, summary: "Every option and argument that a call needs is given",
        rationale: """
            The call is refused at run time, after the steps before it have changed things.
            """,
        bad: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo" }
            end)
            """,
        good: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.argumentProblems.filter { $0.kind == .missingOption }.map(\.violation)
    }
}
