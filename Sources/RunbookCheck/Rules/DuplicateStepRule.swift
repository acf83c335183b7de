import LuaSyntax

enum DuplicateStepRule: Rule {
    static let description = RuleDescription(
        id: "duplicate-step", severity: .warning, summary: "Every step of a run has a name of its own",
        rationale: """
            Reports, logs and `--resume` name steps. Two of one name that run in the same run cannot be told apart.
            """,
        bad: """
            runbook { name = "build" }
            step("Build", function() log("backend") end)
            step("Build", function() log("frontend") end)
            """,
        good: """
            runbook { name = "build" }
            step("Build the backend", function() log("backend") end)
            step("Build the frontend", function() log("frontend") end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        var seen: [String: [ExpressionID]] = [:]
        return context.calls.filter { $0.name == "step" }.compactMap { call in
            guard let argument = call.arguments.first, let name = chunk.string(argument) else { return nil }
            defer { seen[name, default: []].append(call.id) }
            let earlier = seen[name]?.first { other in
                encloses(chunk[other].block, chunk[call.id].block, chunk)
                    || encloses(chunk[call.id].block, chunk[other].block, chunk)
            }
            guard let earlier else { return nil }
            let line = chunk.source.line(at: chunk[earlier].range.lowerBound)
            return Violation(
                range: chunk[argument].range, message: "line \(line) has a step of the same name",
                fix: "say in the name what is different")
        }
    }

    /// Whether one block is the other or holds it: only then do both steps run, and not one or the other.
    private static func encloses(_ outer: BlockID, _ inner: BlockID, _ chunk: Chunk) -> Bool {
        var block: BlockID? = inner
        while let current = block {
            if current == outer { return true }
            block = chunk[current].parent
        }
        return false
    }
}
