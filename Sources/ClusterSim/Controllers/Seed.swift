/// What a new cluster holds.
extension Cluster {
    /// Fills the cluster before it takes requests.
    func seed(snapshot: Snapshot?, namespaces: [String]) {
        if let snapshot {
            for (key, json) in snapshot.objects {
                frozen.insert(key)
                let event = store.load(json, key: key)
                if key.type == types.pods, !event.object.json["spec"]["nodeName"].isNull {
                    kubelet.reserve(event.object)
                }
            }
            recordedLogs = snapshot.logs
        }
        for name in ["default", "kube-system", "kube-public", "kube-node-lease"] + namespaces
        where object(types.namespaces, "", name) == nil {
            var object: JSON = [
                "metadata": ["name": .string(name), "labels": ["kubernetes.io/metadata.name": .string(name)]],
                "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
            ]
            Metadata.prepareForCreate(&object, type: types.namespaces, namespace: "", time: Timestamp.now)
            commit(object, key: ObjectKey(type: types.namespaces, namespace: "", name: name))
        }
        if store.objects(types.nodes).isEmpty { seedNode() }
        NodeLeases.seed(self)
        expireEvents()
        seedStorage()
        seedService()
        seedPriorities()
    }

    private func seedService() {
        let key = ObjectKey(type: types.services, namespace: "default", name: "kubernetes")
        guard store.object(key) == nil else { return }
        var service: JSON = [
            "metadata": ["name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"]],
            "spec": [
                "type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
                "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 8443]],
            ],
            "status": ["loadBalancer": [:]],
        ]
        Metadata.prepareForCreate(&service, type: types.services, namespace: "default", time: Timestamp.now)
        commit(service, key: key)
    }

    private func seedStorage() {
        let key = ObjectKey(type: types.storageClasses, namespace: "", name: "standard")
        guard store.object(key) == nil else { return }
        var storage: JSON = [
            "metadata": ["name": "standard", "annotations": ["storageclass.kubernetes.io/is-default-class": "true"]],
            "provisioner": "k8s.io/minikube-hostpath", "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate",
        ]
        Metadata.prepareForCreate(&storage, type: types.storageClasses, namespace: "", time: Timestamp.now)
        commit(storage, key: key)
    }

    /// The classes of priority that every cluster has.
    private func seedPriorities() {
        let rows: [(String, Int, String)] = [
            (
                "system-cluster-critical", 2_000_000_000,
                "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
            ),
            (
                "system-node-critical", 2_000_001_000,
                "Used for system critical pods that must not be moved from their current node."
            ),
        ]
        for (name, value, description) in rows {
            let key = ObjectKey(type: types.priorityClasses, namespace: "", name: name)
            guard store.object(key) == nil else { continue }
            var object: JSON = [
                "metadata": ["name": .string(name)], "value": .int(value), "description": .string(description),
                "preemptionPolicy": "PreemptLowerPriority",
            ]
            Metadata.prepareForCreate(&object, type: key.type, namespace: "", time: Timestamp.now)
            commit(object, key: key)
        }
    }

    private func seedNode() {
        let name = NodeCapacity.nodeName
        let now = JSON.string(Timestamp.seconds(Timestamp.now))
        let size: JSON = [
            "cpu": .string(settings.nodeCapacity.cpu), "memory": .string(settings.nodeCapacity.memory),
            "pods": .string(String(settings.nodeCapacity.pods)), "ephemeral-storage": "100Gi", "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
        ]
        func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSON {
            [
                "type": .string(type), "status": .string(status), "reason": .string(reason),
                "message": .string(message),
                "lastHeartbeatTime": now, "lastTransitionTime": now,
            ]
        }
        var node: JSON = [
            "metadata": [
                "name": .string(name),
                "labels": [
                    "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "node-role.kubernetes.io/control-plane": "",
                ],
                "annotations": [
                    "node.alpha.kubernetes.io/ttl": "0",
                    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                ],
            ],
            "spec": [:],
            "status": [
                "capacity": size, "allocatable": size,
                "addresses": [
                    ["type": "InternalIP", "address": .string(NodeCapacity.nodeAddress)],
                    ["type": "Hostname", "address": .string(name)],
                ],
                "conditions": [
                    condition(
                        "MemoryPressure", "False", "KubeletHasSufficientMemory",
                        "kubelet has sufficient memory available"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                    condition(
                        "PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                    condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
                ],
                "images": [["names": ["registry.k8s.io/pause:3.10"], "sizeBytes": 742_080]],
                "declaredFeatures": [
                    "InPlacePodVerticalScalingInitContainers", "RestartAllContainersOnContainerExits",
                ],
                "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
                "nodeInfo": [
                    "architecture": "amd64", "bootID": .string(Names.uid()),
                    "containerRuntimeVersion": "containerd://1.7.27",
                    "kernelVersion": "6.6.0-simulated", "kubeProxyVersion": "", "kubeletVersion": "v1.36.2",
                    "machineID": .string(Names.uid()),
                    "operatingSystem": "linux", "osImage": "Simulated Linux", "systemUUID": .string(Names.uid()),
                ],
            ],
        ]
        Metadata.prepareForCreate(&node, type: types.nodes, namespace: "", time: Timestamp.now)
        commit(node, key: ObjectKey(type: types.nodes, namespace: "", name: name))
    }
}
