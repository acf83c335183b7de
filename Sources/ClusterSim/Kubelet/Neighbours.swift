/// The pods that share a node with a pod that wants to be there: ports of the host, and rules of (anti-)affinity.
struct Neighbours {
    /// Why the node does not take the pod, in the scheduler's words; nil when it does.
    let objection: String?

    init(_ node: ObjectVersion, _ pod: ObjectVersion, _ cluster: isolated Cluster) {
        objection = Self.objection(node, pod, cluster)
    }

    private static func terms(_ pod: JSON, _ kind: String) -> [JSON] {
        pod["spec"]["affinity"][kind]["requiredDuringSchedulingIgnoredDuringExecution"].array
    }

    private static func hostPorts(_ pod: JSON) -> Set<String> {
        pod["spec"]["containers"].array.reduce(into: []) { result, container in
            for port in container["ports"].array {
                guard let number = port["hostPort"].int, number != 0 else { continue }
                result.insert("\(port["protocol"].string ?? "TCP")/\(number)")
            }
        }
    }

    private static func objection(_ node: ObjectVersion, _ pod: ObjectVersion, _ cluster: isolated Cluster) -> String? {
        let ports = hostPorts(pod.json)
        let together = terms(pod.json, "podAffinity")
        let apart = terms(pod.json, "podAntiAffinity")
        // Most pods have no such wish, and a look at all others would cost much in a full cluster.
        let hasWishes = !(ports.isEmpty && together.isEmpty && apart.isEmpty)
        guard hasWishes || cluster.kubelet.keepsOthersAway else { return nil }
        let others = cluster.store.objects(cluster.types.pods).filter {
            !Pods.isFinished($0) && $0.key != pod.key && !$0.json["spec"]["nodeName"].isEmpty
        }
        let here = others.filter { $0.json["spec"]["nodeName"].string == node.key.name }
        if !ports.isEmpty, here.contains(where: { !hostPorts($0.json).isDisjoint(with: ports) }) {
            return "node(s) didn't have free ports for the requested pod ports"
        }
        func near(_ term: JSON, _ holder: ObjectVersion, _ candidates: [ObjectVersion]) -> Bool {
            let selector = LabelSelector(term["labelSelector"])
            let namespaces = term["namespaces"].array.compactMap(\.string)
            let place = node.labels[term["topologyKey"].text]
            return candidates.contains { other in
                let isNamed =
                    namespaces.isEmpty
                    ? other.key.namespace == holder.key.namespace : namespaces.contains(other.key.namespace)
                let host = other.json["spec"]["nodeName"].text
                return isNamed && !term["labelSelector"].isNull && selector.matches(other.labels)
                    && (host == node.key.name
                        || (!place.isNull
                            && cluster.object(cluster.types.nodes, "", host)?.labels[term["topologyKey"].text] == place))
            }
        }
        for term in together where !near(term, pod, others) {
            // The first of a group that wants to be together finds nobody, and may begin.
            if isFirst(term, pod, others) { continue }
            return "node(s) didn't match pod affinity rules"
        }
        if apart.contains(where: { near($0, pod, others) }) { return "node(s) didn't match pod anti-affinity rules" }
        let isUnwelcome = others.contains { other in
            terms(other.json, "podAntiAffinity").contains { term in
                let selector = LabelSelector(term["labelSelector"])
                let place = node.labels[term["topologyKey"].text]
                let host = other.json["spec"]["nodeName"].text
                return other.key.namespace == pod.key.namespace && selector.matches(pod.labels)
                    && (host == node.key.name
                        || cluster.object(cluster.types.nodes, "", host)?.labels[term["topologyKey"].text] == place)
            }
        }
        return isUnwelcome ? "node(s) didn't satisfy existing pods anti-affinity rules" : nil
    }

    private static func isFirst(_ term: JSON, _ pod: ObjectVersion, _ others: [ObjectVersion]) -> Bool {
        let selector = LabelSelector(term["labelSelector"])
        return selector.matches(pod.labels)
            && !others.contains { $0.key.namespace == pod.key.namespace && selector.matches($0.labels) }
    }
}
