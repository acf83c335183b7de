/// `minikube`: the local cluster.
enum MinikubeModule {
    static let module = LuaModule(
        "minikube", summary: "The local cluster, its images, addons and addresses",
        details:
            "`tunnel`, `mount` and `dashboard` never end by themselves and have no function: run them in a terminal of their own.",
        [
            MinikubeStatus.status, MinikubeLife.start, MinikubeLife.stop, MinikubeLife.pause, MinikubeLife.unpause,
            MinikubeLife.delete, MinikubeLife.updateContext, MinikubeNetwork.dockerEnvironment, MinikubeImages.load,
            MinikubeImages.build, MinikubeImages.list, MinikubeImages.remove, MinikubeNetwork.addons,
            MinikubeNetwork.addonEnable, MinikubeNetwork.addonDisable, MinikubeNetwork.serviceURL,
            MinikubeNetwork.serviceURLs, MinikubeStatus.ip,
            MinikubeStatus.profiles, MinikubeLife.profile, MinikubeStatus.nodes, MinikubeLife.ssh, MinikubeStatus.logs,
            MinikubeStatus.version,
        ] + MinikubeNodes.functions + MinikubeRegistry.functions + MinikubeConfig.functions)
}
