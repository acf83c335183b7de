import RunbookSpec

/// The modules that every runbook has: the one list of them.
public enum BuiltinModules {
    /// All modules, in the order of the reference.
    public static let all: [LuaModule] = [
        CoreModule.module,
        DockerModule.module,
        MinikubeModule.module,
        HelmModule.module,
        KubectlModule.module,
        AIModule.module,
        ExecModule.module,
        FilesModule.module,
        HTTPModule.module,
        JSONModule.module,
        YAMLModule.module,
        TextModule.module,
        TimeModule.module,
        EnvironmentModule.module,
        SecretModule.module,
        Base64Module.module,
        HashModule.module,
    ]

    /// What modules know of a failed command, whoever ran it; the first that knows it gives the error.
    static let explanations: [@Sendable (Command, ProcessResult) -> RunbookError?] = [DockerPlugins.missing]

    /// The descriptions of all modules.
    public static var specs: [ModuleSpec] { all.map(\.spec) }
}
