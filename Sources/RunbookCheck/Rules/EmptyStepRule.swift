import LuaSyntax

enum EmptyStepRule: Rule {
    static let description = RuleDescription(
        id: "empty-step", severity: .warning, summary: "Every step does something",
        rationale: """
            A step with no statement is reported as done, though nothing was.
            """,
        bad: """
            runbook { name = "verify" }
            step("Verify the deployment", function() end)
            """,
        good: """
            runbook { name = "verify" }
            step("Verify the deployment", function() log("verified") end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return context.calls.filter { $0.name == "step" }.compactMap { call in
            guard let body = call.arguments.last, case .function(let function) = chunk[body].kind,
                chunk[chunk[function].body].statements.isEmpty
            else { return nil }
            return Violation(
                range: chunk[body].range, message: "this step does nothing", fix: "write its body, or remove it")
        }
    }
}
