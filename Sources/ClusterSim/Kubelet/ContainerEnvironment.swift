/// What a container has of its pod and of its namespace: environment and files.
enum ContainerEnvironment {
    private static let search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The environment variables of a container, with those of Secrets and ConfigMaps that are there.
    static func variables(_ pod: JSON, _ source: JSON, _ cluster: isolated Cluster) -> [String: String] {
        let namespace = pod["metadata"]["namespace"].string ?? ""
        var result = [
            "PATH": search, "HOME": "/root", "HOSTNAME": pod["metadata"]["name"].string ?? "",
            "KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443",
            "KUBERNETES_SERVICE_PORT_HTTPS": "443", "KUBERNETES_PORT": "tcp://10.96.0.1:443",
        ]
        for item in source["envFrom"].array {
            for (field, type) in [
                ("configMapRef", cluster.types.configMaps), ("secretRef", cluster.types.secrets),
            ] where !item[field].isNull {
                guard let object = cluster.object(type, namespace, item[field]["name"].text) else { continue }
                for (name, bytes) in content(of: object.json) {
                    result[(item["prefix"].string ?? "") + name] = String(decoding: bytes, as: UTF8.self)
                }
            }
        }
        for variable in source["env"].array {
            guard let name = variable["name"].string else { continue }
            let from = variable["valueFrom"]
            if from.isNull {
                result[name] = expanded(variable["value"].string ?? "", result)
            } else if let value = value(from, pod, source, namespace, cluster) {
                result[name] = value
            }
        }
        return result
    }

    private static func expanded(_ text: String, _ known: [String: String]) -> String {
        guard text.contains("$(") else { return text }
        var result = text
        for (name, value) in known { result = result.replacing("$(\(name))", with: value) }
        return result
    }

    private static func value(
        _ from: JSON, _ pod: JSON, _ source: JSON, _ namespace: String, _ cluster: isolated Cluster
    ) -> String? {
        for (field, type) in [
            ("configMapKeyRef", cluster.types.configMaps), ("secretKeyRef", cluster.types.secrets),
        ] where !from[field].isNull {
            return cluster.object(type, namespace, from[field]["name"].text)
                .flatMap { content(of: $0.json)[from[field]["key"].text] }.map { String(decoding: $0, as: UTF8.self) }
        }
        if let path = from["fieldRef"]["fieldPath"].string { return field(path, pod) }
        guard let resource = from["resourceFieldRef"]["resource"].string, let (kind, name) = resource.split(around: ".")
        else { return nil }
        return source["resources"][kind][name].text
    }

    /// A field of a pod as the downward API gives it.
    private static func field(_ path: String, _ pod: JSON) -> String {
        if let (map, rest) = path.split(around: "['"), let (key, _) = rest.split(around: "']") {
            return pod["metadata"][map.hasSuffix("labels") ? "labels" : "annotations"][key].text
        }
        var value = pod
        for part in path.split(separator: ".") { value = value[String(part)] }
        if path == "metadata.labels" || path == "metadata.annotations" {
            return value.members.entries.map { "\($0.key)=\"\($0.value.text)\"" }.joined(separator: "\n")
        }
        return value.text
    }

    /// The data of a Secret or a ConfigMap.
    private static func content(of object: JSON) -> [String: [UInt8]] {
        let isSecret = object["kind"].string == "Secret"
        var result: [String: [UInt8]] = [:]
        for entry in object["data"].members.entries {
            result[entry.key] = isSecret ? Base64.decode(entry.value.text) : Array(entry.value.text.utf8)
        }
        for entry in object["binaryData"].members.entries { result[entry.key] = Base64.decode(entry.value.text) }
        return result
    }

    /// The files that volumes bring into a container, by path.
    static func mountedFiles(_ pod: JSON, _ source: JSON, _ cluster: isolated Cluster) -> [String: [UInt8]] {
        let namespace = pod["metadata"]["namespace"].string ?? ""
        var result: [String: [UInt8]] = [:]
        for mount in source["volumeMounts"].array {
            guard let volume = pod["spec"]["volumes"].element(where: "name", is: mount["name"].text) else { continue }
            let files = files(of: volume, pod, namespace, cluster)
            let place = mount["mountPath"].text
            if let part = mount["subPath"].string, !part.isEmpty {
                result[place] = files[part]
                continue
            }
            for (name, bytes) in files { result["\(place)/\(name)"] = bytes }
        }
        return result
    }

    private static func files(of volume: JSON, _ pod: JSON, _ namespace: String, _ cluster: isolated Cluster)
        -> [String: [UInt8]]
    {
        func chosen(_ type: ResourceType, _ name: String, _ items: JSON) -> [String: [UInt8]] {
            guard let object = cluster.object(type, namespace, name) else { return [:] }
            let all = content(of: object.json)
            if items.isEmpty { return all }
            return items.array.reduce(into: [:]) { $0[$1["path"].text] = all[$1["key"].text] }
        }
        func downward(_ items: JSON) -> [String: [UInt8]] {
            items.array.reduce(into: [:]) {
                $0[$1["path"].text] = Array(field($1["fieldRef"]["fieldPath"].text, pod).utf8)
            }
        }
        if !volume["secret"].isNull {
            return chosen(cluster.types.secrets, volume["secret"]["secretName"].text, volume["secret"]["items"])
        }
        if !volume["configMap"].isNull {
            return chosen(cluster.types.configMaps, volume["configMap"]["name"].text, volume["configMap"]["items"])
        }
        if !volume["downwardAPI"].isNull { return downward(volume["downwardAPI"]["items"]) }
        var result: [String: [UInt8]] = [:]
        for part in volume["projected"]["sources"].array {
            var files = downward(part["downwardAPI"]["items"])
            if !part["secret"].isNull {
                files = chosen(cluster.types.secrets, part["secret"]["name"].text, part["secret"]["items"])
            } else if !part["configMap"].isNull {
                files = chosen(cluster.types.configMaps, part["configMap"]["name"].text, part["configMap"]["items"])
            } else if let path = part["serviceAccountToken"]["path"].string {
                files[path] = Array("simulated".utf8)
            }
            result.merge(files) { $1 }
        }
        return result
    }

    /// What the commands that are run in a container find there.
    static func contents(_ pod: ObjectVersion, _ source: JSON, _ cluster: isolated Cluster) -> ContainerContents {
        let name = pod.key.name
        let address = pod.json["status"]["podIP"].text
        var contents = ContainerContents()
        contents.environment = variables(pod.json, source, cluster)
        contents.hostName = pod.json["spec"]["hostname"].string ?? name
        contents.user =
            source["securityContext"]["runAsUser"].int ?? pod.json["spec"]["securityContext"]["runAsUser"].int ?? 0
        contents.files = [
            "/etc/hostname": Array("\(name)\n".utf8),
            "/etc/hosts": Array(
                "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n\(address)\t\(name)\n".utf8),
            "/etc/resolv.conf": Array(
                "nameserver 10.96.0.10\nsearch \(pod.key.namespace).svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
                    .utf8),
        ]
        for mount in source["volumeMounts"].array { contents.folders.insert(mount["mountPath"].text) }
        if let folder = source["workingDir"].string { contents.folders.insert(folder) }
        contents.files.merge(mountedFiles(pod.json, source, cluster)) { $1 }
        contents.ask = answers(of: pod, cluster)
        return contents
    }

    /// What the pod's servers answer, as it is now.
    private static func answers(of pod: ObjectVersion, _ cluster: isolated Cluster)
        -> @Sendable (Int, String) -> PodAnswer
    {
        let servers = cluster.servers(of: pod)
        return { port, path in PodServer.answer(servers, port: port, path: path) }
    }
}
