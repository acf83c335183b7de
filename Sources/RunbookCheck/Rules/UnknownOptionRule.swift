enum UnknownOptionRule: Rule {
    static let description = RuleDescription(
        id: "unknown-option", severity: .error, summary: "Every option of a call exists",
        rationale: """
            The call is refused at run time, after the steps before it have changed things.
            """,
        bad: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { relase = "todo", chart = "chart" }
            end)
            """,
        good: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.argumentProblems.filter { $0.kind == .unknownOption }.map(\.violation)
    }
}
