/// What the server fills into objects where a client says nothing, kind by kind.
enum Defaults {
    static func apply(_ object: inout JSON, type: ResourceType) {
        switch (type.group, type.plural) {
        case ("", "pods"):
            PodDefaults.apply(&object["spec"])
        case ("", "services"): service(&object)
        case ("", "secrets"): secret(&object)
        case ("", "namespaces"):
            object["spec"].fill("finalizers", ["kubernetes"])
            if let name = object["metadata"]["name"].string {
                object["metadata"]["labels"].fill("kubernetes.io/metadata.name", .string(name))
            }
        case ("", "persistentvolumeclaims"): object["spec"].fill("volumeMode", "Filesystem")
        case ("", "persistentvolumes"):
            object["spec"].fill("volumeMode", "Filesystem")
            object["spec"].fill("persistentVolumeReclaimPolicy", "Retain")
        case ("", "limitranges"):
            for index in object["spec"]["limits"].array.indices
            where object["spec"]["limits"][index]["type"].string == "Container" {
                let limit = object["spec"]["limits"][index]
                for entry in limit["max"].members.entries {
                    object["spec"]["limits"][index]["default"].fill(entry.key, entry.value)
                }
                let filled = object["spec"]["limits"][index]
                for entry in filled["default"].members.entries {
                    object["spec"]["limits"][index]["defaultRequest"].fill(entry.key, entry.value)
                }
            }
        case ("apps", _): workload(&object, type: type)
        case ("batch", "jobs"): job(&object)
        case ("batch", "cronjobs"):
            object["spec"].fill("concurrencyPolicy", "Allow")
            object["spec"].fill("suspend", false)
            object["spec"].fill("successfulJobsHistoryLimit", 3)
            object["spec"].fill("failedJobsHistoryLimit", 1)
            PodDefaults.apply(&object["spec"]["jobTemplate"]["spec"]["template"]["spec"])
        case ("autoscaling", _): object["spec"].fill("minReplicas", 1)
        case ("networking.k8s.io", "networkpolicies"):
            object["spec"].fill("podSelector", [:])
            let hasEgress = !object["spec"]["egress"].isNull
            object["spec"].fill("policyTypes", hasEgress ? ["Ingress", "Egress"] : ["Ingress"])
        case ("rbac.authorization.k8s.io", _):
            if !object["roleRef"].isNull { object["roleRef"].fill("apiGroup", "rbac.authorization.k8s.io") }
            for index in object["subjects"].array.indices
            where object["subjects"][index]["kind"].string != "ServiceAccount" {
                object["subjects"][index].fill("apiGroup", "rbac.authorization.k8s.io")
            }
        case ("storage.k8s.io", "storageclasses"):
            object.fill("reclaimPolicy", "Delete")
            object.fill("volumeBindingMode", "Immediate")
        default: break
        }
    }

    private static func workload(_ object: inout JSON, type: ResourceType) {
        guard type.plural != "controllerrevisions" else { return }
        PodDefaults.apply(&object["spec"]["template"]["spec"])
        switch type.plural {
        case "deployments":
            object["spec"].fill("replicas", 1)
            object["spec"].fill("revisionHistoryLimit", 10)
            object["spec"].fill("progressDeadlineSeconds", 600)
            object["spec"]["strategy"].fill("type", "RollingUpdate")
            if object["spec"]["strategy"]["type"].string == "RollingUpdate" {
                object["spec"]["strategy"]["rollingUpdate"].fill("maxUnavailable", "25%")
                object["spec"]["strategy"]["rollingUpdate"].fill("maxSurge", "25%")
            }
        case "replicasets":
            object["spec"].fill("replicas", 1)
        case "statefulsets":
            object["spec"].fill("replicas", 1)
            object["spec"].fill("revisionHistoryLimit", 10)
            object["spec"].fill("podManagementPolicy", "OrderedReady")
            object["spec"].fill(
                "persistentVolumeClaimRetentionPolicy", ["whenDeleted": "Retain", "whenScaled": "Retain"])
            object["spec"]["updateStrategy"].fill("type", "RollingUpdate")
            if object["spec"]["updateStrategy"]["type"].string == "RollingUpdate" {
                object["spec"]["updateStrategy"]["rollingUpdate"].fill("partition", 0)
            }
            for index in object["spec"]["volumeClaimTemplates"].array.indices {
                object["spec"]["volumeClaimTemplates"][index].fill("apiVersion", "v1")
                object["spec"]["volumeClaimTemplates"][index].fill("kind", "PersistentVolumeClaim")
                object["spec"]["volumeClaimTemplates"][index]["spec"].fill("volumeMode", "Filesystem")
                object["spec"]["volumeClaimTemplates"][index].fill("status", ["phase": "Pending"])
            }
        case "daemonsets":
            object["spec"].fill("revisionHistoryLimit", 10)
            object["spec"]["updateStrategy"].fill("type", "RollingUpdate")
            if object["spec"]["updateStrategy"]["type"].string == "RollingUpdate" {
                object["spec"]["updateStrategy"]["rollingUpdate"].fill("maxUnavailable", 1)
                object["spec"]["updateStrategy"]["rollingUpdate"].fill("maxSurge", 0)
            }
        default: break
        }
    }

    private static func job(_ object: inout JSON) {
        // A Job with a parallelism and no number of completions is a queue of work.
        if object["spec"]["parallelism"].isNull { object["spec"].fill("completions", 1) }
        object["spec"].fill("parallelism", 1)
        let retries: JSON = object["spec"]["backoffLimitPerIndex"].isNull ? 6 : 2_147_483_647
        object["spec"].fill("backoffLimit", retries)
        object["spec"].fill("completionMode", "NonIndexed")
        object["spec"].fill("suspend", false)
        object["spec"].fill("podReplacementPolicy", "TerminatingOrFailed")
        object["spec"].fill("manualSelector", false)
        PodDefaults.apply(&object["spec"]["template"]["spec"])
        guard object["spec"]["selector"].isNull, let uid = object["metadata"]["uid"].string else { return }
        let name = object["metadata"]["name"]
        for prefix in ["batch.kubernetes.io/", ""] {
            object["spec"]["template"]["metadata"]["labels"]["\(prefix)controller-uid"] = .string(uid)
            object["spec"]["template"]["metadata"]["labels"]["\(prefix)job-name"] = name
        }
        object["spec"]["selector"] = ["matchLabels": ["batch.kubernetes.io/controller-uid": .string(uid)]]
        // A Job without labels is read with those of its template.
        if object["metadata"]["labels"].isEmpty {
            object["metadata"]["labels"] = object["spec"]["template"]["metadata"]["labels"]
        }
    }

    private static func service(_ object: inout JSON) {
        object["spec"].fill("type", "ClusterIP")
        object["spec"].fill("sessionAffinity", "None")
        guard object["spec"]["type"].string != "ExternalName" else { return }
        object["spec"].fill("internalTrafficPolicy", "Cluster")
        object["spec"].fill("ipFamilyPolicy", "SingleStack")
        object["spec"].fill("ipFamilies", ["IPv4"])
        if let type = object["spec"]["type"].string, type != "ClusterIP" {
            object["spec"].fill("externalTrafficPolicy", "Cluster")
            if type == "LoadBalancer" { object["spec"].fill("allocateLoadBalancerNodePorts", true) }
        }
        for index in object["spec"]["ports"].array.indices {
            object["spec"]["ports"][index].fill("protocol", "TCP")
            let port = object["spec"]["ports"][index]["port"]
            object["spec"]["ports"][index].fill("targetPort", port)
        }
        object.fill("status", ["loadBalancer": [:]])
    }

    private static func secret(_ object: inout JSON) {
        object.fill("type", "Opaque")
        for entry in object["stringData"].members.entries {
            object["data"].put(entry.key, .string(Base64.encode((entry.value.string ?? "").utf8)))
        }
        object.remove("stringData")
    }
}
