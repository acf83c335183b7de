/// Keeps the pods of StatefulSets, one after the other.
enum StatefulSetController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let set = cluster.store.object(key), !set.isTerminating else { return }
        let revision = Revisions.current(for: set, cluster)
        let wanted = set.json["spec"]["replicas"].int ?? 1
        var pods: [Int: ObjectVersion] = [:]
        for dependent in cluster.store.dependents(of: set.uid) where dependent.type == cluster.types.pods {
            guard let pod = cluster.store.object(dependent), let number = ordinal(dependent.name, set) else { continue }
            pods[number] = pod
        }
        act(set, pods, wanted: wanted, revision: revision, cluster)
        updateStatus(key, revision: revision, cluster)
    }

    private static func ordinal(_ name: String, _ set: ObjectVersion) -> Int? {
        name.hasPrefix("\(set.key.name)-") ? Int(name.dropFirst(set.key.name.count + 1)) : nil
    }

    private static func act(
        _ set: ObjectVersion, _ pods: [Int: ObjectVersion], wanted: Int, revision: String, _ cluster: isolated Cluster
    ) {
        let isOrdered = set.json["spec"]["podManagementPolicy"].string != "Parallel"
        for number in 0..<max(0, wanted) {
            if let pod = pods[number] {
                if Pods.isFinished(pod) { delete(pod, set, cluster) }
                if isOrdered, !Pods.isReady(pod) || pod.isTerminating { return }
                continue
            }
            create(number, set, revision: revision, cluster)
            if isOrdered { return }
        }
        let surplus = pods.keys.filter { $0 >= wanted }.sorted(by: >)
        for number in surplus {
            guard let pod = pods[number] else { continue }
            if !pod.isTerminating { delete(pod, set, cluster) }
            if isOrdered { return }
        }
        guard surplus.isEmpty, set.json["spec"]["updateStrategy"]["type"].string == "RollingUpdate" else { return }
        let partition = set.json["spec"]["updateStrategy"]["rollingUpdate"]["partition"].int ?? 0
        for number in stride(from: wanted - 1, through: partition, by: -1) {
            guard let pod = pods[number] else { continue }
            if pod.isTerminating { return }
            if pod.labels["controller-revision-hash"].string != revision {
                delete(pod, set, cluster)
                return
            }
            if !Pods.isReady(pod) { return }
        }
    }

    private static func delete(_ pod: ObjectVersion, _ set: ObjectVersion, _ cluster: isolated Cluster) {
        if pod.isTerminating { return }
        cluster.delete(pod.key)
        cluster.record(
            set, "SuccessfulDelete", "delete Pod \(pod.key.name) in StatefulSet \(set.key.name) successful",
            source: .statefulSets)
    }

    /// The revision that a pod is made of, and its template: below the partition of a rolling update, the one before.
    private static func template(_ number: Int, _ set: ObjectVersion, _ newest: String, _ cluster: isolated Cluster)
        -> (revision: String, template: JSON)
    {
        let spec = set.json["spec"]
        let current = set.json["status"]["currentRevision"].string ?? newest
        let partition = spec["updateStrategy"]["rollingUpdate"]["partition"].int ?? 0
        guard spec["updateStrategy"]["type"].string == "RollingUpdate", number < partition, current != newest,
            var template = cluster.object(cluster.types.revisions, set.key.namespace, current)?
                .json["data"]["spec"]["template"]
        else { return (newest, spec["template"]) }
        template.remove("$patch")
        return (current, template)
    }

    private static func create(_ number: Int, _ set: ObjectVersion, revision: String, _ cluster: isolated Cluster) {
        let name = "\(set.key.name)-\(number)"
        let (revision, source) = template(number, set, revision, cluster)
        for template in set.json["spec"]["volumeClaimTemplates"].array { claim(template, pod: name, set, cluster) }
        do {
            _ = try Pods.create(from: source, owner: set, name: name, cluster) { pod in
                pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = .string(name)
                pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] = .string(String(number))
                pod["metadata"]["labels"]["controller-revision-hash"] = .string(revision)
                pod["spec"]["hostname"] = .string(name)
                if let service = set.json["spec"]["serviceName"].string, !service.isEmpty {
                    pod["spec"]["subdomain"] = .string(service)
                }
                for template in set.json["spec"]["volumeClaimTemplates"].array {
                    let volume = template["metadata"]["name"].text
                    pod["spec"]["volumes"].append([
                        "name": .string(volume), "persistentVolumeClaim": ["claimName": .string("\(volume)-\(name)")],
                    ])
                }
            }
            cluster.retries.succeeded(set.key)
            cluster.record(
                set, "SuccessfulCreate", "create Pod \(name) in StatefulSet \(set.key.name) successful",
                source: .statefulSets)
        } catch let error as APIError {
            cluster.record(
                set, "FailedCreate", "create Pod \(name) in StatefulSet \(set.key.name) failed error: \(error.message)",
                source: .statefulSets, isWarning: true)
            cluster.retry(set.key)
        } catch {}
    }

    private static func claim(_ template: JSON, pod: String, _ set: ObjectVersion, _ cluster: isolated Cluster) {
        let name = "\(template["metadata"]["name"].text)-\(pod)"
        let key = ObjectKey(type: cluster.types.claims, namespace: set.key.namespace, name: name)
        guard cluster.store.object(key) == nil else { return }
        var object = template
        object["metadata"]["name"] = .string(name)
        object["metadata"]["labels"] = set.json["spec"]["selector"]["matchLabels"]
        object.remove("status")
        Metadata.prepareForCreate(&object, type: key.type, namespace: key.namespace, time: Timestamp.now)
        let scope = WriteScope(.internalWrite)
        guard (try? cluster.admit(&object, key: key, old: nil, scope: scope)) != nil else { return }
        cluster.initializeStatus(&object, type: key.type)
        cluster.commit(object, key: key)
        cluster.record(
            set, "SuccessfulCreate",
            "create Claim \(name) Pod \(pod) in StatefulSet \(set.key.name) success", source: .statefulSets)
    }

    private static func updateStatus(_ key: ObjectKey, revision: String, _ cluster: isolated Cluster) {
        guard let set = cluster.store.object(key) else { return }
        let pods = cluster.store.dependents(of: set.uid).filter { $0.type == cluster.types.pods }
            .compactMap { cluster.store.object($0) }.filter { !$0.isTerminating }
        let ready = pods.filter(Pods.isReady)
        let updated = pods.filter { $0.labels["controller-revision-hash"].string == revision }
        let wanted = set.json["spec"]["replicas"].int ?? 1
        let old = set.json["status"]["currentRevision"].string ?? revision
        let isDone = updated.count == wanted && ready.count == wanted && pods.count == wanted
        let current = isDone ? revision : old
        var status: JSON = [
            "observedGeneration": set.json["metadata"]["generation"], "replicas": .int(pods.count),
            "availableReplicas": .int(ready.count), "currentRevision": .string(current),
            "updateRevision": .string(revision),
            "collisionCount": 0,
        ]
        func put(_ name: String, _ value: Int) { if value != 0 { status[name] = .int(value) } }
        put("readyReplicas", ready.count)
        put("updatedReplicas", updated.count)
        put("currentReplicas", pods.filter { $0.labels["controller-revision-hash"].string == current }.count)
        cluster.modify(key) { $0["status"] = status }
    }
}

/// The revisions of templates that StatefulSets and DaemonSets keep.
enum Revisions {
    /// The hash of an owner's template, for which a ControllerRevision is kept.
    static func current(for owner: ObjectVersion, _ cluster: isolated Cluster) -> String {
        let template = owner.json["spec"]["template"]
        let hash = "\(owner.key.name)-\(Names.safe(Names.hash(JSONWriter.bytes(template))))"
        let known = cluster.store.dependents(of: owner.uid).filter { $0.type == cluster.types.revisions }
            .compactMap { cluster.store.object($0) }
        let newest = known.map { $0.json["revision"].int ?? 0 }.max() ?? 0
        let key = ObjectKey(type: cluster.types.revisions, namespace: owner.key.namespace, name: hash)
        if let existing = cluster.store.object(key) {
            if existing.json["revision"].int != newest { cluster.modify(key) { $0["revision"] = .int(newest + 1) } }
            return label(hash, owner)
        }
        var labels = template["metadata"]["labels"]
        labels["controller.kubernetes.io/hash"] = .string(String(hash.dropFirst(owner.key.name.count + 1)))
        var revision: JSON = [
            "metadata": [
                "name": .string(hash), "labels": labels, "ownerReferences": [DeploymentController.owner(owner)],
            ],
            "revision": .int(newest + 1),
        ]
        var data = template
        data["$patch"] = "replace"
        revision["data"] = ["spec": ["template": data]]
        Metadata.prepareForCreate(&revision, type: key.type, namespace: key.namespace, time: Timestamp.now)
        cluster.commit(revision, key: key)
        return label(hash, owner)
    }

    /// StatefulSets label pods with the revision's whole name, DaemonSets with its hash.
    private static func label(_ name: String, _ owner: ObjectVersion) -> String {
        owner.key.type.plural == "statefulsets" ? name : String(name.dropFirst(owner.key.name.count + 1))
    }
}
