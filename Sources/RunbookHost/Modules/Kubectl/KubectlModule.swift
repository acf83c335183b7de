import RunbookLua
import RunbookSpec

/// `kubectl`: the objects of the run's cluster.
enum KubectlModule {
    static let module = LuaModule(
        "kubectl", summary: "Look at and change the objects of the cluster",
        details: """
            Every call goes to the context that is fixed when the run starts, and names its namespace. The user's own kubectl
            preferences (kuberc) are switched off. A write shows its difference in a preview and knows how to be taken back.
            """,
        KubectlGet.functions + KubectlLogs.functions + KubectlApply.functions + KubectlNamespace.functions
            + KubectlSecret.functions + KubectlDelete.functions + KubectlScale.functions + KubectlRollout.functions
            + RolloutHistory.functions + KubectlSet.functions + KubectlPatch.functions + KubectlWait.functions
            + KubectlExec.functions + KubectlPods.functions + KubectlPortForward.functions + KubectlNodes.functions
            + KubectlTop.functions + KubectlAccess.functions + KubectlSetParts.functions + KubectlIdentity.functions
            + KubectlRaw.functions)
}
