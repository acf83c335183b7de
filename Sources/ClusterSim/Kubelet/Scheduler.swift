/// The size of the simulated node.
struct NodeCapacity: Sendable {
    static let nodeName = "minikube"
    static let nodeAddress = "192.168.49.2"

    var cpu = "8"
    var memory = "16Gi"
    var pods = 10_000
}

/// Gives pods a node.
enum Scheduler {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let pod = cluster.store.object(key), !pod.isTerminating, !Pods.isFinished(pod) else {
            cluster.kubelet.unscheduled.remove(key)
            return
        }
        if !pod.json["spec"]["nodeName"].isNull {
            cluster.kubelet.unscheduled.remove(key)
            Kubelet.accept(pod, cluster)
            return
        }
        guard (pod.json["spec"]["schedulerName"].string ?? "default-scheduler") == "default-scheduler" else { return }
        if !pod.json["spec"]["schedulingGates"].isEmpty {
            cluster.modify(key) { object in
                PodStatus.set(
                    &object["status"]["conditions"], "PodScheduled", false, reason: "SchedulingGated",
                    message: "Scheduling is blocked due to non-empty scheduling gates",
                    generation: object["metadata"]["generation"], now: Timestamp.now)
            }
            return
        }
        if let reason = refusal(pod, cluster) {
            refuse(pod, reason, cluster)
        } else if let node = cluster.store.sorted(cluster.types.nodes).first(where: {
            objection($0, pod, cluster) == nil
        }) {
            bind(pod, to: node.key.name, cluster)
        }
    }

    private static func bind(_ pod: ObjectVersion, to node: String, _ cluster: isolated Cluster) {
        cluster.kubelet.unscheduled.remove(pod.key)
        cluster.kubelet.reserve(pod)
        let now = Timestamp.now
        // Choosing a node is no change of what is wanted.
        let bound = cluster.modify(pod.key, isWish: false) { object in
            object["spec"]["nodeName"] = .string(node)
            PodStatus.set(
                &object["status"]["conditions"], "PodScheduled", true, generation: object["metadata"]["generation"],
                now: now)
        }
        guard let bound else { return }
        cluster.recordScheduling(
            bound, "Scheduled", action: "Binding",
            "Successfully assigned \(pod.key.namespace)/\(pod.key.name) to \(node)", isWarning: false)
    }

    private static func refuse(_ pod: ObjectVersion, _ message: String, _ cluster: isolated Cluster) {
        cluster.kubelet.unscheduled.insert(pod.key)
        cluster.modify(pod.key) { object in
            PodStatus.set(
                &object["status"]["conditions"], "PodScheduled", false, reason: "Unschedulable", message: message,
                generation: object["metadata"]["generation"], now: Timestamp.now)
        }
        report(pod, message, cluster)
    }

    /// Reports a refusal: the first attempts as events of their own, later ones as a series of the last.
    private static func report(_ pod: ObjectVersion, _ message: String, _ cluster: isolated Cluster) {
        let now = Timestamp.now
        var attempts = cluster.kubelet.attempts[pod.uid] ?? SchedulingAttempts()
        let isNews = attempts.message != message
        // The condition that was just written brings the pod here again at once; that is no attempt.
        if !isNews, now < attempts.next { return }
        if isNews { attempts = SchedulingAttempts(message: message) }
        attempts.count += 1
        let wait = attempts.count < 3 ? 2.0 : 300
        attempts.next = now + wait / cluster.settings.speed
        if attempts.count > 2, let event = attempts.event {
            cluster.modify(event) { object in
                object["series"] = [
                    "count": .int((object["series"]["count"].int ?? 1) + 1),
                    "lastObservedTime": .string(Timestamp.microseconds(now)),
                ]
            }
        } else {
            attempts.event = cluster.recordScheduling(
                pod, "FailedScheduling", action: "Scheduling", message, isWarning: true)
        }
        cluster.kubelet.attempts[pod.uid] = attempts
        cluster.schedule(.reconcile(pod.key), after: wait + 0.01)
    }

    /// Why no node takes a pod, in the scheduler's words; nil when one does.
    private static func refusal(_ pod: ObjectVersion, _ cluster: isolated Cluster) -> String? {
        if let message = ClaimController.obstacle(for: pod, cluster) { return message }
        let nodes = cluster.store.sorted(cluster.types.nodes)
        var reasons: [String: Int] = [:]
        for node in nodes {
            guard let reason = objection(node, pod, cluster) else { return nil }
            for part in reason { reasons[part, default: 0] += 1 }
        }
        let list = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
        let preemption = "\(nodes.count) Preemption is not helpful for scheduling."
        return
            "0/\(nodes.count) nodes are available: \(list). no new claims to deallocate, preemption: 0/\(nodes.count) nodes are available: \(preemption)"
    }

    private static func objection(_ node: ObjectVersion, _ pod: ObjectVersion, _ cluster: isolated Cluster) -> [String]?
    {
        let spec = pod.json["spec"]
        if node.json["spec"]["unschedulable"].bool == true,
            !tolerates(spec, ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"])
        {
            return ["node(s) were unschedulable"]
        }
        for taint in node.json["spec"]["taints"].array where taint["effect"].string != "PreferNoSchedule" {
            if taint["key"].string == "node.kubernetes.io/unschedulable" || tolerates(spec, taint) { continue }
            return ["node(s) had untolerated taint(s)"]
        }
        for entry in spec["nodeSelector"].members.entries where node.labels[entry.key] != entry.value {
            return ["node(s) didn't match Pod's node affinity/selector"]
        }
        let required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
            "nodeSelectorTerms"
        ].array
        if !required.isEmpty,
            !required.contains(where: {
                LabelSelector(["matchExpressions": $0["matchExpressions"]]).matches(node.labels)
            })
        {
            return ["node(s) didn't match Pod's node affinity/selector"]
        }
        if let reason = Neighbours(node, pod, cluster).objection { return [reason] }
        let allocatable = node.json["status"]["allocatable"]
        var lacking: [String] = []
        if cluster.kubelet.podCount(on: node.key.name) >= allocatable["pods"].text.number {
            lacking.append("Too many pods")
        }
        let wanted = PodResources.total(spec, field: "requests")
        for (name, amount) in wanted.sorted(by: { $0.key < $1.key }) {
            let room = (Quantity(allocatable[name].text) ?? .zero) - cluster.kubelet.reserved(name, on: node.key.name)
            if amount > room { lacking.append("Insufficient \(name)") }
        }
        return lacking.isEmpty ? nil : lacking
    }

    static func tolerates(_ spec: JSON, _ taint: JSON) -> Bool { !tolerations(spec, of: taint).isEmpty }

    /// The tolerations of a pod that let it be on a node with a taint.
    static func tolerations(_ spec: JSON, of taint: JSON) -> [JSON] {
        spec["tolerations"].array.filter { toleration in
            if !toleration["effect"].isEmpty, toleration["effect"] != taint["effect"] { return false }
            if toleration["key"].isEmpty { return toleration["operator"].string == "Exists" }
            guard toleration["key"] == taint["key"] else { return false }
            return toleration["operator"].string == "Exists" || toleration["value"].text == taint["value"].text
        }
    }
}

extension String {
    fileprivate var number: Int { Int(self) ?? 0 }
}
