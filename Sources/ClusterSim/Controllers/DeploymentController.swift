/// Rolls Deployments out: one ReplicaSet a template, scaled within surge and unavailability.
enum DeploymentController {
    static let revision = "deployment.kubernetes.io/revision"

    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let deployment = cluster.store.object(key) else { return }
        if deployment.isTerminating { return }
        Ownership.claim(deployment, cluster.types.replicaSets, cluster)
        let sets = replicaSets(of: deployment, cluster)
        let template = deployment.json["spec"]["template"]
        var newest = sets.first { sameTemplate($0.json["spec"]["template"], template) }
        let isPaused = deployment.json["spec"]["paused"].bool == true
        if newest == nil, !isPaused { newest = createSet(for: deployment, sets: sets, cluster) }
        let old = sets.filter { $0.key != newest?.key }
        if let newest, !isPaused { markRevision(newest, deployment, old, cluster) }
        if isPaused || isOnlyScaled(deployment, sets) {
            scaleProportionally(deployment, newest: newest, old: old, cluster)
        } else if let newest {
            roll(deployment, newest: newest, old: old, cluster)
        }
        DeploymentStatus.update(key, cluster)
        cleanUp(deployment, old, cluster)
    }

    /// The ReplicaSets that a Deployment owns, the oldest first.
    static func replicaSets(of deployment: ObjectVersion, _ cluster: isolated Cluster) -> [ObjectVersion] {
        cluster.store.dependents(of: deployment.uid).filter { $0.type == cluster.types.replicaSets }
            .compactMap { cluster.store.object($0) }
            .sorted {
                ($0.json["metadata"]["creationTimestamp"].string ?? "", $0.key.name) < (
                    $1.json["metadata"]["creationTimestamp"].string ?? "", $1.key.name
                )
            }
    }

    static func sameTemplate(_ left: JSON, _ right: JSON) -> Bool {
        func bare(_ template: JSON) -> JSON {
            var template = template
            template["metadata"]["labels"].remove("pod-template-hash")
            template["metadata"].remove("creationTimestamp")
            return template
        }
        return bare(left) == bare(right)
    }

    private static func createSet(for deployment: ObjectVersion, sets: [ObjectVersion], _ cluster: isolated Cluster)
        -> ObjectVersion?
    {
        let template = deployment.json["spec"]["template"]
        let hash = Names.safe(
            Names.hash(
                JSONWriter.bytes(template) + Array("\(deployment.json["status"]["collisionCount"].int ?? 0)".utf8)))
        let name = "\(deployment.key.name)-\(hash)"
        let key = ObjectKey(type: cluster.types.replicaSets, namespace: deployment.key.namespace, name: name)
        if cluster.store.object(key) != nil { return nil }
        var labeled = template
        labeled["metadata"]["labels"]["pod-template-hash"] = .string(hash)
        var selector = deployment.json["spec"]["selector"]
        selector["matchLabels"]["pod-template-hash"] = .string(hash)
        let wanted = deployment.json["spec"]["replicas"].int ?? 1
        let bounds = Bounds(deployment.json)
        let total = sets.reduce(0) { $0 + ($1.json["spec"]["replicas"].int ?? 0) }
        var replicas = min(wanted, max(0, wanted + bounds.surge - total))
        if deployment.json["spec"]["strategy"]["type"].string == "Recreate", total > 0 || anyPods(sets, cluster) {
            replicas = 0
        }
        var object: JSON = [
            "metadata": [
                "name": .string(name), "labels": labeled["metadata"]["labels"],
                "annotations": annotations(deployment, replicas: wanted, surge: bounds.surge),
                "ownerReferences": [owner(deployment)],
            ],
            "spec": ["replicas": .int(replicas), "selector": selector, "template": labeled],
            "status": ["replicas": 0],
        ]
        if let seconds = deployment.json["spec"]["minReadySeconds"].int {
            object["spec"]["minReadySeconds"] = .int(seconds)
        }
        let revisions = sets.compactMap { Int($0.json["metadata"]["annotations"][revision].string ?? "") }
        object["metadata"]["annotations"][revision] = .string(String((revisions.max() ?? 0) + 1))
        Metadata.prepareForCreate(&object, type: key.type, namespace: key.namespace, time: Timestamp.now)
        let created = cluster.commit(object, key: key)
        if replicas > 0 {
            cluster.record(
                deployment, "ScalingReplicaSet", "Scaled up replica set \(name) from 0 to \(replicas)",
                source: .deployments)
        }
        return created
    }

    static func owner(_ object: ObjectVersion) -> JSON {
        [
            "apiVersion": .string(object.key.type.apiVersion), "kind": .string(object.key.type.kind),
            "name": .string(object.key.name), "uid": .string(object.uid), "controller": true,
            "blockOwnerDeletion": true,
        ]
    }

    private static func annotations(_ deployment: ObjectVersion, replicas: Int, surge: Int) -> JSON {
        var result = deployment.json["metadata"]["annotations"]
        if result.isNull { result = [:] }
        result.remove("kubectl.kubernetes.io/last-applied-configuration")
        result["deployment.kubernetes.io/desired-replicas"] = .string(String(replicas))
        result["deployment.kubernetes.io/max-replicas"] = .string(String(replicas + surge))
        return result
    }

    private static func markRevision(
        _ set: ObjectVersion, _ deployment: ObjectVersion, _ old: [ObjectVersion], _ cluster: isolated Cluster
    ) {
        func number(_ object: ObjectVersion) -> Int {
            Int(object.json["metadata"]["annotations"][revision].string ?? "") ?? 0
        }
        let newest = old.map(number).max() ?? 0
        if number(set) <= newest {
            cluster.modify(set.key) { object in
                let before = object["metadata"]["annotations"][revision].string ?? ""
                object["metadata"]["annotations"][revision] = .string(String(newest + 1))
                let history = object["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"].string
                object["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] = .string(
                    history.map { "\($0),\(before)" } ?? before)
            }
        }
        let current = max(number(set), newest + (number(set) <= newest ? 1 : 0))
        cluster.modify(deployment.key) { $0["metadata"]["annotations"][revision] = .string(String(current)) }
        if let cause = deployment.json["metadata"]["annotations"]["kubernetes.io/change-cause"].string {
            cluster.modify(set.key) { $0["metadata"]["annotations"]["kubernetes.io/change-cause"] = .string(cause) }
        }
    }

    /// How many pods a rollout may have too many and too few.
    struct Bounds {
        let surge: Int
        let unavailable: Int

        init(_ deployment: JSON) {
            let wanted = deployment["spec"]["replicas"].int ?? 1
            let rolling = deployment["spec"]["strategy"]["rollingUpdate"]
            if deployment["spec"]["strategy"]["type"].string == "Recreate" {
                surge = 0
                unavailable = wanted
                return
            }
            func amount(_ value: JSON, roundingUp: Bool) -> Int {
                if let number = value.int { return number }
                guard let percent = Int(value.text.dropLast()) else { return 0 }
                return roundingUp ? (wanted * percent + 99) / 100 : wanted * percent / 100
            }
            surge = amount(rolling["maxSurge"], roundingUp: true)
            let most = amount(rolling["maxUnavailable"], roundingUp: false)
            unavailable = surge == 0 && most == 0 ? 1 : most
        }
    }

    private static func isOnlyScaled(_ deployment: ObjectVersion, _ sets: [ObjectVersion]) -> Bool {
        let wanted = String(deployment.json["spec"]["replicas"].int ?? 1)
        let active = sets.filter { ($0.json["spec"]["replicas"].int ?? 0) > 0 }
        return active.contains {
            $0.json["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"].string != wanted
        }
    }

    static func scale(_ set: ObjectVersion, to replicas: Int, _ deployment: ObjectVersion, _ cluster: isolated Cluster)
    {
        let before = set.json["spec"]["replicas"].int ?? 0
        let wanted = deployment.json["spec"]["replicas"].int ?? 1
        let bounds = Bounds(deployment.json)
        cluster.modify(set.key) { object in
            object["spec"]["replicas"] = .int(replicas)
            object["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"] = .string(String(wanted))
            object["metadata"]["annotations"]["deployment.kubernetes.io/max-replicas"] = .string(
                String(wanted + bounds.surge))
        }
        if before == replicas { return }
        let direction = replicas > before ? "up" : "down"
        cluster.record(
            deployment, "ScalingReplicaSet",
            "Scaled \(direction) replica set \(set.key.name) from \(before) to \(replicas)",
            source: .deployments)
    }

    private static func scaleProportionally(
        _ deployment: ObjectVersion, newest: ObjectVersion?, old: [ObjectVersion], _ cluster: isolated Cluster
    ) {
        let wanted = deployment.json["spec"]["replicas"].int ?? 1
        let active = ([newest].compactMap { $0 } + old).filter { ($0.json["spec"]["replicas"].int ?? 0) > 0 }
        if active.count <= 1 {
            if let only = active.first ?? newest { scale(only, to: wanted, deployment, cluster) }
            return
        }
        if let newest, isSaturated(newest, wanted) {
            for set in active where set.key != newest.key { scale(set, to: 0, deployment, cluster) }
            return
        }
        let total = active.reduce(0) { $0 + ($1.json["spec"]["replicas"].int ?? 0) }
        let target = wanted > 0 ? wanted + Bounds(deployment.json).surge : 0
        var rest = target - total
        for set in active.sorted(by: { ($0.json["spec"]["replicas"].int ?? 0) > ($1.json["spec"]["replicas"].int ?? 0) }
        ) {
            let size = set.json["spec"]["replicas"].int ?? 0
            let desired =
                Int(set.json["metadata"]["annotations"]["deployment.kubernetes.io/max-replicas"].string ?? "")
                ?? max(1, total)
            let fraction = Int((Double(size * target) / Double(max(1, desired))).rounded()) - size
            let part = rest >= 0 ? min(max(0, fraction), rest) : max(min(0, fraction), rest)
            rest -= part
            scale(set, to: max(0, size + part), deployment, cluster)
        }
        if rest != 0, let first = active.first, let current = cluster.store.object(first.key) {
            scale(current, to: max(0, (current.json["spec"]["replicas"].int ?? 0) + rest), deployment, cluster)
        }
    }

    private static func isSaturated(_ set: ObjectVersion, _ wanted: Int) -> Bool {
        (set.json["spec"]["replicas"].int ?? 0) == wanted
            && (set.json["status"]["availableReplicas"].int ?? 0) == wanted
    }

    private static func roll(
        _ deployment: ObjectVersion, newest: ObjectVersion, old: [ObjectVersion], _ cluster: isolated Cluster
    ) {
        let wanted = deployment.json["spec"]["replicas"].int ?? 1
        let newest = cluster.store.object(newest.key) ?? newest
        let active = old.filter { ($0.json["spec"]["replicas"].int ?? 0) > 0 }
        if deployment.json["spec"]["strategy"]["type"].string == "Recreate" {
            for set in active { scale(set, to: 0, deployment, cluster) }
            if active.isEmpty, !anyPods(old, cluster) { scale(newest, to: wanted, deployment, cluster) }
            return
        }
        let bounds = Bounds(deployment.json)
        func size(_ set: ObjectVersion) -> Int { set.json["spec"]["replicas"].int ?? 0 }
        let current = size(newest)
        if current > wanted {
            scale(newest, to: wanted, deployment, cluster)
            return
        }
        let total = ([newest] + old).reduce(0) { $0 + size($1) }
        if current < wanted, total < wanted + bounds.surge {
            scale(newest, to: min(wanted, current + wanted + bounds.surge - total), deployment, cluster)
            return
        }
        // Old sets shrink by what is available beyond the least number, pods that are not ready first.
        func available(_ set: ObjectVersion) -> Int { set.json["status"]["availableReplicas"].int ?? 0 }
        let least = wanted - bounds.unavailable
        let missing = max(0, current - available(newest))
        var surplus = total - least - missing
        guard surplus > 0 else { return }
        var sizes: [ObjectKey: Int] = [:]
        for set in active where surplus > 0 {
            let idle = min(size(set) - min(size(set), available(set)), surplus)
            if idle > 0 {
                sizes[set.key] = size(set) - idle
                surplus -= idle
            }
        }
        let availableTotal = ([newest] + old).reduce(0) { $0 + available($1) }
        var spare = availableTotal - least
        for set in active where spare > 0 {
            let remaining = sizes[set.key] ?? size(set)
            let part = min(remaining, spare)
            if part <= 0 { continue }
            sizes[set.key] = remaining - part
            spare -= part
        }
        for set in active { if let target = sizes[set.key] { scale(set, to: target, deployment, cluster) } }
    }

    private static func anyPods(_ sets: [ObjectVersion], _ cluster: isolated Cluster) -> Bool {
        sets.contains { set in cluster.store.dependents(of: set.uid).contains { $0.type == cluster.types.pods } }
    }

    private static func cleanUp(_ deployment: ObjectVersion, _ old: [ObjectVersion], _ cluster: isolated Cluster) {
        let limit = deployment.json["spec"]["revisionHistoryLimit"].int ?? 10
        let idle = old.filter { set in
            ["replicas"].allSatisfy { (set.json["spec"][$0].int ?? 0) == 0 && (set.json["status"][$0].int ?? 0) == 0 }
        }
        guard idle.count > limit else { return }
        for set in idle.prefix(idle.count - limit) { cluster.delete(set.key) }
    }
}
