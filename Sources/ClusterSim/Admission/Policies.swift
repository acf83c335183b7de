/// Limit ranges: default requests and limits of containers, and their bounds.
enum LimitRanges {
    static func apply(_ pod: inout JSON, key: ObjectKey, ranges: [ObjectVersion]) throws {
        guard !ranges.isEmpty else { return }
        var applied: [String] = []
        for range in ranges {
            for limit in range.json["spec"]["limits"].array where limit["type"].string == "Container" {
                for list in ["containers", "initContainers"] {
                    for index in pod["spec"][list].array.indices {
                        let name = pod["spec"][list][index]["name"].string ?? ""
                        for (field, source) in [("limits", "default"), ("requests", "defaultRequest")] {
                            for entry in limit[source].members.entries
                            where pod["spec"][list][index]["resources"][field][entry.key].isNull {
                                pod["spec"][list][index]["resources"][field][entry.key] = entry.value
                                applied.append("\(entry.key) \(field.dropLast()) for container \(name)")
                            }
                        }
                        try check(pod["spec"][list][index], limit, key)
                    }
                }
            }
        }
        if !applied.isEmpty {
            pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] = .string("LimitRanger plugin set: " + applied.joined(separator: "; "))
        }
    }

    private static func check(_ container: JSON, _ limit: JSON, _ key: ObjectKey) throws {
        for entry in limit["max"].members.entries {
            guard let bound = Quantity(entry.value.text) else { continue }
            guard let asked = Quantity(container["resources"]["limits"][entry.key].text) else { continue }
            if asked > bound {
                throw APIError.forbidden(
                    key.type, key.name,
                    "maximum \(entry.key) usage per Container is \(bound.text), but limit is \(asked.text)")
            }
        }
        for entry in limit["min"].members.entries {
            guard let bound = Quantity(entry.value.text) else { continue }
            guard let asked = Quantity(container["resources"]["requests"][entry.key].text) else {
                throw APIError.forbidden(
                    key.type, key.name, "minimum \(entry.key) usage per Container is \(bound.text).  No request is specified")
            }
            if asked < bound {
                throw APIError.forbidden(
                    key.type, key.name,
                    "minimum \(entry.key) usage per Container is \(bound.text), but request is \(asked.text)")
            }
        }
    }
}

/// The pod security standards, by namespace label.
enum PodSecurity {
    /// What a pod violates of a level (`baseline`, `restricted`), in the words of the admission plugin.
    static func violations(_ spec: JSON, level: String?) -> [String] {
        guard let level, level == "baseline" || level == "restricted" else { return [] }
        let containers = spec["initContainers"].array + spec["containers"].array
        func names(_ matches: [JSON]) -> String {
            let quoted = matches.map { "\"\($0["name"].string ?? "")\"" }.joined(separator: ", ")
            return (matches.count == 1 ? "container " : "containers ") + quoted
        }
        var result: [String] = []
        let host = ["hostNetwork", "hostPID", "hostIPC"].filter { spec[$0].bool == true }
        if !host.isEmpty { result.append("host namespaces (\(host.map { "\($0)=true" }.joined(separator: ", ")))") }
        let privileged = containers.filter { $0["securityContext"]["privileged"].bool == true }
        if !privileged.isEmpty { result.append("privileged (\(names(privileged)) must not set securityContext.privileged=true)") }
        let hostPaths = spec["volumes"].array.filter { !$0["hostPath"].isNull }
        if !hostPaths.isEmpty {
            let quoted = hostPaths.map { "\"\($0["name"].string ?? "")\"" }.joined(separator: ", ")
            result.append("hostPath volumes (\(hostPaths.count == 1 ? "volume" : "volumes") \(quoted))")
        }
        guard level == "restricted" else { return result }
        let escalating = containers.filter { $0["securityContext"]["allowPrivilegeEscalation"].bool != false }
        if !escalating.isEmpty {
            result.append("allowPrivilegeEscalation != false (\(names(escalating)) must set securityContext.allowPrivilegeEscalation=false)")
        }
        let capable = containers.filter { !$0["securityContext"]["capabilities"]["drop"].array.contains("ALL") }
        if !capable.isEmpty {
            result.append("unrestricted capabilities (\(names(capable)) must set securityContext.capabilities.drop=[\"ALL\"])")
        }
        let isPodSafe = spec["securityContext"]["runAsNonRoot"].bool == true
        let rooted = containers.filter { !($0["securityContext"]["runAsNonRoot"].bool ?? isPodSafe) }
        if !rooted.isEmpty {
            result.append("runAsNonRoot != true (pod or \(names(rooted)) must set securityContext.runAsNonRoot=true)")
        }
        let isPodConfined = !spec["securityContext"]["seccompProfile"]["type"].isNull
        let unconfined = containers.filter { $0["securityContext"]["seccompProfile"]["type"].isNull && !isPodConfined }
        if !unconfined.isEmpty {
            result.append("seccompProfile (pod or \(names(unconfined)) must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")
        }
        return result
    }
}
