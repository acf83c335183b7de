import RunbookSpec

/// The names that a script can use, and what they take.
public struct Catalogue: Sendable {
    let modules: [String: ModuleSpec]
    private let members: [String: [String: FunctionSpec]]
    let globals: [String: FunctionSpec]
    let values: Set<String>
    let tools: Set<String>

    /// The functions whose function arguments are steps.
    static let stepFunctions: Set<String> = ["step", "parallel"]
    /// The functions that do not return.
    static let endingFunctions: Set<String> = ["fail", "error"]
    /// The modules whose writes reach a shared cluster.
    static let clusterModules: Set<String> = ["helm", "kubectl"]

    /// The tools that runbooks commonly require.
    public static let commonTools: Set<String> = [
        "docker", "minikube", "helm", "kubectl", "kind", "k3d", "git", "k6", "claude", "kagent", "kubectl-ai", "sops",
        "compose", "buildx",
    ]

    /// The words of files that test runbooks.
    public static let testVocabulary: Set<String> = [
        "describe", "it", "expect", "before_each", "after_each", "before_all", "after_all", "on",
    ]

    init(modules: [ModuleSpec], globals: [ModuleSpec], values: Set<String>, tools: Set<String>) {
        // The specs say themselves which list they belong to, so that one list of all will do.
        let all = modules + globals
        self.modules = Dictionary(
            all.filter { !$0.isGlobal }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        members = self.modules.mapValues { module in
            Dictionary(module.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        self.globals = Dictionary(
            all.filter(\.isGlobal).flatMap(\.functions).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.values = values.union(["params", "secrets", "run", "runbook"])
        self.tools = tools
    }

    func function(_ name: String, of module: String) -> FunctionSpec? {
        members[module]?[name]
    }

    func isKnownGlobal(_ name: String) -> Bool {
        modules[name] != nil || globals[name] != nil || values.contains(name)
            || StandardLibrary.functions.contains(name) || StandardLibrary.libraries[name] != nil
    }

    /// Every global name, sorted.
    var globalNames: [String] {
        (Array(modules.keys) + globals.keys + values + StandardLibrary.functions + StandardLibrary.libraries.keys)
            .sorted()
    }
}
