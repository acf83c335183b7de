import RunbookLua
import RunbookSpec

/// `helm`: charts and their releases.
enum HelmModule {
    static let module = LuaModule(
        "helm", summary: "Install, upgrade and take back charts",
        details: """
            helm 3 and 4 behind one API. Every call that asks the cluster goes to the context that is fixed when the run
            starts, and names its namespace; plugins are switched off. Values go to helm on standard input.
            """,
        HelmChart.functions + HelmUpgrade.functions + HelmRollback.functions + HelmRead.functions + HelmGet.functions
            + HelmTest.functions + HelmRecover.functions + HelmRepositories.functions + HelmPackages.functions
            + HelmOffline.functions)
}
