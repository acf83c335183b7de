/// Finds the Services that select a pod, without a look at every Service of the namespace.
struct ServiceIndex: Sendable {
    /// The Services by the first label that their selector asks for.
    private var keys: [String: Set<ObjectKey>] = [:]

    private static func entry(_ service: ObjectVersion) -> String? {
        let selector = service.json["spec"]["selector"].members.entries.first
        return selector.map { "\(service.key.namespace)/\($0.key)=\($0.value.text)" }
    }

    /// Keeps up with a change of a Service.
    mutating func note(_ event: WatchEvent) {
        if let old = event.previous.flatMap(Self.entry) {
            keys[old]?.remove(event.object.key)
            if keys[old]?.isEmpty == true { keys.removeValue(forKey: old) }
        }
        if event.kind != .deleted, let new = Self.entry(event.object) {
            keys[new, default: []].insert(event.object.key)
        }
    }

    /// The Services that may select a pod with these labels.
    func selecting(_ labels: JSON, namespace: String) -> Set<ObjectKey> {
        labels.members.entries.reduce(into: []) { result, label in
            if let found = keys["\(namespace)/\(label.key)=\(label.value.text)"] { result.formUnion(found) }
        }
    }
}
