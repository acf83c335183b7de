import LuaSyntax

enum UnknownGlobalRule: Rule {
    static let description = RuleDescription(
        id: "unknown-global", severity: .error, summary: "Every global name exists",
        rationale: """
            A misspelled name is nil at run time, perhaps only in the branch that handles a failure.
            """,
        bad: """
            local name = "todo"
            print(nmae, name)
            """,
        good: """
            local name = "todo"
            print(name)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard !chunk.variables.contains(where: { $0.name == "_ENV" }) else { return [] }
        // What the file itself assigns is a matter of `global-write`.
        var seen = Set(GlobalWriteRule.writtenNames(chunk).keys)
        let candidates = Set(context.catalogue.globalNames).union(chunk.variables.map(\.name))
        var violations: [Violation] = []
        for expression in chunk.expressions {
            guard case .global(let name) = expression.kind, name != "_ENV", !context.catalogue.isKnownGlobal(name),
                seen.insert(name).inserted
            else { continue }
            // Each hint is looked for among all names, so that a text made of nothing but unknown names gets few.
            let hint = violations.count < hintLimit ? Spelling.hint(for: name, in: candidates) : nil
            violations.append(
                Violation(
                    range: expression.range, message: "unknown global `\(name)`",
                    fix: FamiliarNames.replacement(for: name) ?? hint))
        }
        return violations
    }

    private static let hintLimit = 100
}
