/// The metrics API, which is there only when the simulator is told to have metrics.
enum Metrics {
    static let version = "metrics.k8s.io/v1beta1"
    private static let verbs: JSON = ["get", "list"]

    static func addingToGroups(_ body: [UInt8]) throws -> [UInt8] {
        var list = try JSONParser.parse(body)
        let entry: JSON = ["groupVersion": .string(version), "version": "v1beta1"]
        list["groups"].append(["name": "metrics.k8s.io", "versions": [entry], "preferredVersion": entry])
        return JSONWriter.bytes(list)
    }

    static func addingToAggregated(_ body: [UInt8]) throws -> [UInt8] {
        var list = try JSONParser.parse(body)
        func resource(_ name: String, _ kind: String, _ scope: String) -> JSON {
            [
                "resource": .string(name),
                "responseKind": ["group": "metrics.k8s.io", "version": "v1beta1", "kind": .string(kind)],
                "scope": .string(scope), "singularResource": "", "verbs": verbs,
            ]
        }
        list["items"].append([
            "metadata": ["name": "metrics.k8s.io"],
            "versions": [
                [
                    "version": "v1beta1", "freshness": "Current",
                    "resources": [
                        resource("nodes", "NodeMetrics", "Cluster"), resource("pods", "PodMetrics", "Namespaced"),
                    ],
                ]
            ],
        ])
        return JSONWriter.bytes(list)
    }

    /// A discovery document of the metrics API.
    static func document(_ path: String) -> JSON? {
        switch path {
        case "apis/metrics.k8s.io":
            let entry: JSON = ["groupVersion": .string(version), "version": "v1beta1"]
            return [
                "kind": "APIGroup", "apiVersion": "v1", "name": "metrics.k8s.io", "versions": [entry],
                "preferredVersion": entry,
            ]
        case "apis/metrics.k8s.io/v1beta1":
            return [
                "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(version),
                "resources": [
                    ["name": "nodes", "singularName": "", "namespaced": false, "kind": "NodeMetrics", "verbs": verbs],
                    ["name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": verbs],
                ],
            ]
        default: return nil
        }
    }
}

extension Cluster {
    /// Answers a request for metrics; nil when the path names none.
    func metrics(_ request: APIRequest) throws -> JSON? {
        guard settings.metricsAreServed(), request.path.starts(with: ["apis", "metrics.k8s.io", "v1beta1"]) else {
            return nil
        }
        let rest = Array(request.path.dropFirst(3))
        func list(_ kind: String, _ items: [JSON]) -> JSON {
            ["kind": .string(kind), "apiVersion": .string(Metrics.version), "metadata": [:], "items": .array(items)]
        }
        if rest.first == "nodes" {
            let nodes = store.sorted(types.nodes).map(nodeMetrics)
            if rest.count == 1 { return list("NodeMetricsList", nodes) }
            guard let node = nodes.first(where: { $0["metadata"]["name"].string == rest[1] }) else {
                throw APIError.notFound(types.nodes, rest[1])
            }
            return node
        }
        let namespace = rest.count > 2 && rest[0] == "namespaces" ? rest[1] : nil
        let pods = store.sorted(types.pods, namespace: namespace).filter {
            $0.json["status"]["phase"].string == "Running"
        }
        let filter = try filter(request, type: types.pods, namespace: namespace)
        if rest.count == 4 {
            guard let pod = pods.first(where: { $0.key.name == rest[3] }) else {
                throw APIError.notFound(types.pods, rest[3])
            }
            return podMetrics(pod)
        }
        return list("PodMetricsList", pods.filter(filter.matches).map(podMetrics))
    }

    /// The CPU that a container uses, in thousandths: half of what it requests.
    func usage(of container: JSON) -> (cpu: Int, memory: Int) {
        let cpu = Quantity(container["resources"]["requests"]["cpu"].text)?.milli ?? 4
        let memory = Quantity(container["resources"]["requests"]["memory"].text)?.units ?? 16 << 20
        return (max(1, cpu / 2), memory / 2)
    }

    private func podMetrics(_ pod: ObjectVersion) -> JSON {
        let now = Timestamp.seconds(Timestamp.now)
        let containers = pod.json["spec"]["containers"].array.map { container -> JSON in
            let used = usage(of: container)
            return [
                "name": container["name"],
                "usage": ["cpu": .string("\(used.cpu)m"), "memory": .string("\(used.memory / 1024)Ki")],
            ]
        }
        var metadata: JSON = [
            "name": .string(pod.key.name), "namespace": .string(pod.key.namespace), "creationTimestamp": .string(now),
        ]
        if !pod.labels.isNull { metadata["labels"] = pod.labels }
        return [
            "kind": "PodMetrics", "apiVersion": .string(Metrics.version), "metadata": metadata,
            "timestamp": .string(now),
            "window": "15s", "containers": .array(containers),
        ]
    }

    private func nodeMetrics(_ node: ObjectVersion) -> JSON {
        let now = Timestamp.seconds(Timestamp.now)
        let pods = store.objects(types.pods).filter { $0.json["spec"]["nodeName"].string == node.key.name }
        let used = pods.flatMap { $0.json["spec"]["containers"].array }.map(usage)
        let cpu = used.reduce(120) { $0 + $1.cpu }
        let memory = used.reduce(600 << 20) { $0 + $1.memory }
        return [
            "kind": "NodeMetrics", "apiVersion": .string(Metrics.version),
            "metadata": ["name": .string(node.key.name), "creationTimestamp": .string(now)], "timestamp": .string(now),
            "window": "15s",
            "usage": ["cpu": .string("\(cpu)m"), "memory": .string("\(memory / 1024)Ki")],
        ]
    }
}
