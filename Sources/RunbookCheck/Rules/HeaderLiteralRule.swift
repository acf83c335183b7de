import LuaSyntax

enum HeaderLiteralRule: Rule {
    static let description = RuleDescription(
        id: "header-literal", severity: .error, summary: "The header is a literal table",
        rationale: """
            Tools and people read the header from the text: names, parameters and secrets that are computed cannot be listed or checked.
            """,
        bad: """
            runbook(require("shared_header"))
            """,
        good: """
            runbook { name = "deploy" }
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let header = context.header else { return [] }
        guard header.table != nil else {
            return [
                Violation(
                    range: chunk[header.call].range, message: "the header is not a literal table",
                    fix: "write `runbook { name = \"…\", … }`")
            ]
        }
        return ["name", "description", "params", "secrets", "requires"].compactMap { name in
            guard let value = header.field(name), !isLiteral(value, chunk) else { return nil }
            return Violation(
                range: chunk[value].range, message: "the header's `\(name)` is computed", fix: "write it out")
        }
    }

    private static func isLiteral(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        switch chunk[id].kind {
        case .string, .table, .integer, .float, .boolean, .nilLiteral: true
        case .parenthesized(let content): isLiteral(content, chunk)
        case .binary(.concat, let left, let right): isLiteral(left, chunk) && isLiteral(right, chunk)
        default: false
        }
    }
}
