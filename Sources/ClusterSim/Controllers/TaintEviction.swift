/// Puts pods out of nodes whose taints with the effect `NoExecute` they do not tolerate, or no longer.
enum TaintEviction {
    /// Looks at the pods of a node whose taints have changed.
    static func begin(_ node: ObjectVersion, _ cluster: isolated Cluster) {
        guard !taints(node).isEmpty else { return }
        for pod in cluster.store.objects(cluster.types.pods) where !cluster.frozen.contains(pod.key) {
            guard pod.json["spec"]["nodeName"].string == node.key.name, !pod.isTerminating, !Pods.isFinished(pod),
                let seconds = patience(pod, node)
            else { continue }
            cluster.schedule(.evict(pod.key, uid: pod.uid, node: node.key.name), after: seconds)
        }
    }

    /// Deletes a pod that may still not stay.
    static func evict(_ key: ObjectKey, uid: String, from name: String, _ cluster: isolated Cluster) {
        guard let pod = cluster.store.object(key), pod.uid == uid, !pod.isTerminating,
            let node = cluster.object(cluster.types.nodes, "", name), patience(pod, node) != nil
        else { return }
        cluster.record(
            pod, "TaintManagerEviction", "Marking for deletion Pod \(key.namespace)/\(key.name)", source: .taints)
        cluster.modify(key) { object in
            PodStatus.set(
                &object["status"]["conditions"], "DisruptionTarget", true, reason: "DeletionByTaintManager",
                message: "Taint manager: deleting due to NoExecute taint", generation: object["metadata"]["generation"],
                now: Timestamp.now)
        }
        cluster.delete(key)
    }

    private static func taints(_ node: ObjectVersion) -> [JSON] {
        node.json["spec"]["taints"].array.filter { $0["effect"].string == "NoExecute" }
    }

    /// How long a pod may stay on a node: nil for ever, 0 not at all.
    private static func patience(_ pod: ObjectVersion, _ node: ObjectVersion) -> Double? {
        var least: Double?
        for taint in taints(node) {
            let tolerations = Scheduler.tolerations(pod.json["spec"], of: taint)
            if tolerations.isEmpty { return 0 }
            for seconds in tolerations.compactMap({ $0["tolerationSeconds"].int }) {
                least = min(least ?? .infinity, Double(max(0, seconds)))
            }
        }
        return least
    }
}
