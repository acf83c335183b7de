import LuaSyntax

enum MissingLockRule: Rule {
    static let description = RuleDescription(
        id: "missing-lock", severity: .warning, summary: "A runbook that changes a cluster has a lock",
        rationale: """
            Two runs at once would deploy over each other, and each would undo what the other did.
            """,
        bad: """
            runbook { name = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """,
        good: """
            runbook { name = "deploy", lock = "deploy/todo" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let header = context.header, header.table != nil, header.field("lock") == nil,
            let write = context.calls.first(where: { call in
                context.isWrite(call) && call.module.map(Catalogue.clusterModules.contains) ?? false
            })
        else { return [] }
        let line = chunk.source.line(at: chunk[write.id].range.lowerBound)
        return [
            Violation(
                range: chunk[header.call].range,
                message: "`\(write.name)` in line \(line) changes a cluster, and the header has no lock",
                fix: "add `lock = \"deploy/…\"`")
        ]
    }
}
