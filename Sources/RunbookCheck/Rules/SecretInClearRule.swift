import LuaSyntax

enum SecretInClearRule: Rule {
    static let description = RuleDescription(
        id: "secret-in-clear", severity: .error, summary: "No password, token or key stands in the text",
        rationale: """
            What is in a file is in its history, on every machine that has it and in every backup. Read it from `secrets` instead.
            """,
        bad: """
            local url = "postgres://todo:hunter2@db:5432/todo"
            print(url)
            """,
        good: """
            runbook { name = "migrate", secrets = { "DATABASE_URL" } }
            log(secrets.DATABASE_URL)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        let names = Self.names(chunk)
        return chunk.expressionIDs.compactMap { id in
            guard let text = chunk.string(id) else { return nil }
            let what =
                CredentialShapes.kind(of: text) ?? names[id].flatMap { CredentialShapes.kind(of: text, named: $0) }
            guard let what else { return nil }
            return Violation(
                range: chunk[id].range, message: "\(what) stands in the text",
                fix: "declare it in the header's `secrets` and use `secrets.NAME`; change it, since it is known now")
        }
    }

    /// The name that each string is given to.
    private static func names(_ chunk: Chunk) -> [ExpressionID: String] {
        var names: [ExpressionID: String] = [:]
        for expression in chunk.expressions {
            guard case .table(let fields) = expression.kind else { continue }
            for field in fields { if let key = field.key { names[field.value] = chunk.string(key) } }
        }
        for variable in chunk.variables { if let value = variable.initialValue { names[value] = variable.name } }
        for statement in chunk.statements {
            guard case .assignment(let targets, let values) = statement.kind else { continue }
            for (target, value) in zip(targets, values) {
                switch chunk[target].kind {
                case .index(_, let key, _): names[value] = chunk.string(key)
                case .local(let variable): names[value] = chunk[variable].name
                case .global(let name): names[value] = name
                default: break
                }
            }
        }
        return names
    }
}
