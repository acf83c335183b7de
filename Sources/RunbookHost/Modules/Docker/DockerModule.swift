/// `docker`: images, containers and compose projects.
enum DockerModule {
    static let module = LuaModule(
        "docker", summary: "Images, containers and compose projects, by docker's own program",
        details: """
            Every function takes `env`: with `env = minikube.docker_env()` it works in minikube's engine, and what undoes it later
            reaches the same one. Names that begin with `-` are refused, since docker would take them as options.
            """,
        [
            DockerBuild.build, DockerCheck.check, DockerTransfer.tag, DockerTransfer.push, DockerTransfer.pull,
            DockerTransfer.save, DockerTransfer.load, DockerTransfer.rmi, DockerImages.images, DockerImages.inspect,
            DockerImages.exists, DockerImages.size, DockerImages.history, DockerRun.run, DockerRun.exec,
            DockerContainers.ps, DockerContainers.logs, DockerUpkeep.copy, DockerUpkeep.port,
            DockerUpkeep.volumes, DockerUpkeep.volumeCreate, DockerUpkeep.volumeRemove, DockerUpkeep.networks,
            DockerUpkeep.networkCreate, DockerUpkeep.networkRemove, DockerUpkeep.prune, DockerLogin.login,
            DockerLogin.logout, DockerCompose.up, DockerCompose.down, DockerCompose.build, DockerCompose.ps,
            DockerCompose.logs, DockerCompose.config, DockerStatus.version, DockerStatus.info,
        ] + DockerLife.functions + DockerCreate.functions + DockerObservation.functions + ComposeServices.functions)
}
