import LuaSyntax

enum HeaderFirstRule: Rule {
    static let description = RuleDescription(
        id: "header-first", severity: .error, summary: "The header is the first statement of a runbook, once",
        rationale: """
            The header is read without running the body. What stands before it would run on `runbook list` and `runbook show`, and a file
            with steps and no header has no name, parameters or lock.
            """,
        bad: """
            step("Deploy", function() log("deploying") end)
            runbook { name = "deploy" }
            """,
        good: """
            runbook { name = "deploy" }
            step("Deploy", function() log("deploying") end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        let statements = chunk.body.statements.filter { if case .empty = chunk[$0].kind { false } else { true } }
        guard let header = context.header else { return stepsWithoutHeader(context) }
        var violations: [Violation] = []
        let isFirst = statements.first.map { isCall(chunk[$0], of: header.call) } ?? false
        if !isFirst {
            violations.append(
                Violation(
                    range: chunk[header.call].range, message: "the header is not the first statement",
                    fix: "move `runbook { … }` to the top of the file"))
        }
        violations += header.calls.dropFirst().map { call in
            Violation(range: chunk[call].range, message: "a second header", fix: "keep one `runbook { … }` a file")
        }
        return violations
    }

    /// A file that runs steps by itself is a runbook and not a library.
    private static func stepsWithoutHeader(_ context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        for id in chunk.body.statements {
            guard case .call(let call) = chunk[id].kind, context.calledName(call) == "step" else { continue }
            return [
                Violation(
                    range: chunk[call].range, message: "a step in a file without a header",
                    fix: "begin the file with `runbook { name = \"…\" }`")
            ]
        }
        return []
    }

    private static func isCall(_ statement: Statement, of call: ExpressionID) -> Bool {
        if case .call(call) = statement.kind { true } else { false }
    }
}
