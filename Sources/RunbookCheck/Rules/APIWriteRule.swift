import LuaSyntax

enum APIWriteRule: Rule {
    static let description = RuleDescription(
        id: "api-write", severity: .error, summary: "No script changes the API, its parameters or its secrets",
        rationale: """
            The modules, `params` and `secrets` belong to the host and are the same for every library of the run.
            """,
        bad: """
            runbook { name = "scale", params = { replicas = { type = "integer" } } }
            params.replicas = params.replicas or 2
            log("to " .. params.replicas)
            """,
        good: """
            runbook { name = "scale", params = { replicas = { type = "integer", default = 2 } } }
            log("to " .. params.replicas)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.statements.flatMap { statement -> [Violation] in
            switch statement.kind {
            case .assignment(let targets, _): targets.compactMap { violation($0, context) }
            case .function(let target, _): [violation(target, context)].compactMap(\.self)
            default: []
            }
        }
    }

    private static func violation(_ target: ExpressionID, _ context: CheckContext) -> Violation? {
        let chunk = context.chunk
        let owner: String
        switch chunk[target].kind {
        case .global(let name) where context.catalogue.isKnownGlobal(name): owner = name
        case .index(let object, _, _):
            switch context.reference(object) {
            case .module(let name), .value(let name): owner = name
            default: return nil
            }
        default: return nil
        }
        return Violation(
            range: chunk[target].range, message: "`\(owner)` belongs to the host and cannot be changed",
            fix: "keep the value in a local")
    }
}
