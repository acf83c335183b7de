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
                range: chunk[field.value].range, message: "\"\(version)\" is no version",
                fix: "write \">=1.28\" or \"*\"")
        }
    }

    /// Whether a text is a list of versions, each with a comparison or without.
    private static func isConstraint(_ text: String) -> Bool {
        guard text != "*", !text.isEmpty else { return true }
        let parts = text.split { $0 == "," || $0 == "|" || $0 == " " }
        return parts.allSatisfy { part in
            let version = part.drop { "<>=~^!v".contains($0) }
            return version.isEmpty ? part.allSatisfy { "<>=~^!".contains($0) } : version.first?.isNumber ?? false
        }
    }
}
