enum WrongOptionTypeRule: Rule {
    static let description = RuleDescription(
        id: "wrong-option-type", severity: .error, summary: "Every literal value fits the type of its option",
        rationale: """
            A wrong type is refused at run time, after the steps before it have changed things. Words of a fixed set, durations and
            sizes are compared letter by letter.
            """,
        bad: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart", wait = "2 minutes" }
            end)
            """,
        good: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart", wait = "2m" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.argumentProblems.filter { $0.kind == .wrongType }.map(\.violation)
    }
}
