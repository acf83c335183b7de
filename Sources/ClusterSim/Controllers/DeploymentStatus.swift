/// The status of a Deployment: counts of replicas, and whether it is available and makes progress.
enum DeploymentStatus {
    static func update(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let deployment = cluster.store.object(key) else { return }
        let sets = DeploymentController.replicaSets(of: deployment, cluster)
        let newest = sets.first {
            DeploymentController.sameTemplate($0.json["spec"]["template"], deployment.json["spec"]["template"])
        }
        func sum(_ field: String) -> Int { sets.reduce(0) { $0 + ($1.json["status"][field].int ?? 0) } }
        let now = Timestamp.now
        let wanted = deployment.json["spec"]["replicas"].int ?? 1
        let total = sum("replicas")
        let available = sum("availableReplicas")
        let updated = newest?.json["status"]["replicas"].int ?? 0
        var status: JSON = ["observedGeneration": deployment.json["metadata"]["generation"]]
        func put(_ name: String, _ value: Int) { if value != 0 { status[name] = .int(value) } }
        put("replicas", total)
        put("updatedReplicas", updated)
        put("readyReplicas", sum("readyReplicas"))
        put("availableReplicas", available)
        put("unavailableReplicas", max(0, sets.reduce(0) { $0 + ($1.json["spec"]["replicas"].int ?? 0) } - available))
        status["terminatingReplicas"] = .int(sum("terminatingReplicas"))
        if let count = deployment.json["status"]["collisionCount"].int { status["collisionCount"] = .int(count) }
        var conditions = deployment.json["status"]["conditions"]
        let bounds = DeploymentController.Bounds(deployment.json)
        let failure = sets.compactMap { $0.json["status"]["conditions"].element(where: "type", is: "ReplicaFailure") }.first
        let before = Counts(deployment.json["status"])
        let counts = Counts(status)
        progress(
            &conditions, deployment, newest: newest, isComplete: updated == wanted && total == wanted && available == wanted,
            hasMoved: counts.isAhead(of: before), now: now, cluster)
        if available >= wanted - bounds.unavailable {
            Conditions.set(&conditions, "Available", "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability.", now: now)
        } else {
            Conditions.set(&conditions, "Available", "False", reason: "MinimumReplicasUnavailable", message: "Deployment does not have minimum availability.", now: now)
        }
        if let failure {
            Conditions.set(&conditions, "ReplicaFailure", "True", reason: failure["reason"].text, message: failure["message"].text, now: now)
        } else if let index = conditions.index(where: "type", is: "ReplicaFailure"), case .array(var list) = conditions {
            list.remove(at: index)
            conditions = .array(list)
        }
        status["conditions"] = conditions
        cluster.modify(key) { $0["status"] = status }
    }

    private struct Counts {
        let updated, ready, available, total: Int

        init(_ status: JSON) {
            updated = status["updatedReplicas"].int ?? 0
            ready = status["readyReplicas"].int ?? 0
            available = status["availableReplicas"].int ?? 0
            total = status["replicas"].int ?? 0
        }

        func isAhead(of other: Counts) -> Bool {
            updated > other.updated || ready > other.ready || available > other.available
                || total - updated < other.total - other.updated
        }
    }

    private static func progress(
        _ conditions: inout JSON, _ deployment: ObjectVersion, newest: ObjectVersion?, isComplete: Bool, hasMoved: Bool,
        now: Double, _ cluster: isolated Cluster
    ) {
        let old = conditions.element(where: "type", is: "Progressing")
        if deployment.json["spec"]["paused"].bool == true {
            if old?["reason"].string != "DeploymentPaused" {
                Conditions.set(&conditions, "Progressing", "Unknown", reason: "DeploymentPaused", message: "Deployment is paused", now: now)
            }
            return
        }
        if old?["reason"].string == "DeploymentPaused" {
            Conditions.set(&conditions, "Progressing", "Unknown", reason: "DeploymentResumed", message: "Deployment is resumed", now: now)
        }
        guard let newest else { return }
        let isNewGeneration = deployment.json["status"]["observedGeneration"] != deployment.json["metadata"]["generation"]
        let wasDone = old?["reason"].string == "NewReplicaSetAvailable"
        let names = "ReplicaSet \"\(newest.key.name)\""
        if isComplete {
            Conditions.set(&conditions, "Progressing", "True", reason: "NewReplicaSetAvailable", message: "\(names) has successfully progressed.", now: now)
            return
        }
        let isOtherSet = old.map { !$0["message"].text.contains("\"\(newest.key.name)\"") } ?? true
        if wasDone, !isOtherSet, !isNewGeneration { return }
        if old == nil || isOtherSet {
            Conditions.set(&conditions, "Progressing", "True", reason: "NewReplicaSetCreated", message: "Created new replica set \"\(newest.key.name)\"", now: now)
            deadline(deployment, cluster)
            return
        }
        if hasMoved || old?["reason"].string == "NewReplicaSetCreated" || (wasDone && isNewGeneration) {
            let isNew = old?["reason"].string != "ReplicaSetUpdated"
            Conditions.set(&conditions, "Progressing", "True", reason: "ReplicaSetUpdated", message: "\(names) is progressing.", now: now)
            if !isNew, let index = conditions.index(where: "type", is: "Progressing") {
                conditions[index]["lastUpdateTime"] = .string(Timestamp.seconds(now))
            }
            deadline(deployment, cluster)
            return
        }
        let limit = Double(deployment.json["spec"]["progressDeadlineSeconds"].int ?? 600) / cluster.settings.speed
        guard let last = old?["lastUpdateTime"].string.flatMap(Timestamp.parse), old?["status"].string != "False",
            now > last + limit
        else { return }
        Conditions.set(&conditions, "Progressing", "False", reason: "ProgressDeadlineExceeded", message: "\(names) has timed out progressing.", now: now)
    }

    private static func deadline(_ deployment: ObjectVersion, _ cluster: isolated Cluster) {
        let seconds = Double(deployment.json["spec"]["progressDeadlineSeconds"].int ?? 600)
        // A second more than the deadline, because the condition's time is kept in whole seconds.
        cluster.schedule(.reconcile(deployment.key), after: seconds + 1.1 * cluster.settings.speed)
    }
}
