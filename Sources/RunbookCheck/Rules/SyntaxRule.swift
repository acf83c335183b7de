enum SyntaxRule: Rule {
    static let description = RuleDescription(
        id: "syntax", severity: .error, summary: "The text is a Lua 5.4 program",
        rationale: """
            A file that does not compile cannot run at all. The message is the one of the Lua compiler.
            """,
        bad: """
            local x = = 1
            """,
        good: """
            local x = 1
            print(x)
            """)

    /// A text with this mistake has no tree, so that the checker itself reports it.
    static func violations(in context: CheckContext) -> [Violation] { [] }
}
