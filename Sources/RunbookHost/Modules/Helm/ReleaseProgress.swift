import RunbookLua

/// How far the workloads of a release are, which helm does not tell while it waits for them.
enum ReleaseProgress {
    /// What looks at the workloads of a release while a command of helm runs; nil for one that does not wait for them.
    ///
    /// helm marks each of its objects with the release's name.
    static func probe(_ release: String, _ kubectl: Kubectl, during argv: [String]) -> ProgressProbe? {
        guard argv.contains(where: waiting.contains) else { return nil }
        let verb = [
            "get", "deployments,statefulsets,daemonsets", "--selector", "app.kubernetes.io/managed-by=Helm",
            "--output", "json", "--request-timeout", "5s",
        ]
        return ProgressProbe(Kubectl.command(kubectl.argv(verb, extra: []), timeout: .seconds(10))) {
            text(of: $0, release)
        }
    }

    private static let waiting: Set<String> = ["--wait", "--atomic", "--rollback-on-failure"]

    /// The workloads that are not ready yet, as `deployment/backend 1 of 2 ready`; nil when all are.
    static func text(of output: [UInt8], _ release: String) -> String? {
        guard let list = JSONReading.value(output) else { return nil }
        let waiting = (list["items"].listValue ?? []).compactMap { workload -> String? in
            guard workload.at("metadata", "annotations", "meta.helm.sh/release-name")?.stringValue == release,
                let kind = workload["kind"].stringValue?.lowercased(),
                let name = workload.at("metadata", "name")?.stringValue
            else { return nil }
            let (ready, wanted) = count(workload, kind)
            return ready < wanted ? "\(kind)/\(name) \(ready) of \(wanted) ready" : nil
        }
        return waiting.isEmpty ? nil : waiting.joined(separator: ", ")
    }

    // A pod of an earlier revision is none of those that are waited for; a status of an earlier generation tells nothing.
    private static func count(_ workload: LuaValue, _ kind: String) -> (ready: Int64, wanted: Int64) {
        func status(_ name: String) -> Int64 { workload.at("status", name)?.integerValue ?? 0 }
        let isDaemonSet = kind == "daemonset"
        let wanted =
            isDaemonSet ? status("desiredNumberScheduled") : workload.at("spec", "replicas")?.integerValue ?? 1
        guard status("observedGeneration") >= workload.at("metadata", "generation")?.integerValue ?? 0 else {
            return (0, max(1, wanted))
        }
        let ready =
            isDaemonSet
            ? min(status("updatedNumberScheduled"), status("numberAvailable"))
            : min(status("updatedReplicas"), status(kind == "statefulset" ? "readyReplicas" : "availableReplicas"))
        return (ready, wanted)
    }
}
