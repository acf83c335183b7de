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
        let reported = Set(context.argumentProblems.map(\.violation.range))
        return context.calls.filter { $0.name == "step" }.compactMap { call in
            guard let body = call.arguments.last else { return nil }
            switch chunk[body].kind {
            case .function(let function) where chunk[chunk[function].body].statements.isEmpty:
                return Violation(
                    range: chunk[body].range, message: "this step does nothing", fix: "write its body, or remove it")
            case _ where BasicType(context.shapes.shape(body)) == .table && !reported.contains(chunk[call.id].range):
                return Violation(
                    range: chunk[call.id].range, message: "this step has options and no function",
                    fix: "end the call with `function() … end`")
            default: return nil
            }
        }
    }
}
