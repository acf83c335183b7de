import LuaSyntax
import RunbookSpec

enum UnknownFieldRule: Rule {
    static let description = RuleDescription(
        id: "unknown-field", severity: .error, summary: "Every field that is read of a result exists",
        rationale: """
            A field that a result does not have is nil, and the line that fails is a later one, or none.
            """,
        bad: """
            local result = exec.run({ "uname" }, { read = true })
            if result.exit == 0 then log("found") end
            """,
        good: """
            local result = exec.run({ "uname" }, { read = true })
            if result.status == 0 then log("found") end
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        // What the file itself puts into some table may be put into a result.
        let own = Set(
            context.targets.compactMap { target -> String? in
                guard case .index(_, let key, _) = chunk[target].kind else { return nil }
                return chunk.string(key)
            })
        return chunk.expressionIDs.compactMap { id in
            guard case .index(let object, let key, _) = chunk[id].kind, let name = chunk.string(key),
                !own.contains(name), let result = context.shapes.results[object.index]
            else { return nil }
            let giver = result.call.map { "`\($0)`" } ?? "this"
            switch result.type {
            case .record(let fields) where !fields.isEmpty && !fields.contains(where: { $0.name == name }):
                let names = fields.map(\.name)
                return Violation(
                    range: chunk[key].range, message: "what \(giver) gives has no field `\(name)`",
                    fix: Spelling.hint(for: name, in: names)
                        ?? "it has " + names.map { "`\($0)`" }.joined(separator: ", "))
            case .list:
                return Violation(
                    range: chunk[key].range, message: "\(giver) gives a list, which has no field `\(name)`",
                    fix: "go through it with `ipairs`, or take one with `[1]`")
            case .boolean, .integer, .bounded, .number, .none:
                let what = BasicType(result.type) == BasicType.none ? "nothing" : "a \(result.type.displayName)"
                return Violation(
                    range: chunk[key].range, message: "\(giver) gives \(what), which has no field `\(name)`")
            default: return nil
            }
        }
    }
}
