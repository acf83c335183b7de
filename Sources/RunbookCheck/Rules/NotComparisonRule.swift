import LuaSyntax

enum NotComparisonRule: Rule {
    static let description = RuleDescription(
        id: "not-comparison", severity: .warning, summary: "`not` is not applied to one side of a comparison",
        rationale: """
            `not a == b` compares `not a` with `b`, which is false for every text and number `b`.
            """,
        bad: """
            local ready = kubectl.context()
            if not ready == "minikube" then log("elsewhere") end
            """,
        good: """
            local ready = kubectl.context()
            if ready ~= "minikube" then log("elsewhere") end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.expressions.compactMap { expression in
            guard case .binary(let comparison, let left, let right) = expression.kind, comparison.isComparison,
                case .unary(.not, _) = chunk[left].kind, !isTruth(right, chunk)
            else { return nil }
            return Violation(
                range: expression.range,
                message: "`not` applies to the left side only, before `\(comparison.rawValue)`",
                fix: comparison == .equal ? "write `~=`" : "put the comparison in parentheses")
        }
    }

    /// Whether a side is a truth value, for which the comparison has a sense.
    private static func isTruth(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        switch chunk[chunk.unwrapped(id)].kind {
        case .unary(.not, _), .boolean: true
        case .binary(let binary, _, _): binary.isComparison
        case .string, .integer, .float, .nilLiteral, .table: false
        default: true
        }
    }
}
