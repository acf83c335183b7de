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
        return chunk.expressions.compactMap { expression in
            guard case .global(let name) = expression.kind, name != "_ENV", !context.catalogue.isKnownGlobal(name),
                seen.insert(name).inserted
            else { return nil }
            let visible = chunk.variables.map(\.name)
            let fix =
                StandardLibrary.replacements[name]
                ?? Spelling.hint(for: name, in: context.catalogue.globalNames + visible)
            return Violation(range: expression.range, message: "unknown global `\(name)`", fix: fix)
        }
    }
}
