/// Which controller looks at which object, and what a change makes them look at again.
extension Cluster {
    func reconcile(_ key: ObjectKey) {
        if frozen.contains(key) { return }
        switch key.type {
        case types.deployments: DeploymentController.reconcile(key, self)
        case types.replicaSets: ReplicaSetController.reconcile(key, self)
        case types.pods: Scheduler.reconcile(key, self)
        case types.services: EndpointsController.reconcile(key, self)
        case types.namespaces: NamespaceController.reconcile(key, self)
        case types.quotas: QuotaController.reconcile(key, self)
        case types.statefulSets: StatefulSetController.reconcile(key, self)
        case types.daemonSets: DaemonSetController.reconcile(key, self)
        case types.jobs: JobController.reconcile(key, self)
        case types.cronJobs: CronJobController.reconcile(key, self)
        case types.autoscalers: AutoscalerController.reconcile(key, self)
        case types.budgets: BudgetController.reconcile(key, self)
        case types.claims: ClaimController.reconcile(key, self)
        case types.definitions: DefinitionController.reconcile(key, self)
        default: break
        }
    }

    func perform(_ action: TimerAction) {
        switch action {
        case .reconcile(let key): reconcile(key)
        case .lookAgain(let key):
            retries.begin(key)
            reconcile(key)
        case .pod(let key, let uid, let step): Kubelet.perform(step, key: key, uid: uid, self)
        case .evict(let key, let uid, let node): TaintEviction.evict(key, uid: uid, from: node, self)
        case .heartbeat: NodeLeases.renew(self)
        case .expireEvents: expireEvents()
        case .removePod(let key, let uid):
            if let pod = store.object(key), pod.uid == uid { Kubelet.remove(pod, self) }
        }
    }

    /// Puts on the queue whatever a change concerns.
    func noteForControllers(_ event: WatchEvent) {
        let object = event.object
        let key = object.key
        if key.type == types.events { return }
        if event.kind == .modified, event.previous?.annotatedFaults != object.annotatedFaults {
            reconsiderFaults(namespace: key.namespace)
        }
        queue.insert(key)
        noteOrphan(event)
        if let owner = object.controller { enqueueOwner(owner, namespace: key.namespace) }
        if event.kind == .deleted {
            collect(dependentsOf: object.uid)
            for owner in object.json["metadata"]["ownerReferences"].array where owner["blockOwnerDeletion"].bool == true
            {
                finishForegroundDeletion(of: owner, namespace: key.namespace)
            }
        }
        switch key.type {
        case types.pods: notePod(event)
        case types.services: services.note(event)
        case types.nodes:
            wakePendingPods()
            if event.previous?.json["spec"]["taints"] != object.json["spec"]["taints"] {
                TaintEviction.begin(object, self)
            }
            for set in store.objects(types.daemonSets) { queue.insert(set.key) }
        case types.claims where event.kind == .deleted: ClaimController.release(object, self)
        case types.secrets, types.configMaps: kubelet.wake(namespace: key.namespace).forEach { queue.insert($0) }
        default: break
        }
        for quota in store.objects(types.quotas, namespace: key.namespace) where key.type != types.quotas {
            queue.insert(quota.key)
        }
    }

    func enqueueOwner(_ owner: JSON, namespace: String) {
        guard let type = catalog.type(apiVersion: owner["apiVersion"].string ?? "", kind: owner["kind"].string ?? "")
        else { return }
        queue.insert(
            ObjectKey(type: type, namespace: type.isNamespaced ? namespace : "", name: owner["name"].string ?? ""))
    }

    private func notePod(_ event: WatchEvent) {
        for labels in [event.object.labels, event.previous?.labels ?? .null] {
            for service in services.selecting(labels, namespace: event.object.key.namespace) { queue.insert(service) }
        }
        for budget in store.objects(types.budgets, namespace: event.object.key.namespace) { queue.insert(budget.key) }
        if event.kind == .deleted {
            kubelet.forget(event.object.uid)
            wakePendingPods()
        } else if event.object.isTerminating, event.previous?.isTerminating == false {
            Kubelet.terminate(event.object, self)
        }
    }

    private func wakePendingPods() {
        for key in kubelet.unscheduled { queue.insert(key) }
    }
}

/// Conditions as controllers keep them.
enum Conditions {
    /// Sets a condition; its time of transition changes only with its status.
    static func set(
        _ list: inout JSON, _ type: String, _ status: String, reason: String, message: String, now: Double,
        updates: Bool = true
    ) {
        let old = list.element(where: "type", is: type)
        if let old, old["status"].string == status, old["reason"].string == reason, old["message"].string == message {
            return
        }
        var new: JSON = [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
        ]
        let time: JSON = .string(Timestamp.seconds(now))
        new["lastTransitionTime"] = old?["status"].string == status ? old?["lastTransitionTime"] ?? time : time
        if updates { new["lastUpdateTime"] = time }
        if let index = list.index(where: "type", is: type) { list[index] = new } else { list.append(new) }
    }
}
