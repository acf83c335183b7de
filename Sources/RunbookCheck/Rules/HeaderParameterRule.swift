import LuaSyntax

enum HeaderParameterRule: Rule {
    static let description = RuleDescription(
        id: "header-param", severity: .error, summary: "Each parameter of the header agrees with itself",
        rationale: """
            A default that breaks the parameter's own rule makes every run without that parameter fail.
            """,
        bad: """
            runbook { name = "scale", params = { replicas = { type = "integer", default = 9, max = 5 } } }
            log("to " .. params.replicas)
            """,
        good: """
            runbook { name = "scale", params = { replicas = { type = "integer", default = 3, max = 5 } } }
            log("to " .. params.replicas)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        guard let parameters = context.header?.parameters(context.chunk) else { return [] }
        // What the spec of `runbook` says of parameters is said by the rules about options already.
        let reported = Set(context.argumentProblems.map(\.violation.range))
        return parameters.flatMap { name, table -> [Violation] in
            guard case .table = context.chunk[table].kind else {
                return [
                    Violation(
                        range: context.chunk[table].range, message: "parameter `\(name)` is not a table",
                        fix: "write `\(name) = { type = \"string\", default = … }`")
                ]
            }
            return HeaderParameter(name: name, table: table, shapes: context.shapes).violations()
        }.filter { !reported.contains($0.range) }
    }
}
