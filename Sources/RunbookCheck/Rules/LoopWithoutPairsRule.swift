import LuaSyntax
import RunbookSpec

enum LoopWithoutPairsRule: Rule {
    static let description = RuleDescription(
        id: "loop-without-pairs", severity: .error, summary: "Every loop over a table goes through it",
        rationale: """
            `for … in` calls what stands after `in`, and a table cannot be called; `ipairs` goes through lists only, and finds nothing in a
            table with names.
            """,
        bad: """
            for _, name in { "backend", "frontend" } do log(name) end
            """,
        good: """
            for _, name in ipairs { "backend", "frontend" } do log(name) end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.statements.compactMap { statement in
            guard case .genericFor(_, let values, _) = statement.kind, values.count == 1, let value = values.first
            else {
                return nil
            }
            let shape = context.shapes.shape(value)
            if BasicType(shape) == .table {
                let function = isList(shape) ? "ipairs" : "pairs"
                return Violation(
                    range: chunk[value].range, message: "a loop cannot call \(shape.display)",
                    fix: "write `in \(function)(…)`")
            }
            guard context.calledName(value) == "ipairs", case .call(_, let arguments) = chunk[value].kind,
                let table = arguments.first, BasicType(context.shapes.shape(table)) == .table,
                !isList(context.shapes.shape(table))
            else { return nil }
            return Violation(
                range: chunk[value].range,
                message: "`ipairs` goes through lists, and this is \(context.shapes.shape(table).display) with names",
                fix: "write `in pairs(…)`")
        }
    }

    private static func isList(_ shape: Shape) -> Bool {
        switch shape {
        case .table(let fields): fields.isEmpty || fields.contains { $0.key == nil }
        case .result(let result): if case .list = result.type { true } else { false }
        default: true
        }
    }
}
