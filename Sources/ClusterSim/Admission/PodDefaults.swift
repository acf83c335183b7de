/// What the server fills into pods where a client says nothing.
enum PodDefaults {
    /// Where containers find the token of their service account.
    static let tokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Fills a pod's or a template's spec.
    static func apply(_ spec: inout JSON) {
        spec.fill("restartPolicy", "Always")
        spec.fill("terminationGracePeriodSeconds", 30)
        spec.fill("dnsPolicy", "ClusterFirst")
        spec.fill("securityContext", [:])
        spec.fill("schedulerName", "default-scheduler")
        if let account = spec["serviceAccountName"].string { spec["serviceAccount"] = .string(account) }
        for list in ["initContainers", "containers"] {
            for index in spec[list].array.indices { container(&spec[list][index]) }
        }
        for index in spec["volumes"].array.indices { volume(&spec["volumes"][index]) }
    }

    private static func container(_ container: inout JSON) {
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        container.fill("resources", [:])
        let image = container["image"].string ?? ""
        container.fill("imagePullPolicy", .string(isLatest(image) ? "Always" : "IfNotPresent"))
        for index in container["ports"].array.indices { container["ports"][index].fill("protocol", "TCP") }
        for index in container["env"].array.indices where !container["env"][index]["valueFrom"]["fieldRef"].isNull {
            container["env"][index]["valueFrom"]["fieldRef"].fill("apiVersion", "v1")
        }
        for index in container["env"].array.indices
        where !container["env"][index]["valueFrom"]["resourceFieldRef"].isNull {
            container["env"][index]["valueFrom"]["resourceFieldRef"].fill("divisor", "0")
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] where !container[name].isNull {
            probe(&container[name])
        }
        for name in ["postStart", "preStop"] where !container["lifecycle"][name]["httpGet"].isNull {
            container["lifecycle"][name]["httpGet"].fill("scheme", "HTTP")
        }
        // A limit without a request is the request.
        for entry in container["resources"]["limits"].members.entries {
            container["resources"]["requests"].fill(entry.key, entry.value)
        }
    }

    private static func isLatest(_ image: String) -> Bool {
        if image.contains("@") { return false }
        let last = image.split(separator: "/").last ?? ""
        return !last.contains(":") || last.hasSuffix(":latest")
    }

    private static func probe(_ probe: inout JSON) {
        probe.fill("timeoutSeconds", 1)
        probe.fill("periodSeconds", 10)
        probe.fill("successThreshold", 1)
        probe.fill("failureThreshold", 3)
        if !probe["httpGet"].isNull {
            probe["httpGet"].fill("scheme", "HTTP")
            probe["httpGet"].fill("path", "/")
        }
        if !probe["grpc"].isNull { probe["grpc"].fill("service", "") }
    }

    private static func volume(_ volume: inout JSON) {
        for source in ["configMap", "secret", "downwardAPI", "projected"] where !volume[source].isNull {
            volume[source].fill("defaultMode", 420)
        }
        if !volume["hostPath"].isNull { volume["hostPath"].fill("type", "") }
        for index in volume["projected"]["sources"].array.indices
        where !volume["projected"]["sources"][index]["serviceAccountToken"].isNull {
            volume["projected"]["sources"][index]["serviceAccountToken"].fill("expirationSeconds", 3600)
        }
        if volume.members.count == 1 { volume["emptyDir"] = [:] }
    }

    /// Fills what only pods get, not templates: the service account with its token, tolerations, priority.
    static func admit(_ pod: inout JSON) {
        pod["spec"].fill("serviceAccountName", "default")
        pod["spec"]["serviceAccount"] = pod["spec"]["serviceAccountName"]
        pod["spec"].fill("enableServiceLinks", true)
        pod["spec"].fill("preemptionPolicy", "PreemptLowerPriority")
        pod["spec"].fill("priority", 0)
        for condition in ["not-ready", "unreachable"] {
            let key = "node.kubernetes.io/\(condition)"
            let isTolerated = pod["spec"]["tolerations"].array.contains {
                $0["key"].string == key || ($0["key"].isEmpty && $0["operator"].string == "Exists")
            }
            if isTolerated { continue }
            pod["spec"]["tolerations"].append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        guard pod["spec"]["automountServiceAccountToken"].bool != false else { return }
        let path = tokenFolder
        let name = "kube-api-access-\(Names.suffix())"
        var isUsed = false
        for list in ["initContainers", "containers"] {
            for index in pod["spec"][list].array.indices
            where pod["spec"][list][index]["volumeMounts"].element(where: "mountPath", is: path) == nil {
                isUsed = true
                pod["spec"][list][index]["volumeMounts"].append([
                    "name": .string(name), "readOnly": true, "mountPath": .string(path),
                ])
            }
        }
        guard isUsed else { return }
        pod["spec"]["volumes"].append([
            "name": .string(name),
            "projected": [
                "defaultMode": 420,
                "sources": [
                    ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
                    ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
                    [
                        "downwardAPI": [
                            "items": [
                                [
                                    "path": "namespace",
                                    "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"],
                                ]
                            ]
                        ]
                    ],
                ],
            ],
        ])
    }

    /// The service class that the containers' resources give a pod.
    static func serviceClass(_ spec: JSON) -> String {
        let containers = spec["containers"].array + spec["initContainers"].array
        var isAnySet = false
        var isGuaranteed = true
        for container in containers {
            for resource in ["cpu", "memory"] {
                let request = container["resources"]["requests"][resource]
                let limit = container["resources"]["limits"][resource]
                if !request.isNull || !limit.isNull { isAnySet = true }
                if limit.isNull || Quantity(request.text) != Quantity(limit.text) { isGuaranteed = false }
            }
        }
        return isAnySet ? (isGuaranteed ? "Guaranteed" : "Burstable") : "BestEffort"
    }
}
