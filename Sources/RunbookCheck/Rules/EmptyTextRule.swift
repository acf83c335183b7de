import LuaSyntax

enum EmptyTextRule: Rule {
    static let description = RuleDescription(
        id: "empty-text", severity: .warning, summary: "Steps, questions and failures say something",
        rationale: """
            The text is all that the person sees of it, in the run and in the history.
            """,
        bad: """
            runbook { name = "verify" }
            if run.dry_run then fail("") end
            """,
        good: """
            runbook { name = "verify" }
            if run.dry_run then fail("this cannot be verified in a dry run") end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return context.calls.compactMap { call in
            guard ["step", "confirm", "fail"].contains(call.name), let argument = call.arguments.first else {
                return nil
            }
            let text = Header.named(chunk.unwrapped(argument), chunk)["message"] ?? chunk.unwrapped(argument)
            guard let words = chunk.string(text), words.allSatisfy(\.isWhitespace) else { return nil }
            return Violation(
                range: chunk[text].range, message: "`\(call.name)` says nothing",
                fix: call.name == "fail" ? "tell what is wrong" : "tell what it is about")
        }
    }
}
