import LuaSyntax

enum DuplicateKeyRule: Rule {
    static let description = RuleDescription(
        id: "duplicate-key", severity: .error, summary: "No table gives one key twice",
        rationale: """
            The first value is lost without a word.
            """,
        bad: """
            local values = { replicas = 2, image = "todo", replicas = 3 }
            print(values)
            """,
        good: """
            local values = { replicas = 3, image = "todo" }
            print(values)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.expressions.flatMap { expression -> [Violation] in
            guard case .table(let fields) = expression.kind else { return [] }
            var lines: [String: Int] = [:]
            return fields.compactMap { field in
                guard let key = field.key, let name = chunk.string(key) else { return nil }
                let line = chunk.source.line(at: chunk[key].range.lowerBound)
                guard let first = lines.updateValue(line, forKey: name) else { return nil }
                return Violation(
                    range: chunk[key].range, message: "`\(name)` is given twice, first in line \(first)",
                    fix: "keep one of them")
            }
        }
    }
}
