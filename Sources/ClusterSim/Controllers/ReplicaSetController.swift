/// Keeps as many pods as a ReplicaSet asks for.
enum ReplicaSetController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let set = cluster.store.object(key) else { return }
        Ownership.claim(set, cluster.types.pods, cluster)
        let pods = cluster.store.dependents(of: set.uid).filter { $0.type == cluster.types.pods }
            .compactMap { cluster.store.object($0) }
        let active = pods.filter { !$0.isTerminating && !Pods.isFinished($0) }
        let wanted = set.json["spec"]["replicas"].int ?? 1
        var failure: APIError?
        if !set.isTerminating {
            if active.count < wanted {
                for _ in active.count..<wanted {
                    do {
                        let pod = try Pods.create(from: set.json["spec"]["template"], owner: set, cluster)
                        cluster.record(set, "SuccessfulCreate", "Created pod: \(pod.key.name)", source: .replicaSets)
                    } catch {
                        failure = error as? APIError
                        break
                    }
                }
            } else if active.count > wanted {
                for pod in active.sorted(by: Pods.isDeletedFirst).prefix(active.count - wanted) {
                    cluster.delete(pod.key)
                    cluster.record(set, "SuccessfulDelete", "Deleted pod: \(pod.key.name)", source: .replicaSets)
                }
            }
        }
        if let failure {
            cluster.record(
                set, "FailedCreate", "Error creating: \(failure.message)", source: .replicaSets, isWarning: true)
            cluster.retry(key)
        } else {
            cluster.retries.succeeded(key)
        }
        updateStatus(set, failure: failure, cluster)
    }

    private static func updateStatus(_ set: ObjectVersion, failure: APIError?, _ cluster: isolated Cluster) {
        let pods = cluster.store.dependents(of: set.uid).filter { $0.type == cluster.types.pods }
            .compactMap { cluster.store.object($0) }
        let active = pods.filter { !$0.isTerminating && !Pods.isFinished($0) }
        let templateLabels = LabelSelector(equal: set.json["spec"]["template"]["metadata"]["labels"])
        let minReady = Double(set.json["spec"]["minReadySeconds"].int ?? 0)
        let now = Timestamp.now
        var ready = 0
        var available = 0
        for pod in active {
            guard let since = Pods.readySince(pod) else { continue }
            ready += 1
            // With no time to wait, a pod that is ready is available.
            if minReady == 0 || since + minReady / cluster.settings.speed <= now {
                available += 1
            } else {
                cluster.schedule(.reconcile(set.key), after: minReady)
            }
        }
        var status: JSON = ["replicas": .int(active.count)]
        func put(_ name: String, _ value: Int) { if value != 0 { status[name] = .int(value) } }
        put("fullyLabeledReplicas", active.filter { templateLabels.matches($0.labels) }.count)
        put("readyReplicas", ready)
        put("availableReplicas", available)
        status["terminatingReplicas"] = .int(pods.filter(\.isTerminating).count)
        status["observedGeneration"] = set.json["metadata"]["generation"]
        if let failure {
            var conditions = set.json["status"]["conditions"]
            // The message names the pod that was refused, another one at each attempt: the first stays, as on a real
            // cluster. A new message would be a change that brings the ReplicaSet here again at once, for ever.
            if conditions.element(where: "type", is: "ReplicaFailure") == nil {
                Conditions.set(
                    &conditions, "ReplicaFailure", "True", reason: "FailedCreate", message: failure.message, now: now,
                    updates: false)
            }
            status["conditions"] = conditions
        }
        cluster.modify(set.key) { $0["status"] = status }
    }
}

/// What controllers know of pods.
enum Pods {
    static func isFinished(_ pod: ObjectVersion) -> Bool {
        let phase = pod.json["status"]["phase"].string
        return phase == "Succeeded" || phase == "Failed"
    }

    static func isReady(_ pod: ObjectVersion) -> Bool {
        pod.json["status"]["conditions"].element(where: "type", is: "Ready")?["status"].string == "True"
    }

    /// When a pod became ready; nil when it is not.
    static func readySince(_ pod: ObjectVersion) -> Double? {
        guard let condition = pod.json["status"]["conditions"].element(where: "type", is: "Ready"),
            condition["status"].string == "True"
        else { return nil }
        return condition["lastTransitionTime"].string.flatMap(Timestamp.parse) ?? 0
    }

    /// The order in which superfluous pods go: not scheduled, not ready, youngest.
    static func isDeletedFirst(_ left: ObjectVersion, _ right: ObjectVersion) -> Bool {
        func rank(_ pod: ObjectVersion) -> (Int, Int) {
            (pod.json["spec"]["nodeName"].isNull ? 0 : 1, isReady(pod) ? 1 : 0)
        }
        if rank(left) != rank(right) { return rank(left) < rank(right) }
        return left.resourceVersion > right.resourceVersion
    }

    /// Creates a pod of a template for an owner.
    ///
    /// - Throws: `APIError` when the namespace's policies refuse it.
    static func create(
        from template: JSON, owner: ObjectVersion, name: String? = nil, _ cluster: isolated Cluster,
        adjust: (inout JSON) -> Void = { _ in }
    ) throws -> ObjectVersion {
        let namespace = owner.key.namespace
        var pod: JSON = ["metadata": template["metadata"], "spec": template["spec"]]
        pod["metadata"].remove("creationTimestamp")
        pod["metadata"]["ownerReferences"] = [DeploymentController.owner(owner)]
        if let name {
            pod["metadata"]["name"] = .string(name)
        } else {
            pod["metadata"]["generateName"] = .string("\(owner.key.name)-")
            pod["metadata"]["name"] = .string("\(owner.key.name)-\(Names.suffix())")
        }
        adjust(&pod)
        let key = ObjectKey(type: cluster.types.pods, namespace: namespace, name: pod["metadata"]["name"].string ?? "")
        try cluster.admitNamespace(namespace, type: cluster.types.pods, name: key.name)
        if PodFaults.faults(of: owner, cluster).contains(where: { $0.kind == .quota }) {
            let used = cluster.spentQuota(namespace)
            throw APIError.forbidden(
                cluster.types.pods, key.name,
                "exceeded quota: \(FaultQuota.name), requested: pods=1, used: pods=\(used), limited: pods=\(used)")
        }
        Metadata.prepareForCreate(&pod, type: cluster.types.pods, namespace: namespace, time: Timestamp.now)
        let scope = WriteScope(.internalWrite)
        try cluster.admit(&pod, key: key, old: nil, scope: scope)
        cluster.initializeStatus(&pod, type: cluster.types.pods)
        return cluster.commit(pod, key: key)
    }
}

extension APIRequest {
    /// The request that stands for a controller's own writes.
    static let internalWrite = APIRequest(
        method: "POST", path: [], query: [:], accept: "", contentType: "", userAgent: "kube-controller-manager",
        impersonated: nil, acceptsGzip: false, body: [])
}
