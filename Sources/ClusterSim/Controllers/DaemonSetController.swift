/// Keeps one pod of a DaemonSet on each node.
enum DaemonSetController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let set = cluster.store.object(key), !set.isTerminating else { return }
        let revision = Revisions.current(for: set, cluster)
        let pods = pods(of: set, cluster)
        let nodes = cluster.store.sorted(cluster.types.nodes).filter { node in
            set.json["spec"]["template"]["spec"]["nodeSelector"].members.entries.allSatisfy {
                node.labels[$0.key] == $0.value
            }
        }
        for node in nodes where !pods.contains(where: { self.node($0) == node.key.name && !Pods.isFinished($0) }) {
            create(on: node.key.name, set, revision: revision, cluster)
        }
        let names = Set(nodes.map(\.key.name))
        for pod in pods where !pod.isTerminating && (!names.contains(node(pod)) || Pods.isFinished(pod)) {
            cluster.delete(pod.key)
        }
        let isRolling = set.json["spec"]["updateStrategy"]["type"].string != "OnDelete"
        let old = pods.first { !$0.isTerminating && $0.labels["controller-revision-hash"].string != revision }
        if isRolling, let old, !pods.contains(where: \.isTerminating) {
            cluster.delete(old.key)
            cluster.record(set, "SuccessfulDelete", "Deleted pod: \(old.key.name)", source: .daemonSets)
        }
        updateStatus(key, desired: nodes.count, revision: revision, cluster)
    }

    private static func pods(of set: ObjectVersion, _ cluster: isolated Cluster) -> [ObjectVersion] {
        cluster.store.dependents(of: set.uid).filter { $0.type == cluster.types.pods }.compactMap {
            cluster.store.object($0)
        }
    }

    /// The node that a pod is for: the one that it has, or the one that its affinity names.
    private static func node(_ pod: ObjectVersion) -> String {
        if let name = pod.json["spec"]["nodeName"].string { return name }
        let terms = pod.json["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
            "nodeSelectorTerms"]
        return terms[0]["matchFields"][0]["values"][0].text
    }

    private static func create(on node: String, _ set: ObjectVersion, revision: String, _ cluster: isolated Cluster) {
        do {
            let pod = try Pods.create(from: set.json["spec"]["template"], owner: set, cluster) { pod in
                pod["metadata"]["labels"]["controller-revision-hash"] = .string(revision)
                pod["metadata"]["labels"]["pod-template-generation"] = .string("1")
                pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = [
                    "nodeSelectorTerms": [
                        ["matchFields": [["key": "metadata.name", "operator": "In", "values": [.string(node)]]]]
                    ]
                ]
                for name in ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"] {
                    pod["spec"]["tolerations"].append([
                        "key": .string("node.kubernetes.io/\(name)"), "operator": "Exists", "effect": "NoSchedule",
                    ])
                }
            }
            cluster.retries.succeeded(set.key)
            cluster.record(set, "SuccessfulCreate", "Created pod: \(pod.key.name)", source: .daemonSets)
        } catch let error as APIError {
            cluster.record(
                set, "FailedCreate", "Error creating: \(error.message)", source: .daemonSets, isWarning: true)
            cluster.retry(set.key)
        } catch {}
    }

    private static func updateStatus(_ key: ObjectKey, desired: Int, revision: String, _ cluster: isolated Cluster) {
        guard let set = cluster.store.object(key) else { return }
        let pods = pods(of: set, cluster).filter { !$0.isTerminating }
        let ready = pods.filter(Pods.isReady).count
        var status: JSON = [
            "observedGeneration": set.json["metadata"]["generation"], "currentNumberScheduled": .int(pods.count),
            "desiredNumberScheduled": .int(desired), "numberMisscheduled": 0, "numberReady": .int(ready),
        ]
        func put(_ name: String, _ value: Int) { if value != 0 { status[name] = .int(value) } }
        put("numberAvailable", ready)
        put("numberUnavailable", desired - ready)
        put("updatedNumberScheduled", pods.filter { $0.labels["controller-revision-hash"].string == revision }.count)
        cluster.modify(key) { $0["status"] = status }
    }
}
