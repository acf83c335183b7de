import LuaSyntax

enum MissingModuleRule: Rule {
    static let description = RuleDescription(
        id: "missing-module", severity: .error, summary: "Every module that is required is there",
        rationale: """
            `require` looks in the runbook's `lib`, the shipped `lib` and the runbook's folder. What is in none of them ends the run where it
            is asked for.
            """,
        bad: """
            local shared = require "shraed"
            print(shared.name)
            """,
        good: """
            local shared = require "shared"
            print(shared.name)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        guard let hasModule = context.hasModule else { return [] }
        return chunk.expressionIDs.compactMap { id in
            guard let function = context.calledName(id), function == "require" || function == "require_all",
                case .call(_, let arguments) = chunk[id].kind, let argument = arguments.first,
                let name = chunk.string(chunk.unwrapped(argument)), !hasModule(name, context.header != nil)
            else { return nil }
            return Violation(
                range: chunk[argument].range, message: "there is no module `\(name)`",
                fix: fix(name, hasModule, context))
        }
    }

    private static func fix(
        _ name: String, _ hasModule: (String, Bool) -> Bool, _ context: CheckContext
    ) -> String {
        var dotted = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
        if dotted.hasPrefix("./") { dotted = String(dotted.dropFirst(2)) }
        dotted = dotted.replacing("/", with: ".")
        if dotted.hasPrefix("lib.") { dotted = String(dotted.dropFirst(4)) }
        return dotted != name && hasModule(dotted, context.header != nil)
            ? "write `require \"\(dotted)\"`" : "it is looked for in `lib` and beside the runbook"
    }
}
