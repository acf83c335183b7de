import LuaSyntax
import RunbookSpec

enum NeverEqualRule: Rule {
    static let description = RuleDescription(
        id: "never-equal", severity: .error, summary: "No comparison has the same answer whatever happens",
        rationale: """
            Values of two types are never equal in Lua, a secret equals no text, and a result that is one of a few words is no other. The
            branch is then always taken, or never.
            """,
        bad: """
            runbook { name = "clean" }
            if confirm("Delete the namespace?") == "yes" then log("deleting") end
            """,
        good: """
            runbook { name = "clean" }
            if confirm("Delete the namespace?") then log("deleting") end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.expressions.compactMap { expression in
            guard case .binary(let comparison, let left, let right) = expression.kind,
                comparison == .equal || comparison == .notEqual,
                // That is told by `not-comparison`.
                !isNegation(left, chunk), !isNegation(right, chunk)
            else { return nil }
            let shapes = (context.shapes.shape(left), context.shapes.shape(right))
            guard let (message, fix) = reason(shapes.0, shapes.1) ?? reason(shapes.1, shapes.0) else { return nil }
            return Violation(
                range: expression.range,
                message: message + (comparison == .equal ? ", so this is always false" : ", so this is always true"),
                fix: fix)
        }
    }

    /// Why a value never equals another one, and what to write.
    private static func reason(_ shape: Shape, _ other: Shape) -> (message: String, fix: String?)? {
        if case .result(let result) = shape, case .enumeration(let words) = result.type, case .string(let text) = other,
            !words.contains(text)
        {
            let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
            return ("the value is never \"\(text)\"", Spelling.hint(for: text, in: words) ?? "it is one of \(list)")
        }
        guard let type = BasicType(shape), let otherType = BasicType(other), type != .none, otherType != .none else {
            return nil
        }
        if type == .secret {
            return (
                "a secret equals nothing that a script knows",
                "compare what `hash.hmac_sha256` gives of it, which can be looked at"
            )
        }
        guard type != otherType, otherType != .secret else { return nil }
        let fix: String? =
            switch type {
            case .boolean: "it is true or false already: leave the comparison out"
            case .number where otherType == .string: "compare with a number, or use `tostring`"
            default: nil
            }
        // The side that can be mended with a hint speaks first.
        if fix == nil, otherType == .boolean || otherType == .number { return nil }
        return ("\(type.display) never equals \(otherType.display)", fix)
    }

    private static func isNegation(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        if case .unary(.not, _) = chunk[chunk.unwrapped(id)].kind { true } else { false }
    }
}
