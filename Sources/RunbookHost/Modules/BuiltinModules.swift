import RunbookSpec

/// The modules that every runbook has: the one list of them.
public enum BuiltinModules {
    /// All modules, in the order of the reference.
    public static let all: [LuaModule] = [
        CoreModule.module, ExecModule.module, JSONModule.module, KubectlModule.module, HelmModule.module,
    ]

    /// The descriptions of all modules.
    public static var specs: [ModuleSpec] { all.map(\.spec) }
}
