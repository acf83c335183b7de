enum SecretInArgvRule: Rule {
    static let description = RuleDescription(
        id: "secret-in-argv", severity: .error, summary: "No secret stands in the arguments of a process",
        rationale: """
            Every user of the machine can read the arguments of every process, and logs keep them. The host refuses such a call.
            """,
        bad: """
            runbook { name = "login", secrets = { "TOKEN" } }
            step("Log in", function()
              exec.run { "registry", "login", "--password", secrets.TOKEN }
            end)
            """,
        good: """
            runbook { name = "login", secrets = { "TOKEN" } }
            step("Log in", function()
              exec.run({ "registry", "login", "--password-stdin" }, { stdin = secrets.TOKEN })
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.argumentProblems.filter { $0.kind == .secretAsText }.map(\.violation)
    }
}
