import LuaSyntax

enum ShadowedLocalRule: Rule {
    static let description = RuleDescription(
        id: "shadowed-local", severity: .warning, summary: "No local hides another one of the same function",
        rationale: """
            Two values of one name in one function are mistaken for each other, and an assignment in a block is lost at its end.
            """,
        bad: """
            local state = "old"
            if kubectl.context() then
              local state = "new"
              log(state)
            end
            log(state)
            """,
        good: """
            local state = "old"
            if kubectl.context() then
              state = "new"
            end
            log(state)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.variables.compactMap { variable in
            guard let hidden = variable.shadows.map({ chunk[$0] }), hidden.function == variable.function,
                !variable.name.hasPrefix("_"), variable.kind != .implicitSelf,
                !isNarrowed(variable, from: hidden, chunk)
            else { return nil }
            let line = chunk.source.line(at: hidden.range.lowerBound)
            return Violation(
                range: variable.range, message: "local `\(variable.name)` hides the one of line \(line)",
                fix: "give it another name, or assign without `local`")
        }
    }

    /// Whether the new value is made from the hidden one, as in `local x = x or 1`.
    private static func isNarrowed(_ variable: Variable, from hidden: Variable, _ chunk: Chunk) -> Bool {
        guard let value = variable.initialValue else { return false }
        let range = chunk[value].range
        return hidden.reads.contains { range.contains(chunk[$0].range.lowerBound) }
    }
}
