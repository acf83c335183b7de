/// The names of kinds as people write them.
enum ResourceNames {
    /// The kind in lower case and in full: `deployment` for `deploy`, `deployments`, `Deployment` or `deployments.apps`.
    static func singular(_ resource: some StringProtocol) -> String {
        let name = String(resource.prefix { $0 != "." }).lowercased()
        if let full = short[name] { return full }
        if name.hasSuffix("ies") { return name.dropLast(3) + "y" }
        if name.hasSuffix("sses") || name.hasSuffix("ches") { return String(name.dropLast(2)) }
        if name.hasSuffix("s") && !name.hasSuffix("ss") { return String(name.dropLast()) }
        return name
    }

    /// `deployment/backend` in full for `deploy/backend`.
    static func object(_ text: String) -> String {
        let parts: [Substring] = text.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? "\(singular(parts[0]))/\(parts[1])" : singular(text)
    }

    private static let short = [
        "po": "pod", "deploy": "deployment", "svc": "service", "sts": "statefulset", "ds": "daemonset",
        "rs": "replicaset", "cm": "configmap", "ns": "namespace", "no": "node", "pvc": "persistentvolumeclaim",
        "pv": "persistentvolume", "hpa": "horizontalpodautoscaler", "ing": "ingress", "cj": "cronjob",
        "sa": "serviceaccount", "netpol": "networkpolicy", "pdb": "poddisruptionbudget", "sc": "storageclass",
        "crd": "customresourcedefinition", "crds": "customresourcedefinition", "ep": "endpoints",
        "endpoints": "endpoints", "ev": "event", "quota": "resourcequota", "limits": "limitrange",
        "pc": "priorityclass",
    ]
}
