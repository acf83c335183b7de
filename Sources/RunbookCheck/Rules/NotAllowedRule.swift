import LuaSyntax
import RunbookSpec

enum NotAllowedRule: Rule {
    static let description = RuleDescription(
        id: "not-allowed", severity: .error, summary: "What a runbook calls is allowed by its header",
        rationale: """
            A header with `allow` allows what it names and nothing else. The call is refused at run time, after the steps before it have
            changed things.
            """,
        bad: """
            runbook { name = "show", allow = { kubectl = "read" } }
            for _, image in ipairs(docker.images()) do log(image.Repository) end
            """,
        good: """
            runbook { name = "show", allow = { kubectl = "read", docker = "read" } }
            for _, image in ipairs(docker.images()) do log(image.Repository) end
            """)

    /// The modules that `allow` speaks of.
    private static let guarded: Set<String> = ["docker", "minikube", "helm", "kubectl", "exec", "fs", "http", "ai"]

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let allow = context.header?.field("allow"), case .table(let fields) = chunk[allow].kind,
            fields.allSatisfy({ $0.key.map { chunk.string($0) != nil } ?? false })
        else { return [] }
        let levels = Header.named(allow, chunk)
        return context.calls.compactMap { call in
            guard let module = call.module, guarded.contains(module) else { return nil }
            // A request without a method is a GET.
            let isRead = call.function.effect == .read || !context.isWrite(call) || call.name == "http.request"
            switch levels[module].map({ chunk.string($0) }) {
            case .some("write"), .some(nil): return nil
            case .some("read") where isRead: return nil
            default:
                let level = isRead ? "read" : "write"
                return Violation(
                    range: chunk[call.id].range,
                    message: "the header's `allow` does not cover `\(call.name)`",
                    fix: "add `\(module) = \"\(level)\"` to it")
            }
        }
    }
}
