import LuaSyntax

enum UnusedLocalRule: Rule {
    static let description = RuleDescription(
        id: "unused-local", severity: .warning, summary: "Every local name is used",
        rationale: """
            A result that nothing looks at is often a check that was meant and not made. Names that begin with `_` are left alone, and so is
            a list of names of which one is used.
            """,
        bad: """
            local pods = kubectl.get { kind = "pods" }
            log("all pods run")
            """,
        good: """
            local pods = kubectl.get { kind = "pods" }
            log(#pods .. " pods run")
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.statements.flatMap { statement -> [Violation] in
            switch statement.kind {
            case .local(let variables, let values):
                let declared = variables.map { chunk[$0] }
                guard declared.allSatisfy({ $0.reads.isEmpty && $0.attribute != .close }) else { return [] }
                return declared.filter { !$0.name.hasPrefix("_") }
                    .map { violation($0, value: values.first, context) }
            case .localFunction(let id, let function):
                let variable = chunk[id]
                let isUsed = variable.reads.contains { !isInside($0, function, chunk) }
                guard !isUsed, !variable.name.hasPrefix("_") else { return [] }
                return [
                    Violation(
                        range: variable.range, message: "local function `\(variable.name)` is never called",
                        fix: "remove it")
                ]
            default: return []
            }
        }
    }

    private static func violation(_ variable: Variable, value: ExpressionID?, _ context: CheckContext) -> Violation {
        if let value, context.calledName(value) == "require" {
            return Violation(
                range: variable.range, message: "required module `\(variable.name)` is never used",
                fix: "remove the `require`")
        }
        let what = variable.writes.isEmpty ? "is never used" : "is set but never read"
        return Violation(
            range: variable.range, message: "local `\(variable.name)` \(what)",
            fix: "remove it, or begin its name with `_`")
    }

    private static func isInside(_ id: ExpressionID, _ function: FunctionID, _ chunk: Chunk) -> Bool {
        chunk[function].range.contains(chunk[id].range.lowerBound)
    }
}
