import LuaSyntax
import RunbookSpec

enum UnknownAPIRule: Rule {
    static let description = RuleDescription(
        id: "unknown-api", severity: .error, summary: "Every function of a module exists",
        rationale: """
            Calling a function that a module does not have fails at that line, after the steps before it have changed things.
            """,
        bad: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrad { release = "todo", chart = "chart" }
            end)
            """,
        good: """
            runbook { name = "deploy", lock = "deploy" }
            step("Deploy", function()
              helm.upgrade { release = "todo", chart = "chart" }
            end)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.chunk.expressionIDs.compactMap { violation(at: $0, in: context) }
    }

    private static func violation(at id: ExpressionID, in context: CheckContext) -> Violation? {
        let chunk = context.chunk
        switch chunk[id].kind {
        case .index(let object, let key, _):
            guard case .missing(let module, let name) = context.reference(id) else { return nil }
            let names: [String]
            switch context.reference(object) {
            case .module:
                names =
                    context.catalogue.modules[module]?.functions.map(\.name)
                    ?? (StandardLibrary.libraries[module] ?? []).sorted()
            case .function(_, _, let function): names = function.variants
            default: return nil
            }
            let fix =
                FamiliarNames.replacement(for: "\(module).\(name)") ?? Spelling.hint(for: name, in: names)
                ?? others(names, of: module, isOwn: context.catalogue.modules[module] != nil)
            return Violation(range: chunk[key].range, message: "`\(module)` has no function `\(name)`", fix: fix)
        case .method(let object, let key, _):
            guard case .module(let module) = context.reference(object), let name = chunk.string(key) else { return nil }
            return Violation(
                range: chunk[key].range, message: "`\(module):\(name)` passes the module itself as an argument",
                fix: "write `\(module).\(name)`")
        default: return nil
        }
    }

    /// What there is instead: all of it where that is little.
    private static func others(_ names: [String], of module: String, isOwn: Bool) -> String {
        names.count <= 12 || !isOwn
            ? "it has " + names.map { "`\($0)`" }.joined(separator: ", ")
            : "`runbook show --api \(module)` lists what it has"
    }
}
