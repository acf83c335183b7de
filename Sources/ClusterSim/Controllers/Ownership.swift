/// Who owns a pod or a ReplicaSet follows from its labels: what nobody owns and a selector matches is adopted, and what a
/// selector no longer matches is let go.
enum Ownership {
    /// Brings what an object owns of a kind in accord with its selector.
    static func claim(_ owner: ObjectVersion, _ type: ResourceType, _ cluster: isolated Cluster) {
        if owner.isTerminating { return }
        let selector = LabelSelector(owner.json["spec"]["selector"])
        for key in cluster.store.dependents(of: owner.uid) where key.type == type {
            guard let object = cluster.store.object(key), !object.isTerminating, !selector.matches(object.labels) else {
                continue
            }
            cluster.modify(key) { json in
                let others = json["metadata"]["ownerReferences"].array.filter { $0["uid"].string != owner.uid }
                json["metadata"].put("ownerReferences", .array(others))
                if others.isEmpty { json["metadata"].remove("ownerReferences") }
            }
        }
        for key in cluster.orphans where key.type == type && key.namespace == owner.key.namespace {
            guard let object = cluster.store.object(key), !object.isTerminating, selector.matches(object.labels),
                type != cluster.types.pods || !Pods.isFinished(object)
            else { continue }
            cluster.modify(key) { $0["metadata"]["ownerReferences"].append(DeploymentController.owner(owner)) }
        }
    }
}

extension Cluster {
    /// Keeps in mind what has no controller, and lets those look at it who might adopt it.
    func noteOrphan(_ event: WatchEvent) {
        let object = event.object
        let owners: ResourceType
        switch object.key.type {
        case types.pods: owners = types.replicaSets
        case types.replicaSets: owners = types.deployments
        default: return
        }
        if event.kind == .deleted || object.controller != nil {
            orphans.remove(object.key)
            return
        }
        orphans.insert(object.key)
        for owner in store.objects(owners, namespace: object.key.namespace)
        where LabelSelector(owner.json["spec"]["selector"]).matches(object.labels) { queue.insert(owner.key) }
        // The one that let it go has a pod too few.
        if let former = event.previous?.controller { enqueueOwner(former, namespace: object.key.namespace) }
    }
}
