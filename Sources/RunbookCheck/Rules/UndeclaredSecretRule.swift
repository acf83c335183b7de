import LuaSyntax

enum UndeclaredSecretRule: Rule {
    static let description = RuleDescription(
        id: "undeclared-secret", severity: .error, summary: "Every secret that is read is declared in the header",
        rationale: """
            Declared secrets are looked for before anything runs. One that is not declared is missed in the middle of the run.
            """,
        bad: """
            runbook { name = "login", secrets = { "TOKEN" } }
            step("Log in", function()
              exec.run({ "login" }, { stdin = secrets.TOKN })
            end)
            """,
        good: """
            runbook { name = "login", secrets = { "TOKEN" } }
            step("Log in", function()
              exec.run({ "login" }, { stdin = secrets.TOKEN })
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let declared = context.header?.secrets(chunk) else { return [] }
        return chunk.expressionIDs.compactMap { id in
            guard case .index(_, let key, _) = chunk[id].kind,
                case .field(of: "secrets", let name) = context.reference(id), !declared.contains(name)
            else { return nil }
            return Violation(
                range: chunk[key].range, message: "the header declares no secret `\(name)`",
                fix: Spelling.hint(for: name, in: declared) ?? "add it to `secrets` in the header")
        }
    }
}
