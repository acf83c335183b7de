/// What a pod needs of Secrets and ConfigMaps, and what is missing.
enum References {
    private static func data(_ kind: String, _ name: String, _ namespace: String, _ cluster: isolated Cluster) -> JSON? {
        let type = kind == "secret" ? cluster.types.secrets : cluster.types.configMaps
        return cluster.object(type, namespace, name)?.json
    }

    /// Why a container cannot be created, in the kubelet's words; nil when all that it refers to is there.
    static func configProblem(_ pod: ObjectVersion, _ source: JSON, _ runtime: PodRuntime, _ cluster: isolated Cluster) -> String? {
        let namespace = pod.key.namespace
        if let fault = runtime.fault(.missingSecret) { return "secret \"\(fault.value ?? "app-secrets")\" not found" }
        if let fault = runtime.fault(.missingConfigMap) { return "configmap \"\(fault.value ?? "app-config")\" not found" }
        for item in source["envFrom"].array {
            for (field, kind) in [("configMapRef", "configmap"), ("secretRef", "secret")] where !item[field].isNull {
                let name = item[field]["name"].string ?? ""
                if item[field]["optional"].bool != true, data(kind, name, namespace, cluster) == nil { return "\(kind) \"\(name)\" not found" }
            }
        }
        for variable in source["env"].array {
            for (field, kind, title) in [("configMapKeyRef", "configmap", "ConfigMap"), ("secretKeyRef", "secret", "Secret")] {
                let reference = variable["valueFrom"][field]
                if reference.isNull || reference["optional"].bool == true { continue }
                let name = reference["name"].string ?? ""
                let key = reference["key"].string ?? ""
                guard let object = data(kind, name, namespace, cluster) else { return "\(kind) \"\(name)\" not found" }
                if object["data"][key].isNull, object["binaryData"][key].isNull {
                    return "couldn't find key \(key) in \(title) \(namespace)/\(name)"
                }
            }
        }
        let context = pod.json["spec"]["securityContext"]
        let user = source["securityContext"]["runAsUser"].int ?? context["runAsUser"].int
        if source["securityContext"]["runAsNonRoot"].bool ?? context["runAsNonRoot"].bool ?? false, user == 0 {
            return "container's runAsUser breaks non-root policy (pod: \"\(pod.key.name)_\(namespace)(\(pod.uid))\", container: \(source["name"].text))"
        }
        return nil
    }

    /// Why a pod's volumes cannot be mounted, as the event says it; nil when they can.
    static func volumeProblem(_ pod: ObjectVersion, _ runtime: PodRuntime, _ cluster: isolated Cluster) -> String? {
        let namespace = pod.key.namespace
        for volume in pod.json["spec"]["volumes"].array {
            let name = volume["name"].string ?? ""
            var sources: [(String, JSON, String)] = []
            if !volume["secret"].isNull { sources.append(("secret", volume["secret"], volume["secret"]["secretName"].text)) }
            if !volume["configMap"].isNull { sources.append(("configmap", volume["configMap"], volume["configMap"]["name"].text)) }
            for source in volume["projected"]["sources"].array {
                if !source["secret"].isNull { sources.append(("secret", source["secret"], source["secret"]["name"].text)) }
                if !source["configMap"].isNull { sources.append(("configmap", source["configMap"], source["configMap"]["name"].text)) }
            }
            for (kind, source, referred) in sources where source["optional"].bool != true {
                guard let object = data(kind, referred, namespace, cluster) else {
                    return "MountVolume.SetUp failed for volume \"\(name)\" : \(kind) \"\(referred)\" not found"
                }
                for item in source["items"].array {
                    let key = item["key"].string ?? ""
                    if object["data"][key].isNull, object["binaryData"][key].isNull {
                        return "MountVolume.SetUp failed for volume \"\(name)\" : references non-existent \(kind == "secret" ? "secret" : "config") key: \(key)"
                    }
                }
            }
        }
        return nil
    }
}
