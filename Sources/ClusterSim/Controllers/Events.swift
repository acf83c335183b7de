/// Who reports an event.
struct EventSource: Sendable {
    let component: String
    let host: String?

    static let kubelet = EventSource(component: "kubelet", host: NodeCapacity.nodeName)
    static let deployments = EventSource(component: "deployment-controller", host: nil)
    static let replicaSets = EventSource(component: "replicaset-controller", host: nil)
    static let statefulSets = EventSource(component: "statefulset-controller", host: nil)
    static let daemonSets = EventSource(component: "daemonset-controller", host: nil)
    static let jobs = EventSource(component: "job-controller", host: nil)
    static let cronJobs = EventSource(component: "cronjob-controller", host: nil)
    static let autoscaler = EventSource(component: "horizontal-pod-autoscaler", host: nil)
    static let volumes = EventSource(component: "persistentvolume-controller", host: nil)
}

/// Which events there are, so that repetitions and floods of similar ones become one event, as clients of a real server
/// make them.
struct EventIndex: Sendable {
    /// How many different messages an object gets of one reason before they are combined.
    private static let limit = 10

    var keys: [String: ObjectKey] = [:]
    private var messages: [String: Set<String>] = [:]

    /// What an event is known by, and its message.
    ///
    /// - Parameter group: what similar events have in common: the object, who reports, the reason.
    mutating func identity(group: String, place: String, message: String) -> (String, String) {
        let own = "\(place)/\(message)"
        if messages[group, default: []].count < Self.limit { messages[group, default: []].insert(own) }
        let isFlood = messages[group, default: []].count >= Self.limit
        return isFlood ? (group, "(combined from similar events): \(message)") : ("\(group)/\(own)", message)
    }
}

extension Cluster {
    /// Records that something happened to an object; a repetition counts up the event that is there.
    func record(
        _ object: ObjectVersion, _ reason: String, _ message: String, source: EventSource, isWarning: Bool = false,
        container: String? = nil
    ) {
        let now = Timestamp.now
        let place = container ?? ""
        let (identity, message) = eventIndex.identity(
            group: "\(object.uid)/\(source.component)/\(isWarning)/\(reason)", place: place, message: message)
        if let known = eventIndex.keys[identity], store.object(known) != nil {
            modify(known) { event in
                event["message"] = .string(message)
                event["count"] = .int((event["count"].int ?? 1) + 1)
                event["lastTimestamp"] = .string(Timestamp.seconds(now))
            }
            return
        }
        var involved = reference(object)
        if let container { involved["fieldPath"] = .string(container) }
        var event = skeleton(object, now: now)
        event["involvedObject"] = involved
        event["reason"] = .string(reason)
        event["message"] = .string(message)
        event["type"] = isWarning ? "Warning" : "Normal"
        event["count"] = 1
        event["firstTimestamp"] = .string(Timestamp.seconds(now))
        event["lastTimestamp"] = .string(Timestamp.seconds(now))
        event.put("eventTime", .null)
        event["source"] = ["component": .string(source.component)]
        if let host = source.host { event["source"]["host"] = .string(host) }
        event["reportingComponent"] = .string(source.component)
        event["reportingInstance"] = .string(source.host ?? "")
        let key = ObjectKey(
            type: types.events, namespace: event["metadata"]["namespace"].string ?? "",
            name: event["metadata"]["name"].string ?? "")
        eventIndex.keys[identity] = key
        commit(event, key: key)
    }

    /// Records an event of the scheduler, which has the form of the newer events API.
    @discardableResult
    func recordScheduling(_ pod: ObjectVersion, _ reason: String, action: String, _ message: String, isWarning: Bool)
        -> ObjectKey
    {
        let now = Timestamp.now
        var event = skeleton(pod, now: now)
        event["involvedObject"] = reference(pod)
        event["reason"] = .string(reason)
        event["message"] = .string(message)
        event["type"] = isWarning ? "Warning" : "Normal"
        event["action"] = .string(action)
        event["eventTime"] = .string(Timestamp.microseconds(now))
        event.put("firstTimestamp", .null)
        event.put("lastTimestamp", .null)
        event["source"] = [:]
        event["reportingComponent"] = "default-scheduler"
        event["reportingInstance"] = "default-scheduler-\(NodeCapacity.nodeName)"
        let key = ObjectKey(type: types.events, namespace: pod.key.namespace, name: event["metadata"]["name"].text)
        commit(event, key: key)
        return key
    }

    private func reference(_ object: ObjectVersion) -> JSON {
        var reference: JSON = [
            "kind": .string(object.key.type.kind), "apiVersion": .string(object.key.type.apiVersion),
            "name": .string(object.key.name), "uid": .string(object.uid),
            "resourceVersion": .string(String(object.resourceVersion)),
        ]
        if object.key.type.isNamespaced { reference["namespace"] = .string(object.key.namespace) }
        return reference
    }

    private func skeleton(_ object: ObjectVersion, now: Double) -> JSON {
        let namespace = object.key.namespace.isEmpty ? "default" : object.key.namespace
        let stamp = String(UInt64(now * 1_000_000_000) &+ UInt64.random(in: 0..<1_000_000), radix: 16)
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": .string("\(object.key.name).\(stamp)"), "namespace": .string(namespace),
                "uid": .string(Names.uid()),
                "creationTimestamp": .string(Timestamp.seconds(now)),
            ],
        ]
    }
}
