/// Resource quotas: what a namespace uses, and whether one more object fits.
extension Cluster {
    private static func counted(_ type: ResourceType) -> [String] {
        switch type.plural {
        case "pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "replicationcontrollers",
            "resourcequotas":
            [type.plural, "count/\(type.plural)"]
        default: ["count/\(type.qualifiedName)"]
        }
    }

    /// What one object takes of the resources that quotas count.
    private func usage(_ object: JSON, type: ResourceType) -> [String: Quantity] {
        var result: [String: Quantity] = [:]
        for name in Self.counted(type) { result[name] = Quantity(units: 1) }
        if type == types.pods {
            let phase = object["status"]["phase"].string
            if phase == "Succeeded" || phase == "Failed" { return ["count/pods": Quantity(units: 1)] }
            for (field, prefix) in [("requests", "requests."), ("limits", "limits.")] {
                for (name, amount) in PodResources.total(object["spec"], field: field) {
                    result[prefix + name] = amount
                    if field == "requests" { result[name] = amount }
                }
            }
        } else if type == types.services {
            if object["spec"]["type"].string == "NodePort" { result["services.nodeports"] = Quantity(units: 1) }
            if object["spec"]["type"].string == "LoadBalancer" { result["services.loadbalancers"] = Quantity(units: 1) }
        } else if type == types.claims {
            result["requests.storage"] = Quantity(object["spec"]["resources"]["requests"]["storage"].text)
        }
        return result
    }

    /// What a namespace uses of the resources that a quota names.
    func quotaUsage(_ spec: JSON, namespace: String) -> JSON {
        let hard = spec["hard"]
        let isScoped = QuotaScopes.isScoped(spec)
        var used: [String: Quantity] = [:]
        for entry in hard.members.entries { used[entry.key] = .zero }
        let counted = [types.pods, types.services, types.secrets, types.configMaps, types.claims]
        let named = hard.members.keys.filter { $0.hasPrefix("count/") }.compactMap { name in
            catalog.all.first { "count/\($0.qualifiedName)" == name }
        }
        for type in Set(counted + named) {
            for object in store.objects(type, namespace: namespace)
            where !isScoped || (type == types.pods && QuotaScopes.admit(object.json["spec"], spec)) {
                for (name, amount) in usage(object.json, type: type) {
                    if let sum = used[name] { used[name] = sum + amount }
                }
            }
        }
        return .strings(used.mapValues(\.text))
    }

    /// - Throws: `APIError` 403 when a quota has no room for a new object.
    func checkQuota(_ object: JSON, key: ObjectKey) throws {
        let quotas = store.objects(types.quotas, namespace: key.namespace)
        guard !quotas.isEmpty, key.type != types.quotas, key.type != types.events else { return }
        let wanted = usage(object, type: key.type)
        for quota in quotas.sorted(by: { $0.key.name < $1.key.name }) where !FaultQuota.isOne(quota) {
            let hard = quota.json["spec"]["hard"]
            if key.type == types.pods, !QuotaScopes.admit(object["spec"], quota.json["spec"]) { continue }
            if key.type != types.pods, QuotaScopes.isScoped(quota.json["spec"]) { continue }
            let concerned = hard.members.keys.filter { wanted[$0] != nil || needsValue($0, key.type) }
            if concerned.isEmpty { continue }
            let missing = concerned.filter { wanted[$0] == nil }
            if !missing.isEmpty {
                let containers = object["spec"]["containers"].array.compactMap { $0["name"].string }
                let text = missing.map { "\($0) for: \(containers.joined(separator: ","))" }.joined(separator: "; ")
                throw APIError.forbidden(key.type, key.name, "failed quota: \(quota.key.name): must specify \(text)")
            }
            let used = quotaUsage(quota.json["spec"], namespace: key.namespace)
            let exceeded = concerned.filter { name in
                guard let amount = wanted[name], let bound = Quantity(hard[name].text), amount > .zero,
                    let sum = Quantity(used[name].text)
                else { return false }
                return sum + amount > bound
            }
            if exceeded.isEmpty { continue }
            func list(_ value: (String) -> String) -> String {
                exceeded.map { "\($0)=\(value($0))" }.joined(separator: ",")
            }
            throw APIError.forbidden(
                key.type, key.name,
                "exceeded quota: \(quota.key.name), requested: \(list { wanted[$0]?.text ?? "0" }), used: \(list { used[$0].text }), limited: \(list { Quantity(hard[$0].text)?.text ?? "" })"
            )
        }
    }

    private func needsValue(_ name: String, _ type: ResourceType) -> Bool {
        type == types.pods
            && ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].contains(name)
    }
}

/// Which pods a quota with scopes counts.
enum QuotaScopes {
    static func isScoped(_ quota: JSON) -> Bool {
        !quota["scopes"].isEmpty || !quota["scopeSelector"]["matchExpressions"].isEmpty
    }

    /// Whether a pod is one that a quota counts.
    static func admit(_ pod: JSON, _ quota: JSON) -> Bool {
        quota["scopes"].array.allSatisfy { has($0.text, pod) }
            && quota["scopeSelector"]["matchExpressions"].array.allSatisfy { expression in
                let name = expression["scopeName"].text
                let values = expression["values"].array.compactMap(\.string)
                let priority = pod["priorityClassName"].string ?? ""
                switch expression["operator"].string {
                case "In" where name == "PriorityClass": return values.contains(priority)
                case "NotIn" where name == "PriorityClass": return !values.contains(priority)
                case "DoesNotExist": return !has(name, pod)
                default: return has(name, pod)
                }
            }
    }

    private static func has(_ scope: String, _ pod: JSON) -> Bool {
        switch scope {
        case "BestEffort": PodDefaults.serviceClass(pod) == "BestEffort"
        case "NotBestEffort": PodDefaults.serviceClass(pod) != "BestEffort"
        case "Terminating": !pod["activeDeadlineSeconds"].isNull
        case "NotTerminating": pod["activeDeadlineSeconds"].isNull
        case "PriorityClass": !pod["priorityClassName"].isEmpty
        default: true
        }
    }
}

/// Sums of what a pod's containers ask for.
enum PodResources {
    /// The sum of the containers, or the largest init container where that is more.
    static func total(_ spec: JSON, field: String) -> [String: Quantity] {
        var sum: [String: Quantity] = [:]
        for container in spec["containers"].array {
            for entry in container["resources"][field].members.entries {
                if let amount = Quantity(entry.value.text) { sum[entry.key] = (sum[entry.key] ?? .zero) + amount }
            }
        }
        for container in spec["initContainers"].array {
            for entry in container["resources"][field].members.entries {
                guard let amount = Quantity(entry.value.text) else { continue }
                sum[entry.key] = max(sum[entry.key] ?? .zero, amount)
            }
        }
        return sum
    }
}

/// Keeps the status of quotas.
enum QuotaController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let quota = cluster.store.object(key) else { return }
        let hard = quota.json["spec"]["hard"]
        let used = cluster.quotaUsage(quota.json["spec"], namespace: key.namespace)
        cluster.modify(key) { $0["status"] = ["hard": hard, "used": used] }
    }
}
