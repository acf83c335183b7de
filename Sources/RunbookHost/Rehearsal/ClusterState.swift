import Foundation

/// What counts of a cluster's objects: what somebody has asked for, not what controllers make of it.
enum ClusterState {
    /// Kinds that controllers make, or that tell of the past.
    private static let derived: Set<String> = [
        "Event", "Lease", "ReplicaSet", "ControllerRevision", "Endpoints", "EndpointSlice", "PersistentVolume",
        "PodMetrics", "NodeMetrics",
    ]
    private static let metadata: Set<String> = ["labels", "annotations", "finalizers"]
    private static let revision = "deployment.kubernetes.io/revision"
    /// Fields of a spec that the cluster fills in by itself.
    private static let allotted: Set<String> = ["clusterIP", "clusterIPs", "volumeName", "nodeName"]

    /// The objects by title, with their fields.
    static func of(_ objects: [RehearsalObject]) -> [String: [String: String]] {
        var state: [String: [String: String]] = [:]
        var releases: [String: (version: Int, status: String)] = [:]
        var scaled: Set<String> = []
        for object in objects where !derived.contains(object.kind) {
            guard let json = try? JSONSerialization.jsonObject(with: Data(object.json)) as? [String: Any] else {
                continue
            }
            let meta = json["metadata"] as? [String: Any] ?? [:]
            if let labels = meta["labels"] as? [String: Any], labels["owner"] as? String == "helm",
                object.kind == "Secret" || object.kind == "ConfigMap"
            {
                note(labels, object.namespace, &releases)
                continue
            }
            if hasController(meta) { continue }
            if object.kind == "HorizontalPodAutoscaler", let target = target(json, object.namespace) {
                scaled.insert(target)
            }
            state[object.title] = fields(json, meta, isSecret: object.kind == "Secret")
        }
        for (title, release) in releases { state[title] = ["status": release.status] }
        // An autoscaler sets the number, within its bounds and in its own time.
        for title in scaled { state[title]?["spec.replicas"] = nil }
        return state
    }

    // The revisions of a release are its history; what counts is how the newest stands.
    private static func note(
        _ labels: [String: Any], _ namespace: String, _ releases: inout [String: (version: Int, status: String)]
    ) {
        guard let name = labels["name"] as? String, let version = (labels["version"] as? String).flatMap({ Int($0) })
        else { return }
        let title = "release/\(name) in \(namespace)"
        guard version > releases[title]?.version ?? 0 else { return }
        releases[title] = (version, labels["status"] as? String ?? "")
    }

    private static func target(_ json: [String: Any], _ namespace: String) -> String? {
        let target = (json["spec"] as? [String: Any])?["scaleTargetRef"] as? [String: Any]
        guard let kind = target?["kind"] as? String, let name = target?["name"] as? String else { return nil }
        return RehearsalObject(kind: kind, namespace: namespace, name: name, json: []).title
    }

    private static func hasController(_ meta: [String: Any]) -> Bool {
        (meta["ownerReferences"] as? [[String: Any]] ?? []).contains { $0["controller"] as? Bool == true }
    }

    private static func fields(_ json: [String: Any], _ meta: [String: Any], isSecret: Bool) -> [String: String] {
        var fields: [String: String] = [:]
        for (name, value) in json {
            switch name {
            case "apiVersion", "kind", "status": continue
            case "metadata":
                for (part, content) in meta where metadata.contains(part) {
                    flatten(content, part, hidesValues: false, &fields)
                }
            default: flatten(value, name, hidesValues: isSecret, &fields)
            }
        }
        fields["annotations.\(revision)"] = nil
        if meta["deletionTimestamp"] != nil { fields["deletion"] = "under way" }
        return fields
    }

    private static func flatten(
        _ value: Any, _ path: String, hidesValues: Bool, _ fields: inout [String: String]
    ) {
        switch value {
        case let object as [String: Any]:
            for (name, inner) in object where !(path == "spec" && allotted.contains(name)) {
                flatten(inner, "\(path).\(name)", hidesValues: hidesValues, &fields)
            }
        case let list as [Any]:
            for (index, inner) in list.enumerated() {
                let name = (inner as? [String: Any])?["name"] as? String ?? String(index)
                flatten(inner, "\(path)[\(name)]", hidesValues: hidesValues, &fields)
            }
        default:
            let text = "\(value)"
            // What a Secret holds is compared, and never shown.
            fields[path] =
                hidesValues ? "#" + Fingerprint.of(Array(text.utf8)).prefix(12) : isTime(text) ? "a time" : text
        }
    }
}

extension ClusterState {
    // When something was done tells nothing of what was done.
    fileprivate static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
    }
}

extension SimulatedMachine {
    /// The machine's images, containers and profiles by title, with their fields.
    var rehearsalState: [String: [String: String]] {
        withState { state in
            var things: [String: [String: String]] = [:]
            Self.add(state.host, "docker", to: &things)
            if !state.settings.isEmpty { things["minikube settings"] = state.settings }
            for (name, profile) in state.profiles {
                things["minikube profile \(name)"] = [
                    "running": String(profile.isRunning), "paused": String(profile.isPaused),
                    "addons": profile.addons.sorted().joined(separator: " "), "nodes": String(profile.nodes),
                    "stopped nodes": profile.stoppedNodes.sorted().joined(separator: " "),
                ]
                for (path, content) in profile.files {
                    things["file \(path) (minikube \(name))"] = ["content": Fingerprint.of(content)]
                }
                Self.add(profile.node, "minikube \(name)", to: &things)
            }
            return things
        }
    }

    private static func add(_ engine: Engine, _ place: String, to things: inout [String: [String: String]]) {
        for (name, id) in engine.names { things["image \(ImageName.short(name)) (\(place))"] = ["id": id] }
        for container in engine.containers {
            things["container \(container.name) (\(place))"] = [
                "image": container.image, "running": String(container.isRunning),
            ]
        }
        for volume in engine.volumes { things["volume \(volume) (\(place))"] = [:] }
        for network in engine.networks { things["network \(network) (\(place))"] = [:] }
    }

    /// A machine that knows what this one knows, and goes its own way.
    ///
    /// - Parameter serviceURLs: Those of its own cluster; nil: the same.
    public func copy(
        serviceURLs: (@Sendable (_ namespace: String, _ name: String) async -> [String]?)? = nil
    ) -> SimulatedMachine {
        let copy = SimulatedMachine(serviceURLs: serviceURLs ?? self.serviceURLs)
        let mine = withState { $0 }
        copy.withState { $0 = mine }
        return copy
    }
}
