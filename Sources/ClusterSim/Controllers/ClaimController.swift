/// Binds claims to volumes that are made for them.
enum ClaimController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let claim = cluster.store.object(key), !claim.isTerminating,
            claim.json["status"]["phase"].string != "Bound"
        else { return }
        let name = claim.json["spec"]["storageClassName"].string ?? ""
        switch ClaimFault.judgement(of: claim, cluster) {
        case .held:
            refuse(claim, name.isEmpty ? "standard" : name, cluster)
            return
        case .undecided:
            cluster.lookAgain(key, after: ClaimFault.patience / 4 * cluster.settings.speed)
            return
        case .free: break
        }
        if let volume = existing(for: claim, cluster) {
            bind(claim, to: volume, cluster)
            return
        }
        guard !name.isEmpty else {
            cluster.record(
                claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set",
                source: .volumes)
            return
        }
        guard let storage = cluster.object(cluster.types.storageClasses, "", name) else {
            cluster.record(
                claim, "ProvisioningFailed", "storageclass.storage.k8s.io \"\(name)\" not found", source: .volumes,
                isWarning: true)
            return
        }
        if storage.json["volumeBindingMode"].string == "WaitForFirstConsumer", !isUsed(claim, cluster) {
            cluster.record(
                claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding",
                source: .volumes)
            return
        }
        provision(claim, storage, cluster)
    }

    /// What the node's provisioner reports when it has no room: the fault of a claim that stays pending.
    private static func refuse(_ claim: ObjectVersion, _ storage: String, _ cluster: isolated Cluster) {
        let holder = cluster.object(cluster.types.storageClasses, "", storage)
        let provisioner = holder?.json["provisioner"].string ?? "k8s.io/minikube-hostpath"
        let place = "\(claim.key.namespace)/\(claim.key.name)"
        cluster.record(
            claim, "ExternalProvisioning",
            "Waiting for a volume to be created either by the external provisioner '\(provisioner)' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
            source: .volumes)
        let source = EventSource(component: provisioner, host: NodeCapacity.nodeName)
        cluster.record(
            claim, "Provisioning", "External provisioner is provisioning volume for claim \"\(place)\"", source: source)
        cluster.record(
            claim, "ProvisioningFailed",
            "failed to provision volume with StorageClass \"\(storage)\": mkdir /tmp/hostpath-provisioner/\(place): no space left on device",
            source: source, isWarning: true)
        cluster.modify(claim.key) { object in
            for name in ["volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"] {
                object["metadata"]["annotations"][name] = .string(provisioner)
            }
        }
        cluster.lookAgain(claim.key, after: 15)
    }

    private static func isUsed(_ claim: ObjectVersion, _ cluster: isolated Cluster) -> Bool {
        cluster.store.objects(cluster.types.pods, namespace: claim.key.namespace).contains { uses($0, claim.key.name) }
    }

    private static func uses(_ pod: ObjectVersion, _ name: String) -> Bool {
        ClaimFault.names(name, in: pod.json["spec"])
    }

    private static func isMounted(_ claim: ObjectVersion, _ cluster: isolated Cluster) -> Bool {
        cluster.store.objects(cluster.types.pods, namespace: claim.key.namespace).contains {
            uses($0, claim.key.name) && !$0.json["spec"]["nodeName"].isNull && !Pods.isFinished($0)
        }
    }

    private static func existing(for claim: ObjectVersion, _ cluster: isolated Cluster) -> ObjectVersion? {
        let wanted = Quantity(claim.json["spec"]["resources"]["requests"]["storage"].text) ?? .zero
        let named = claim.json["spec"]["volumeName"].string
        return cluster.store.sorted(cluster.types.volumes).first { volume in
            if let named { return volume.key.name == named }
            let spec = volume.json["spec"]
            return spec["claimRef"].isNull
                && spec["storageClassName"].text == claim.json["spec"]["storageClassName"].text
                && (Quantity(spec["capacity"]["storage"].text) ?? .zero) >= wanted
                && Set(claim.json["spec"]["accessModes"].array).isSubset(of: spec["accessModes"].array)
        }
    }

    private static func provision(_ claim: ObjectVersion, _ storage: ObjectVersion, _ cluster: isolated Cluster) {
        let name = "pvc-\(claim.uid)"
        let key = ObjectKey(type: cluster.types.volumes, namespace: "", name: name)
        var volume: JSON = [
            "metadata": [
                "name": .string(name), "annotations": ["pv.kubernetes.io/provisioned-by": storage.json["provisioner"]],
            ],
            "spec": [
                "accessModes": claim.json["spec"]["accessModes"],
                "capacity": ["storage": claim.json["spec"]["resources"]["requests"]["storage"]],
                "hostPath": [
                    "path": .string("/tmp/hostpath-provisioner/\(claim.key.namespace)/\(claim.key.name)"), "type": "",
                ],
                "persistentVolumeReclaimPolicy": storage.json["reclaimPolicy"],
                "storageClassName": .string(storage.key.name), "volumeMode": "Filesystem",
            ],
        ]
        Metadata.prepareForCreate(&volume, type: key.type, namespace: "", time: Timestamp.now)
        let created = cluster.commit(volume, key: key)
        let provisioner = EventSource(component: storage.json["provisioner"].text, host: NodeCapacity.nodeName)
        cluster.record(claim, "ProvisioningSucceeded", "Successfully provisioned volume \(name)", source: provisioner)
        bind(claim, to: created, cluster)
    }

    private static func bind(_ claim: ObjectVersion, to volume: ObjectVersion, _ cluster: isolated Cluster) {
        cluster.modify(volume.key) { object in
            object["spec"]["claimRef"] = [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": .string(claim.key.name),
                "namespace": .string(claim.key.namespace), "uid": .string(claim.uid),
                "resourceVersion": claim.json["metadata"]["resourceVersion"],
            ]
            object["status"] = ["phase": "Bound"]
        }
        cluster.modify(claim.key) { object in
            object["spec"]["volumeName"] = .string(volume.key.name)
            object["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] = "yes"
            object["metadata"]["annotations"]["pv.kubernetes.io/bound-by-controller"] = "yes"
            object["status"] = [
                "phase": "Bound", "accessModes": object["spec"]["accessModes"],
                "capacity": volume.json["spec"]["capacity"],
            ]
        }
        for pod in cluster.store.objects(cluster.types.pods, namespace: claim.key.namespace)
        where uses(pod, claim.key.name) {
            cluster.enqueue(pod.key)
        }
    }

    /// Removes a volume that was made for a claim that is gone.
    static func release(_ claim: ObjectVersion, _ cluster: isolated Cluster) {
        guard let name = claim.json["spec"]["volumeName"].string else { return }
        let key = ObjectKey(type: cluster.types.volumes, namespace: "", name: name)
        guard let volume = cluster.store.object(key) else { return }
        if volume.json["spec"]["persistentVolumeReclaimPolicy"].string == "Delete" {
            cluster.erase(key)
        } else {
            cluster.modify(key) { $0["status"] = ["phase": "Released"] }
        }
    }

    /// Takes a claim's volume away again, because the workload that the fault befalls came after it was bound.
    private static func takeBack(_ claim: ObjectVersion, _ cluster: isolated Cluster) {
        release(claim, cluster)
        cluster.modify(claim.key) { object in
            object["spec"].remove("volumeName")
            for name in ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"] {
                object["metadata"]["annotations"].remove(name)
            }
            object["status"] = ["phase": "Pending"]
        }
        reconcile(claim.key, cluster)
    }

    /// Why a pod's claims keep it from being scheduled, in the scheduler's words.
    static func obstacle(for pod: ObjectVersion, _ cluster: isolated Cluster) -> String? {
        let claims = pod.json["spec"]["volumes"].array.compactMap { $0["persistentVolumeClaim"]["claimName"].string }
        guard !claims.isEmpty else { return nil }
        if PodFaults.faults(of: pod, cluster).contains(where: { $0.kind == .claimPending }) {
            for name in claims {
                guard let claim = cluster.object(cluster.types.claims, pod.key.namespace, name),
                    claim.json["status"]["phase"].string == "Bound", !cluster.frozen.contains(claim.key),
                    !isMounted(claim, cluster)
                else { continue }
                takeBack(claim, cluster)
            }
        }
        let count = cluster.store.objects(cluster.types.nodes).count
        for name in claims {
            guard let claim = cluster.object(cluster.types.claims, pod.key.namespace, name) else {
                return
                    "0/\(count) nodes are available: persistentvolumeclaim \"\(name)\" not found. no new claims to deallocate, preemption: 0/\(count) nodes are available: \(count) Preemption is not helpful for scheduling."
            }
            if claim.json["status"]["phase"].string == "Bound" { continue }
            let mode = cluster.object(cluster.types.storageClasses, "", claim.json["spec"]["storageClassName"].text)?
                .json["volumeBindingMode"].string
            if mode == "WaitForFirstConsumer" { reconcile(claim.key, cluster) }
            if cluster.store.object(claim.key)?.json["status"]["phase"].string == "Bound" { continue }
            return
                "0/\(count) nodes are available: pod has unbound immediate PersistentVolumeClaims. no new claims to deallocate, preemption: 0/\(count) nodes are available: \(count) Preemption is not helpful for scheduling."
        }
        return nil
    }
}
