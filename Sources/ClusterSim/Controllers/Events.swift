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
    static let taints = EventSource(component: "taint-eviction-controller", host: nil)
    static let volumes = EventSource(component: "persistentvolume-controller", host: nil)
}

/// Which events there are, so that repetitions and floods of similar ones become one event, as clients of a real server
/// make them.
struct EventIndex: Sendable {
    /// How many different messages an object gets of one reason before they are combined.
    private static let limit = 10

    /// For how long the messages of one reason count as a flood, in seconds of the simulated cluster.
    static let window = 600.0

    private struct Group {
        var messages: Set<String> = []
        var last = 0.0
    }

    var keys: [String: ObjectKey] = [:]
    private var groups: [String: Group] = [:]

    /// What an event is known by, and its message.
    ///
    /// - Parameters:
    ///   - group: what similar events have in common: the object, who reports, the reason.
    ///   - now: the time of the simulated cluster.
    mutating func identity(group: String, place: String, message: String, now: Double) -> (String, String) {
        let own = "\(place)/\(message)"
        var known = groups[group] ?? Group()
        if now - known.last > Self.window { known = Group() }
        known.last = now
        if known.messages.count < Self.limit { known.messages.insert(own) }
        groups[group] = known
        let isFlood = known.messages.count >= Self.limit
        return isFlood ? (group, "(combined from similar events): \(message)") : ("\(group)/\(own)", message)
    }

    /// Forgets events that are gone, and floods that are over.
    mutating func forget(now: Double, where isGone: (ObjectKey) -> Bool) {
        keys = keys.filter { !isGone($0.value) }
        groups = groups.filter { now - $0.value.last <= Self.window }
    }
}

extension Cluster {
    /// How long an event is kept after it was last written, in seconds of the simulated cluster: a real server's hour.
    private static let eventsAreKept = 3600.0

    /// Removes the events that are too old; those of a recording stay as they are.
    func expireEvents() {
        let oldest = Timestamp.now - Self.eventsAreKept / settings.speed
        for event in store.objects(types.events) where event.time < oldest && !frozen.contains(event.key) {
            erase(event.key)
        }
        eventIndex.forget(now: simulatedTime) { store.object($0) == nil }
        // Often enough to be exact to a minute, and at most once in a second of the clock.
        schedule(.expireEvents, after: max(60, settings.speed))
    }

    /// Records that something happened to an object; a repetition counts up the event that is there.
    func record(
        _ object: ObjectVersion, _ reason: String, _ message: String, source: EventSource, isWarning: Bool = false,
        container: String? = nil
    ) {
        let now = Timestamp.now
        let place = container ?? ""
        let (identity, message) = eventIndex.identity(
            group: "\(object.uid)/\(source.component)/\(isWarning)/\(reason)", place: place, message: message,
            now: simulatedTime)
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
