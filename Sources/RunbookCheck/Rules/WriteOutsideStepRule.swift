import LuaSyntax

enum WriteOutsideStepRule: Rule {
    static let description = RuleDescription(
        id: "write-outside-step", severity: .error, summary: "Every change is made inside a step",
        rationale: """
            A step is what a run reports, retries, resumes and undoes. A change outside one is in no report and is made again on a resume.
            Of functions that other code may call nothing is claimed.
            """,
        bad: """
            runbook { name = "deploy", lock = "deploy" }
            helm.upgrade { release = "todo", chart = "chart" }
            """,
        good: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        // Without a header the file is a library, whose functions are called from steps elsewhere.
        guard context.header != nil else { return [] }
        let chunk = context.chunk
        let outside = StepAnalysis(context).outside
        return context.calls.filter(context.isWrite).compactMap { call in
            guard let start = outside[chunk.function(of: call.id)] else { return nil }
            var message = "`\(call.name)` changes things outside a step"
            if let start {
                message += " (its function runs at line \(chunk.source.line(at: chunk[start].range.lowerBound)))"
            }
            return Violation(
                range: chunk[call.id].range, message: message, fix: "wrap it in `step(\"…\", function() … end)`")
        }
    }
}
