/// Deleting objects for clients, and what follows from it.
extension Cluster {
    /// Deletes an object: at once, or by marking it when somebody still has to finish with it.
    func delete(_ key: ObjectKey, request: APIRequest, scope: WriteScope) throws -> Answer {
        var options: JSON = [:]
        if !request.body.isEmpty { options = try request.decodedBody() }
        guard let current = store.object(key) else { throw APIError.notFound(key.type, key.name) }
        if key.type == types.namespaces, ["default", "kube-system", "kube-public"].contains(key.name) {
            throw APIError.forbidden(key.type, key.name, "this namespace may not be deleted")
        }
        if let uid = options["preconditions"]["uid"].string, uid != current.uid {
            throw APIError.conflict(
                key.type, key.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)")
        }
        let policy = options["propagationPolicy"].string ?? request.query["propagationPolicy"]
        let grace = options["gracePeriodSeconds"].int ?? request.query["gracePeriodSeconds"].flatMap { Int($0) }
        let isDryRun = scope.isDryRun || options["dryRun"].array.contains("All")
        if isDryRun { return .value(success(current), 200) }
        if key.type == types.namespaces {
            terminateNamespace(current)
            return .object(store.object(key) ?? current, 200)
        }
        let isOrphaning = policy == "Orphan" || options["orphanDependents"].bool == true
        delete(key, grace: grace, policy: isOrphaning ? "Orphan" : policy ?? "Background")
        if let remaining = store.object(key) { return .object(remaining, 200) }
        return .value(success(current), 200)
    }

    private func success(_ object: ObjectVersion) -> JSON {
        var details: JSON = [
            "name": .string(object.key.name), "kind": .string(object.key.type.plural), "uid": .string(object.uid),
        ]
        if !object.key.type.group.isEmpty { details["group"] = .string(object.key.type.group) }
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details]
    }

    /// Deletes an object as a controller or a client asks for it.
    func delete(_ key: ObjectKey, grace: Int? = nil, policy: String = "Background") {
        guard let current = store.object(key) else { return }
        var finalizers = current.json["metadata"]["finalizers"].array
        if policy == "Orphan" {
            orphan(current.uid)
        } else if policy == "Foreground", !store.dependents(of: current.uid).isEmpty,
            !finalizers.contains("foregroundDeletion")
        {
            finalizers.append("foregroundDeletion")
        }
        let seconds = key.type == types.pods ? podGrace(current, asked: grace) : 0
        if finalizers.isEmpty, seconds == 0 {
            erase(key)
            return
        }
        if current.isTerminating, (current.json["metadata"]["deletionGracePeriodSeconds"].int ?? 0) <= seconds,
            finalizers == current.json["metadata"]["finalizers"].array
        {
            return
        }
        modify(key) { object in
            if !finalizers.isEmpty { object["metadata"]["finalizers"] = .array(finalizers) }
            object["metadata"]["deletionTimestamp"] = .string(Timestamp.seconds(Timestamp.now + Double(seconds)))
            object["metadata"]["deletionGracePeriodSeconds"] = .int(seconds)
            // A deletion counts as a change of what is wanted.
            if let generation = object["metadata"]["generation"].int {
                object["metadata"]["generation"] = .int(generation + 1)
            }
        }
        if finalizers.contains("foregroundDeletion") { collect(dependentsOf: current.uid) }
    }

    private func podGrace(_ pod: ObjectVersion, asked: Int?) -> Int {
        let phase = pod.json["status"]["phase"].string
        if pod.json["spec"]["nodeName"].isNull || phase == "Succeeded" || phase == "Failed" { return 0 }
        return asked ?? pod.json["spec"]["terminationGracePeriodSeconds"].int ?? 30
    }

    private func orphan(_ uid: String) {
        for dependent in store.dependents(of: uid) {
            modify(dependent) { object in
                let rest = object["metadata"]["ownerReferences"].array.filter { $0["uid"].string != uid }
                if rest.isEmpty {
                    object["metadata"].remove("ownerReferences")
                } else {
                    object["metadata"]["ownerReferences"] = .array(rest)
                }
            }
        }
    }

    /// Deletes what only a deleted owner kept.
    func collect(dependentsOf uid: String) {
        for dependent in store.dependents(of: uid).sorted(by: { ($0.namespace, $0.name) < ($1.namespace, $1.name) }) {
            guard let object = store.object(dependent), !frozen.contains(dependent) else { continue }
            let others = object.json["metadata"]["ownerReferences"].array.filter { $0["uid"].string != uid }
            let isKept = others.contains { owner in
                guard
                    let type = catalog.type(
                        apiVersion: owner["apiVersion"].string ?? "", kind: owner["kind"].string ?? "")
                else { return false }
                return self.object(type, type.isNamespaced ? dependent.namespace : "", owner["name"].string ?? "")?.uid
                    == owner["uid"].string
            }
            if isKept {
                modify(dependent) { $0["metadata"]["ownerReferences"] = .array(others) }
            } else {
                delete(dependent)
            }
        }
    }

    /// Removes the mark of a foreground deletion when the last dependent that blocked it is gone.
    func finishForegroundDeletion(of owner: JSON, namespace: String) {
        guard let type = catalog.type(apiVersion: owner["apiVersion"].string ?? "", kind: owner["kind"].string ?? "")
        else { return }
        let key = ObjectKey(type: type, namespace: type.isNamespaced ? namespace : "", name: owner["name"].string ?? "")
        guard let object = store.object(key), object.isTerminating, store.dependents(of: object.uid).isEmpty else {
            return
        }
        modify(key) { object in
            let rest = object["metadata"]["finalizers"].array.filter { $0 != "foregroundDeletion" }
            if rest.isEmpty {
                object["metadata"].remove("finalizers")
            } else {
                object["metadata"]["finalizers"] = .array(rest)
            }
        }
    }

    // MARK: - Namespaces

    private func terminateNamespace(_ namespace: ObjectVersion) {
        guard !namespace.isTerminating else { return }
        modify(namespace.key) { object in
            object["metadata"]["deletionTimestamp"] = .string(Timestamp.seconds(Timestamp.now))
            object["status"]["phase"] = "Terminating"
        }
        enqueue(namespace.key)
    }
}

/// Empties namespaces that are to be deleted, and removes them when they are empty.
enum NamespaceController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let namespace = cluster.store.object(key) else { return }
        guard namespace.isTerminating else {
            furnish(key.name, cluster)
            return
        }
        let types = cluster.store.types(in: key.name)
        for type in types.sorted(by: { $0.plural < $1.plural }) where type != cluster.types.events {
            for object in cluster.store.objects(type, namespace: key.name) where !object.isTerminating {
                cluster.frozen.remove(object.key)
                cluster.delete(object.key)
            }
        }
        let remaining = cluster.store.types(in: key.name).filter { $0 != cluster.types.events }
        guard remaining.isEmpty else {
            cluster.modify(key) { object in
                object["status"]["conditions"] = .array(
                    conditions(remaining, key.name, cluster, old: object["status"]["conditions"]))
            }
            cluster.lookAgain(key, after: 0.5)
            return
        }
        for event in cluster.store.objects(cluster.types.events, namespace: key.name) { cluster.erase(event.key) }
        cluster.erase(key)
    }

    /// Gives a new namespace what every namespace has.
    private static func furnish(_ name: String, _ cluster: isolated Cluster) {
        let account = ObjectKey(type: cluster.types.serviceAccounts, namespace: name, name: "default")
        if cluster.store.object(account) == nil {
            var object: JSON = ["metadata": ["name": "default"]]
            Metadata.prepareForCreate(&object, type: account.type, namespace: name, time: Timestamp.now)
            cluster.commit(object, key: account)
        }
        let root = ObjectKey(type: cluster.types.configMaps, namespace: name, name: "kube-root-ca.crt")
        if cluster.store.object(root) == nil {
            var object: JSON = [
                "metadata": [
                    "name": "kube-root-ca.crt",
                    "annotations": [
                        "kubernetes.io/description":
                            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
                    ],
                ],
                "data": [
                    "ca.crt": "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVkIGNsdXN0ZXI=\n-----END CERTIFICATE-----\n"
                ],
            ]
            Metadata.prepareForCreate(&object, type: root.type, namespace: name, time: Timestamp.now)
            cluster.commit(object, key: root)
        }
    }

    private static func conditions(
        _ types: [ResourceType], _ namespace: String, _ cluster: isolated Cluster, old: JSON
    ) -> [JSON] {
        let counts = types.map {
            "\($0.qualifiedName)\($0.group.isEmpty ? "." : "") has \(cluster.store.objects($0, namespace: namespace).count) resource instances"
        }
        let finalizers = types.flatMap { type in
            cluster.store.objects(type, namespace: namespace).flatMap {
                $0.json["metadata"]["finalizers"].array.compactMap(\.string)
            }
        }
        let finalizerText = Dictionary(grouping: finalizers) { $0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) in \($0.value.count) resource instances" }.joined(separator: ", ")
        let rows: [(String, Bool, String, String)] = [
            (
                "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                "All resources successfully discovered"
            ),
            (
                "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed"
            ),
            (
                "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
            ),
            (
                "NamespaceContentRemaining", true, "SomeResourcesRemain",
                "Some resources are remaining: " + counts.sorted().joined(separator: ", ")
            ),
            finalizers.isEmpty
                ? (
                    "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished"
                )
                : (
                    "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: " + finalizerText
                ),
        ]
        return rows.map { type, isTrue, reason, message in
            let before = old.element(where: "type", is: type)
            let status: JSON = isTrue ? "True" : "False"
            let isSame = before?["status"] == status
            return [
                "type": .string(type), "status": status, "reason": .string(reason), "message": .string(message),
                "lastTransitionTime": isSame
                    ? before?["lastTransitionTime"] ?? .null : .string(Timestamp.seconds(Timestamp.now)),
            ]
        }
    }
}
