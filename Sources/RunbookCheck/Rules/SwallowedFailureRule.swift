import LuaSyntax
import RunbookSpec

enum SwallowedFailureRule: Rule {
    static let description = RuleDescription(
        id: "swallowed-failure", severity: .warning, summary: "The failure of a change is looked at",
        rationale: """
            `pcall` whose result is dropped hides that a change was not made: the run goes on and ends as a success.
            """,
        bad: """
            runbook { name = "clean", lock = "clean" }
            step("Clean up", function()
              pcall(function() helm.uninstall { release = "todo" } end)
            end)
            """,
        good: """
            runbook { name = "clean", lock = "clean" }
            step("Clean up", { allow_failure = true }, function()
              helm.uninstall { release = "todo" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        let writes = context.calls.filter(context.isWrite)
        return chunk.statements.compactMap { statement in
            guard case .call(let call) = statement.kind, let name = context.calledName(call),
                name == "pcall" || name == "xpcall", case .call(_, let arguments) = chunk[call].kind,
                let body = arguments.first
            else { return nil }
            let hidden = writes.first { chunk[body].range.contains(chunk[$0.id].range.lowerBound) }
            let direct: String? =
                if case .function(let name, _, let function) = context.reference(body), function.effect == .write {
                    name
                } else { nil }
            guard let write = hidden?.name ?? direct else { return nil }
            return Violation(
                range: statement.range, message: "a failure of `\(write)` goes unnoticed",
                fix: "look at the result of `\(name)`, or give the step `allow_failure = true`")
        }
    }
}
