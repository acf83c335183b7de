/// What a pod needs of Secrets and ConfigMaps, and what is missing.
enum References {
    /// The names of the Secrets or the ConfigMaps that a pod's spec asks for, in order.
    static func names(_ kind: String, _ spec: JSON) -> [String] {
        let prefix = kind == "secret" ? "secret" : "configMap"
        var names: [JSON] = []
        for container in spec["containers"].array + spec["initContainers"].array {
            names += container["envFrom"].array.map { $0["\(prefix)Ref"]["name"] }
            names += container["env"].array.map { $0["valueFrom"]["\(prefix)KeyRef"]["name"] }
        }
        for volume in spec["volumes"].array {
            names.append(kind == "secret" ? volume["secret"]["secretName"] : volume["configMap"]["name"])
            // The projected volume of the service account's token is every pod's, and nobody's reference.
            guard volume["projected"]["sources"].array.allSatisfy({ $0["serviceAccountToken"].isNull }) else {
                continue
            }
            names += volume["projected"]["sources"].array.map { $0[prefix]["name"] }
        }
        return names.compactMap(\.string)
    }

    /// What the fault of a missing object takes away: what it names, else the first that the pod asks for.
    static func missing(_ fault: Fault, _ spec: JSON) -> String {
        let kind = fault.kind == .missingSecret ? "secret" : "configmap"
        return fault.value ?? names(kind, spec).first ?? (kind == "secret" ? "app-secrets" : "app-config")
    }

    private static func data(
        _ kind: String, _ name: String, _ pod: ObjectVersion, _ runtime: PodRuntime, _ cluster: isolated Cluster
    ) -> JSON? {
        let type = kind == "secret" ? cluster.types.secrets : cluster.types.configMaps
        guard let object = cluster.object(type, pod.key.namespace, name) else { return nil }
        let fault = runtime.fault(kind == "secret" ? .missingSecret : .missingConfigMap)
        guard let fault, missing(fault, pod.json["spec"]) == name else { return object.json }
        // What was there before the pod is what the fault takes away; what somebody makes afterwards is the remedy.
        return object.resourceVersion <= runtime.birth ? nil : object.json
    }

    /// Why a container cannot be created, in the kubelet's words; nil when all that it refers to is there.
    static func configProblem(_ pod: ObjectVersion, _ source: JSON, _ runtime: PodRuntime, _ cluster: isolated Cluster)
        -> String?
    {
        let namespace = pod.key.namespace
        for item in source["envFrom"].array {
            for (field, kind) in [("configMapRef", "configmap"), ("secretRef", "secret")] where !item[field].isNull {
                let name = item[field]["name"].string ?? ""
                if item[field]["optional"].bool != true, data(kind, name, pod, runtime, cluster) == nil {
                    return "\(kind) \"\(name)\" not found"
                }
            }
        }
        for variable in source["env"].array {
            for (field, kind, title) in [
                ("configMapKeyRef", "configmap", "ConfigMap"), ("secretKeyRef", "secret", "Secret"),
            ] {
                let reference = variable["valueFrom"][field]
                if reference.isNull || reference["optional"].bool == true { continue }
                let name = reference["name"].string ?? ""
                let key = reference["key"].string ?? ""
                guard let object = data(kind, name, pod, runtime, cluster) else {
                    return "\(kind) \"\(name)\" not found"
                }
                if object["data"][key].isNull, object["binaryData"][key].isNull {
                    return "couldn't find key \(key) in \(title) \(namespace)/\(name)"
                }
            }
        }
        let context = pod.json["spec"]["securityContext"]
        let user = source["securityContext"]["runAsUser"].int ?? context["runAsUser"].int
        if source["securityContext"]["runAsNonRoot"].bool ?? context["runAsNonRoot"].bool ?? false, user == 0 {
            return
                "container's runAsUser breaks non-root policy (pod: \"\(pod.key.name)_\(namespace)(\(pod.uid))\", container: \(source["name"].text))"
        }
        return nil
    }

    /// Why a pod's volumes cannot be mounted, as the event says it; nil when they can.
    static func volumeProblem(_ pod: ObjectVersion, _ runtime: PodRuntime, _ cluster: isolated Cluster) -> String? {
        for volume in pod.json["spec"]["volumes"].array {
            let name = volume["name"].string ?? ""
            var sources: [(String, JSON, String)] = []
            if !volume["secret"].isNull {
                sources.append(("secret", volume["secret"], volume["secret"]["secretName"].text))
            }
            if !volume["configMap"].isNull {
                sources.append(("configmap", volume["configMap"], volume["configMap"]["name"].text))
            }
            for source in volume["projected"]["sources"].array {
                if !source["secret"].isNull {
                    sources.append(("secret", source["secret"], source["secret"]["name"].text))
                }
                if !source["configMap"].isNull {
                    sources.append(("configmap", source["configMap"], source["configMap"]["name"].text))
                }
            }
            for (kind, source, referred) in sources where source["optional"].bool != true {
                guard let object = data(kind, referred, pod, runtime, cluster) else {
                    return "MountVolume.SetUp failed for volume \"\(name)\" : \(kind) \"\(referred)\" not found"
                }
                for item in source["items"].array {
                    let key = item["key"].string ?? ""
                    if object["data"][key].isNull, object["binaryData"][key].isNull {
                        return
                            "MountVolume.SetUp failed for volume \"\(name)\" : references non-existent \(kind == "secret" ? "secret" : "config") key: \(key)"
                    }
                }
            }
        }
        return nil
    }
}
