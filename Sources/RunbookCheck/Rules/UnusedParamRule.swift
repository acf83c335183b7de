import LuaSyntax

enum UnusedParamRule: Rule {
    static let description = RuleDescription(
        id: "unused-param", severity: .warning, summary: "Every parameter of the header has an effect",
        rationale: """
            Someone who sets a parameter that nothing reads believes that it did something.
            """,
        bad: """
            runbook { name = "show", params = { verbose = { type = "boolean" } } }
            log("shown")
            """,
        good: """
            runbook { name = "show", params = { verbose = { type = "boolean" } } }
            log(params.verbose and "shown in full" or "shown")
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let header = context.header, let declared = header.parameters(chunk), !isPassedOn(context) else {
            return []
        }
        let used = usedNames(context)
        guard let params = header.field("params"), case .table(let fields) = chunk[params].kind else { return [] }
        return fields.compactMap { field in
            guard let key = field.key, let name = chunk.string(key), declared[name] != nil, !used.contains(name) else {
                return nil
            }
            return Violation(
                range: chunk[key].range, message: "nothing reads the parameter `\(name)`",
                fix: "use `params.\(name)`, or remove it")
        }
    }

    /// The parameters read by the body, or named in a text of the header such as `deploy/${params.namespace}`.
    private static func usedNames(_ context: CheckContext) -> Set<String> {
        var names: Set<String> = []
        for id in context.chunk.expressionIDs {
            if case .field(of: "params", let name) = context.reference(id) { names.insert(name) }
            guard let text = context.chunk.string(id), text.contains("params.") else { continue }
            for part in text.split(separator: "params.", omittingEmptySubsequences: false).dropFirst() {
                names.insert(String(part.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
            }
        }
        return names
    }

    /// Whether code that is not seen may read the parameters.
    private static func isPassedOn(_ context: CheckContext) -> Bool {
        let chunk = context.chunk
        return chunk.expressionIDs.contains { id in
            if let name = context.calledName(id), name == "require" || name == "require_all" { return true }
            guard case .value("params") = context.reference(id) else { return false }
            guard let parent = chunk[id].parent else { return true }
            guard case .index(let object, _, _) = chunk[parent].kind, object == id else { return true }
            if case .field(of: "params", _) = context.reference(parent) { return false }
            return true
        }
    }
}
