/// What the server does to an object before it is stored, beyond defaults and rules.
extension Cluster {
    /// Refuses objects in a namespace that does not exist or is going away.
    func admitNamespace(_ name: String, type: ResourceType, name object: String) throws {
        guard let namespace = self.object(types.namespaces, "", name) else { throw APIError.namespaceNotFound(name) }
        if namespace.isTerminating, type != types.events {
            var error = APIError.forbidden(
                type, object, "unable to create new content in namespace \(name) because it is being terminated")
            var details = error.details
            details["causes"] = [
                [
                    "reason": "NamespaceTerminating", "message": .string("namespace \(name) is being terminated"),
                    "field": "metadata.namespace",
                ]
            ]
            error = APIError(code: 403, reason: "Forbidden", message: error.message, details: details)
            throw error
        }
    }

    /// Completes an object and checks it against the namespace's policies.
    func admit(_ object: inout JSON, key: ObjectKey, old: JSON?, scope: WriteScope) throws {
        switch key.type {
        case types.pods where old == nil:
            try admitPod(&object, key: key)
        case types.services:
            try checkAllocations(object, key: key, old: old)
            if object["spec"]["type"].string != "ExternalName", object["spec"]["clusterIP"].isEmpty {
                let address: JSON = .string(addresses.serviceAddress())
                object["spec"]["clusterIP"] = address
                object["spec"]["clusterIPs"] = [address]
            }
            if object["spec"]["clusterIP"].string == "None", object["spec"]["clusterIPs"].isNull {
                object["spec"]["clusterIPs"] = ["None"]
            }
            if let kind = object["spec"]["type"].string, kind == "NodePort" || kind == "LoadBalancer" {
                for index in object["spec"]["ports"].array.indices
                where object["spec"]["ports"][index]["nodePort"].isNull {
                    object["spec"]["ports"][index]["nodePort"] = .int(addresses.nodePort())
                }
            }
        case types.claims where old == nil:
            try LimitRanges.check(
                claim: object, key: key, ranges: store.objects(types.limitRanges, namespace: key.namespace))
            guard object["spec"]["storageClassName"].isNull else { break }
            let standard = store.objects(types.storageClasses).first {
                $0.json["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"].string == "true"
            }
            if let standard { object["spec"]["storageClassName"] = .string(standard.key.name) }
        default: break
        }
        if let text = object["metadata"]["annotations"][Fault.annotation].string,
            text != old?["metadata"]["annotations"][Fault.annotation].string
        {
            scope.warnings += Fault.problems(inAnnotation: text)
        }
        if old == nil { try checkQuota(object, key: key) }
        if old == nil, key.type == types.pods {
            let pod = ObjectVersion(key: key, json: object, resourceVersion: 0)
            PodShape.apply(&object, faults: PodFaults.faults(of: pod, self))
        }
        if old == nil || old?["spec"] != object["spec"] { warnOfSecurity(object, key: key, scope: scope) }
    }

    private func admitPod(_ object: inout JSON, key: ObjectKey) throws {
        PodDefaults.admit(&object)
        let account = object["spec"]["serviceAccountName"].string ?? "default"
        if self.object(types.serviceAccounts, key.namespace, account) == nil, account != "default" {
            throw APIError.forbidden(
                types.pods, key.name,
                "error looking up service account \(key.namespace)/\(account): serviceaccount \"\(account)\" not found")
        }
        try admitPriority(&object, key: key)
        try LimitRanges.apply(&object, key: key, ranges: store.objects(types.limitRanges, namespace: key.namespace))
        let violations = PodSecurity.violations(object["spec"], level: securityLevel(key.namespace, "enforce"))
        if !violations.isEmpty {
            let level = securityLevel(key.namespace, "enforce") ?? ""
            throw APIError.forbidden(
                types.pods, key.name, "violates PodSecurity \"\(level):latest\": " + violations.joined(separator: ", "))
        }
    }

    /// Gives a pod the priority of its class, or of the cluster's default class.
    private func admitPriority(_ pod: inout JSON, key: ObjectKey) throws {
        let classes = store.objects(types.priorityClasses)
        guard let name = pod["spec"]["priorityClassName"].string, !name.isEmpty else {
            guard let standard = classes.first(where: { $0.json["globalDefault"].bool == true }) else { return }
            pod["spec"]["priorityClassName"] = .string(standard.key.name)
            pod["spec"]["priority"] = standard.json["value"]
            return
        }
        guard let found = classes.first(where: { $0.key.name == name }) else {
            throw APIError.forbidden(key.type, key.name, "no PriorityClass with name \(name) was found")
        }
        pod["spec"]["priority"] = found.json["value"]
        if let policy = found.json["preemptionPolicy"].string { pod["spec"]["preemptionPolicy"] = .string(policy) }
    }

    private func securityLevel(_ namespace: String, _ mode: String) -> String? {
        object(types.namespaces, "", namespace)?.labels["pod-security.kubernetes.io/\(mode)"].string
    }

    private func warnOfSecurity(_ object: JSON, key: ObjectKey, scope: WriteScope) {
        let template = key.type == types.pods ? object["spec"] : object["spec"]["template"]["spec"]
        guard template.object != nil, let level = securityLevel(key.namespace, "warn") else { return }
        let violations = PodSecurity.violations(template, level: level)
        if violations.isEmpty { return }
        scope.warnings.append("would violate PodSecurity \"\(level):latest\": " + violations.joined(separator: ", "))
    }

    /// The status that a new object has from the start.
    func initializeStatus(_ object: inout JSON, type: ResourceType) {
        switch type.plural {
        case "pods":
            object["status"] = ["phase": "Pending", "qosClass": .string(PodDefaults.serviceClass(object["spec"]))]
        case "namespaces": object["status"] = ["phase": "Active"]
        case "services": object["status"] = ["loadBalancer": [:]]
        case "persistentvolumeclaims", "persistentvolumes": object["status"] = ["phase": "Pending"]
        case "deployments", "jobs", "cronjobs", "resourcequotas": object.put("status", [:])
        case "replicasets": object["status"] = ["replicas": 0]
        case "statefulsets": object["status"] = ["replicas": 0, "availableReplicas": 0]
        case "daemonsets":
            object["status"] = [
                "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
            ]
        case "horizontalpodautoscalers":
            object["status"] = ["desiredReplicas": 0]
            object["status"].put("currentMetrics", .null)
        case "ingresses": object["status"] = ["loadBalancer": [:]]
        case "poddisruptionbudgets":
            object["status"] = ["currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0]
        default: break
        }
    }
}

/// The addresses and ports that the cluster gives out.
struct AddressPool: Sendable {
    private var pods = 2
    private var services = 257
    private var ports = 0

    mutating func podAddress() -> String {
        pods += 1
        return "10.244.\(pods / 254 % 256).\(pods % 254 + 1)"
    }

    mutating func serviceAddress() -> String {
        services += 37
        return "10.\(96 + services / 65_536 % 16).\(services / 256 % 256).\(services % 254 + 1)"
    }

    mutating func nodePort() -> Int {
        ports += 1
        return 30_000 + (ports * 733) % 2767
    }
}
