import LuaSyntax

enum UnknownParamRule: Rule {
    static let description = RuleDescription(
        id: "unknown-param", severity: .error, summary: "Every parameter that is read is declared in the header",
        rationale: """
            Only declared parameters exist, so that the name is nil, or an error, when that line is reached.
            """,
        bad: """
            runbook { name = "show", params = { namespace = { type = "string" } } }
            log(params.namspace .. params.namespace)
            """,
        good: """
            runbook { name = "show", params = { namespace = { type = "string" } } }
            log(params.namespace)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let declared = context.header?.parameters(chunk) else { return [] }
        return chunk.expressionIDs.compactMap { id in
            guard case .index(_, let key, _) = chunk[id].kind,
                case .field(of: "params", let name) = context.reference(id), declared[name] == nil,
                !context.targets.contains(id)
            else { return nil }
            return Violation(
                range: chunk[key].range, message: "the header declares no parameter `\(name)`",
                fix: Spelling.hint(for: name, in: declared.keys) ?? "add it to `params` in the header")
        }
    }
}
