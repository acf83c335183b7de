/// What the server itself writes into an object's metadata.
enum Metadata {
    private static let counted: Set<String> = [
        "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs", "pods", "ingresses",
        "networkpolicies", "poddisruptionbudgets", "replicationcontrollers",
    ]

    /// Whether objects of a kind count the changes of their spec.
    static func countsGenerations(_ type: ResourceType) -> Bool { counted.contains(type.plural) || type.isCustom }

    /// The fields that a client cannot set on a new object.
    static func prepareForCreate(_ object: inout JSON, type: ResourceType, namespace: String, time: Double) {
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        for key in [
            "resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields",
            "generation",
        ] {
            object["metadata"].remove(key)
        }
        if type.isNamespaced {
            object["metadata"]["namespace"] = .string(namespace)
        } else {
            object["metadata"].remove("namespace")
        }
        object["metadata"]["uid"] = .string(Names.uid())
        object["metadata"]["creationTimestamp"] = .string(Timestamp.seconds(time))
        if countsGenerations(type) { object["metadata"]["generation"] = 1 }
    }

    /// The fields that a client cannot change on a stored object.
    static func prepareForUpdate(_ object: inout JSON, from old: JSON, type: ResourceType) {
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        for key in [
            "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace",
            "name", "generateName", "managedFields",
        ] {
            let value = old["metadata"][key]
            if value.isNull { object["metadata"].remove(key) } else { object["metadata"][key] = value }
        }
        object["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        object["metadata"].remove("selfLink")
    }
}
