import LuaSyntax

enum ShadowedAPIRule: Rule {
    static let description = RuleDescription(
        id: "shadowed-api", severity: .warning, summary: "No local of a runbook hides a tool or a word of the API",
        rationale: """
            Below `local kubectl = …` every `kubectl.get` means the local, also where the next person adds one.
            """,
        bad: """
            runbook { name = "show" }
            local kubectl = exec.run({ "kubectl", "version" }, { read = true })
            log(kubectl.stdout)
            """,
        good: """
            runbook { name = "show" }
            local version = exec.run({ "kubectl", "version" }, { read = true })
            log(version.stdout)
            """)

    /// The names that nobody would take for something else.
    ///
    /// Others, such as `text` and `log`, are good names for values too, and are told where the value is used as the API.
    private static let names: Set<String> = [
        "docker", "minikube", "helm", "kubectl", "exec", "step", "parallel", "confirm", "fail", "params", "secrets",
    ]

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        // A library may be handed what it works with.
        guard context.header != nil else { return [] }
        return chunk.variables.compactMap { variable in
            guard variable.kind == .local || variable.kind == .function,
                context.catalogue.isKnownGlobal(variable.name), !isItself(variable, context),
                names.contains(variable.name) || isTakenForTheAPI(variable, context)
            else { return nil }
            return Violation(
                range: variable.range, message: "the local `\(variable.name)` hides the API's `\(variable.name)`",
                fix: "give it another name")
        }
    }

    /// Whether a text, number or result is called, or asked for a function of the API's.
    private static func isTakenForTheAPI(_ variable: Variable, _ context: CheckContext) -> Bool {
        let chunk = context.chunk
        guard let value = variable.initialValue, let type = BasicType(context.shapes.shape(value)), type != .function,
            type != .table || context.shapes.results[value.index] != nil
        else { return false }
        return variable.reads.contains { read in
            guard let parent = chunk[read].parent else { return false }
            switch chunk[parent].kind {
            case .call(let callee, _): return callee == read
            case .index(let object, let key, _):
                guard object == read, let name = chunk.string(key) else { return false }
                return context.catalogue.function(name, of: variable.name) != nil
                    || context.catalogue.globals[variable.name]?.variants.contains(name) ?? false
            default: return false
            }
        }
    }

    /// Whether a local only keeps what it is named for, or what a module of the project's own gives in its place.
    private static func isItself(_ variable: Variable, _ context: CheckContext) -> Bool {
        guard let value = variable.initialValue else { return false }
        switch context.reference(value) {
        case .module(variable.name), .value(variable.name): return true
        case .function(variable.name, _, _): return true
        default: return context.calledName(value) == "require"
        }
    }
}
