/// Finding the faults that concern a pod.
enum PodFaults {
    /// The faults of a pod: those asked for by flag for it or one of its owners, and those that annotations ask for.
    static func faults(of object: ObjectVersion, _ cluster: isolated Cluster) -> [Fault] {
        var result: [Fault] = []
        var current: ObjectVersion? = object
        var depth = 0
        while let object = current, depth < 6 {
            let name = "\(object.key.type.singular)/\(object.key.name)"
            result += cluster.settings.faults.filter { fault in
                !fault.kind.isOfAPI && (fault.target == name || (fault.target == "*" && depth == 0))
            }
            for text in (object.annotatedFaults ?? "").split(separator: ",") {
                if let fault = Fault(annotation: String(text).trimmingBlanks()),
                    !result.contains(where: { $0.kind == fault.kind })
                {
                    result.append(fault)
                }
            }
            current = object.controller.flatMap { owner in
                cluster.catalog.type(apiVersion: owner["apiVersion"].string ?? "", kind: owner["kind"].string ?? "")
                    .flatMap {
                        cluster.object($0, object.key.namespace, owner["name"].string ?? "")
                    }
            }
            depth += 1
        }
        return result
    }
}

/// The quota that the fault `quota` shows: as large as what its namespace uses, so that nothing more fits.
///
/// It refuses the pods of the fault's target only.
enum FaultQuota {
    static let name = "compute"
    private static let mark = "sim.runbook.dev/shows-fault"

    static func isOne(_ quota: ObjectVersion) -> Bool { !quota.json["metadata"]["annotations"][mark].isNull }

    fileprivate static func object(pods: Int) -> JSON {
        [
            "metadata": ["name": .string(name), "annotations": [mark: "quota"]],
            "spec": ["hard": ["pods": .string(String(pods))]], "status": [:],
        ]
    }
}

extension Cluster {
    /// Lets pods that run take the faults that annotations ask for now, and lose those that none does any more.
    func reconsiderFaults(namespace: String) {
        for (uid, runtime) in kubelet.pods where runtime.key.namespace == namespace {
            guard let pod = store.object(runtime.key), pod.uid == uid else { continue }
            let faults = PodFaults.faults(of: pod, self)
            if faults == runtime.faults { continue }
            kubelet.pods[uid]?.faults = faults
            for fault in faults where !runtime.faults.contains(fault) { Kubelet.strike(fault, pod, self) }
        }
    }

    /// The size of a namespace's spent quota, which is made when there is none.
    func spentQuota(_ namespace: String) -> Int {
        let key = ObjectKey(type: types.quotas, namespace: namespace, name: FaultQuota.name)
        if let quota = store.object(key) { return Int(quota.json["spec"]["hard"]["pods"].text) ?? 0 }
        let used = store.objects(types.pods, namespace: namespace).filter { !Pods.isFinished($0) }.count
        var object = FaultQuota.object(pods: used)
        Metadata.prepareForCreate(&object, type: types.quotas, namespace: namespace, time: Timestamp.now)
        commit(object, key: key)
        return used
    }
}
