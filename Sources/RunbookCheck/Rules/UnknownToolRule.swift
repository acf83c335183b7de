import LuaSyntax

enum UnknownToolRule: Rule {
    static let description = RuleDescription(
        id: "unknown-tool", severity: .error, summary: "The tools and versions that the header requires can be met",
        rationale: """
            A misspelled tool is never found and a version that is none is never met, so that the runbook refuses to start anywhere.
            """,
        bad: """
            runbook { name = "deploy", requires = { kubctl = ">=1.28" } }
            """,
        good: """
            runbook { name = "deploy", requires = { kubectl = ">=1.28" } }
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let requires = context.header?.field("requires"), case .table(let fields) = chunk[requires].kind else {
            return []
        }
        return fields.compactMap { field in
            let place = field.key ?? field.value
            guard let tool = chunk.string(place) else { return nil }
            let tools = context.catalogue.tools
            if !tools.contains(tool), let meant = Spelling.nearest(to: tool, in: tools) {
                return Violation(
                    range: chunk[place].range, message: "unknown tool `\(tool)`", fix: "did you mean `\(meant)`?")
            }
            guard field.key != nil, let version = chunk.string(field.value), !isConstraint(version) else { return nil }
            return Violation(
                range: chunk[field.value].range, message: "\"\(version)\" is no version constraint",
                fix: "write \">=1.28\" or \"*\"")
        }
    }

    /// Whether a text is `*`, or versions with or without a comparison, such as `>=1.28 <2`.
    private static func isConstraint(_ text: String) -> Bool {
        guard text != "*" else { return true }
        return text.split { $0 == "," || $0 == " " }.allSatisfy { term in
            let comparison = [">=", "<=", ">", "<", "="].first { term.hasPrefix($0) } ?? ""
            return term.dropFirst(comparison.count).first?.isNumber ?? false
        }
    }
}
