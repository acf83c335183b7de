/// The way back to a revision of a release, as an undo takes it.
enum ReleaseReturn {
    /// How long an undo waits until a revision that served serves again.
    private static let patience = Duration.seconds(120)

    /// The inverse of a write that leaves another revision.
    ///
    /// Only a state that was ready is waited for: one that crashed before does so again, and the wait would only hold up
    /// the rest of the undo.
    static func inverse(_ release: String, to revision: HelmRevision, _ helm: Helm, in world: any World) async
        -> Inverse
    {
        let wasReady = await isReady(release, helm, in: world)
        var verb = ["rollback", release, String(revision.number)]
        if wasReady { verb += ["--wait", "--timeout", Helm.seconds(patience)] }
        return Inverse(
            "helm rollback \(release) \(revision.number)"
                + (wasReady ? "" : ", which is not waited for: it was not ready before"),
            commands: [InverseCommand(helm.argv(verb, extra: []), timeout: patience.seconds + 30)],
            guards: [HelmRelease.guardian(release, helm)])
    }

    /// True when every workload of the release is as it was asked for, and where that cannot be read.
    private static func isReady(_ release: String, _ helm: Helm, in world: any World) async -> Bool {
        let argv = helm.kubectl.argv(
            [
                "get", "deployments,statefulsets,daemonsets", "--output",
                "jsonpath={range .items[*]}{.metadata.annotations.meta\\.helm\\.sh/release-name}|{.metadata.generation}|"
                    + "{.status.observedGeneration}|{.spec.replicas}{.status.desiredNumberScheduled}|"
                    + "{.status.readyReplicas}{.status.numberReady}|"
                    + "{.status.updatedReplicas}{.status.updatedNumberScheduled}{\"\\n\"}{end}",
            ], extra: [])
        guard let result = try? await world.read(Kubectl.command(argv, timeout: .seconds(30))), result.succeeded else {
            return true
        }
        return result.text.split(separator: "\n").allSatisfy { line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count == 6, fields[0] == release else { return true }
            let numbers = fields.dropFirst().map { Int($0) ?? 0 }
            return numbers[1] >= numbers[0] && numbers[3] >= numbers[2] && numbers[4] >= numbers[2]
        }
    }
}
