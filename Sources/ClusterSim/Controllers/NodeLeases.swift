/// The signs of life of nodes: a Lease each in `kube-node-lease`, and the heartbeats of their conditions.
enum NodeLeases {
    static let namespace = "kube-node-lease"
    /// How often a kubelet renews its Lease, and how often it writes its status when nothing changes: in seconds of the
    /// clock, not of the simulated cluster, because readers compare them with the clock.
    private static let period = 10.0
    private static let statusPeriod = 300.0

    /// Gives each node a Lease, and begins to renew those of nodes that live.
    static func seed(_ cluster: isolated Cluster) {
        for node in cluster.store.sorted(cluster.types.nodes) {
            let key = key(node.key.name, cluster)
            guard cluster.store.object(key) == nil else { continue }
            let beat = node.json["status"]["conditions"].element(where: "type", is: "Ready")?["lastHeartbeatTime"]
                .string
            let time = cluster.frozen.contains(node.key) ? beat.flatMap(Timestamp.parse) ?? 0 : Timestamp.now
            var lease: JSON = [
                "metadata": [
                    "name": .string(node.key.name),
                    "ownerReferences": [
                        [
                            "apiVersion": "v1", "kind": "Node", "name": .string(node.key.name),
                            "uid": .string(node.uid),
                        ]
                    ],
                ],
                "spec": [
                    "holderIdentity": .string(node.key.name), "leaseDurationSeconds": 40,
                    "renewTime": .string(Timestamp.microseconds(time)),
                ],
            ]
            Metadata.prepareForCreate(&lease, type: key.type, namespace: namespace, time: time)
            cluster.commit(lease, key: key)
        }
        schedule(cluster)
    }

    /// Renews what living nodes renew; a recorded node says nothing new.
    static func renew(_ cluster: isolated Cluster) {
        let now = Timestamp.now
        for node in cluster.store.objects(cluster.types.nodes) where !cluster.frozen.contains(node.key) {
            cluster.modify(key(node.key.name, cluster)) {
                $0["spec"]["renewTime"] = .string(Timestamp.microseconds(now))
            }
            let beats = node.json["status"]["conditions"].array.compactMap {
                $0["lastHeartbeatTime"].string.flatMap(Timestamp.parse)
            }
            guard let last = beats.max(), now - last >= statusPeriod else { continue }
            cluster.modify(node.key) { object in
                for index in object["status"]["conditions"].array.indices {
                    object["status"]["conditions"][index]["lastHeartbeatTime"] = .string(Timestamp.seconds(now))
                }
            }
        }
        schedule(cluster)
    }

    private static func schedule(_ cluster: isolated Cluster) {
        cluster.schedule(.heartbeat, after: period * cluster.settings.speed)
    }

    private static func key(_ node: String, _ cluster: isolated Cluster) -> ObjectKey {
        ObjectKey(type: cluster.types.leases, namespace: namespace, name: node)
    }
}
