/// Which claims the fault `pvc-pending` holds: those that it names, and those of the workloads that it names.
enum ClaimFault {
    /// What is known of a claim.
    enum Judgement {
        case held
        case free
        /// No workload asks for the claim yet, and one that the fault befalls may come.
        case undecided
    }

    /// How long a claim waits for a workload to ask for it, in seconds of the clock: clients make claims first.
    static let patience = 2.0

    static func judgement(of claim: ObjectVersion, _ cluster: isolated Cluster) -> Judgement {
        let claims = PodFaults.faults(of: claim, cluster)
        if claims.contains(where: { $0.kind == .claimPending }) { return .held }
        let users = users(of: claim, cluster)
        if users.contains(where: { user in
            PodFaults.faults(of: user, cluster).contains { $0.kind == .claimPending }
        }) {
            return .held
        }
        let isAwaited = cluster.settings.faults.contains {
            $0.kind == .claimPending && !$0.target.hasPrefix("persistentvolumeclaim/")
        }
        let age = Timestamp.now - (claim.json["metadata"]["creationTimestamp"].string.flatMap(Timestamp.parse) ?? 0)
        return users.isEmpty && isAwaited && age < patience ? .undecided : .free
    }

    /// Whether the spec of a pod or a template mounts a claim.
    static func names(_ claim: String, in spec: JSON) -> Bool {
        spec["volumes"].array.contains { $0["persistentVolumeClaim"]["claimName"].string == claim }
    }

    /// The pods and workloads that ask for a claim.
    private static func users(of claim: ObjectVersion, _ cluster: isolated Cluster) -> [ObjectVersion] {
        let name = claim.key.name
        let types = cluster.types
        let kinds = [types.pods, types.deployments, types.statefulSets, types.daemonSets, types.jobs, types.cronJobs]
        return kinds.flatMap { cluster.store.objects($0, namespace: claim.key.namespace) }.filter { user in
            let spec = user.json["spec"]
            let template = user.key.type == types.cronJobs ? spec["jobTemplate"]["spec"]["template"] : spec["template"]
            return names(name, in: user.key.type == types.pods ? spec : template["spec"])
                || spec["volumeClaimTemplates"].array.contains {
                    isMade(name, of: $0["metadata"]["name"].text, user.key.name)
                }
        }
    }

    /// Whether a claim is one of a StatefulSet: `TEMPLATE-SET-ORDINAL`.
    private static func isMade(_ claim: String, of template: String, _ set: String) -> Bool {
        let prefix = "\(template)-\(set)-"
        return claim.hasPrefix(prefix) && Int(claim.dropFirst(prefix.count)) != nil
    }
}
