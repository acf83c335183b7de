import Foundation

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
                    }
                }
            }
        }
        if !applied.isEmpty {
            pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] = .string(
                "LimitRanger plugin set: " + applied.joined(separator: "; "))
        }
        var wrong: [String] = []
        for range in ranges {
            for limit in range.json["spec"]["limits"].array {
                switch limit["type"].string {
                case "Container":
                    for container in pod["spec"]["containers"].array + pod["spec"]["initContainers"].array {
                        wrong += Bounds(limit, container["resources"]).problems
                    }
                case "Pod":
                    let sums: JSON = [
                        "limits": .strings(PodResources.total(pod["spec"], field: "limits").mapValues(\.text)),
                        "requests": .strings(PodResources.total(pod["spec"], field: "requests").mapValues(\.text)),
                    ]
                    wrong += Bounds(limit, sums).problems
                default: break
                }
            }
        }
        try refuse(wrong, key)
    }

    /// Checks the size of a claim.
    static func check(claim: JSON, key: ObjectKey, ranges: [ObjectVersion]) throws {
        let asked = Quantity(claim["spec"]["resources"]["requests"]["storage"].text) ?? .zero
        var wrong: [String] = []
        for range in ranges {
            for limit in range.json["spec"]["limits"].array where limit["type"].string == "PersistentVolumeClaim" {
                let text = "usage per PersistentVolumeClaim is"
                if let least = Quantity(limit["min"]["storage"].text), asked < least {
                    wrong.append("minimum storage \(text) \(least.text), but request is \(asked.text)")
                }
                if let most = Quantity(limit["max"]["storage"].text), asked > most {
                    wrong.append("maximum storage \(text) \(most.text), but request is \(asked.text)")
                }
            }
        }
        try refuse(wrong, key)
    }

    private static func refuse(_ wrong: [String], _ key: ObjectKey) throws {
        guard let first = wrong.first else { return }
        throw APIError.forbidden(
            key.type, key.name, wrong.count == 1 ? first : "[\(wrong.joined(separator: ", "))]")
    }

    /// What resources break of a limit of containers or of pods, in the words of the admission plugin.
    private struct Bounds {
        private(set) var problems: [String] = []

        init(_ limit: JSON, _ resources: JSON) {
            let kind = limit["type"].text
            func asked(_ field: String, _ name: String) -> Quantity? { Quantity(resources[field][name].text) }
            for entry in limit["min"].members.entries {
                guard let bound = Quantity(entry.value.text) else { continue }
                let text = "minimum \(entry.key) usage per \(kind) is \(bound.text)"
                let (request, most) = (asked("requests", entry.key), asked("limits", entry.key))
                if let request, request < bound {
                    problems.append("\(text), but request is \(request.text)")
                } else if request == nil {
                    problems.append("\(text).  No request is specified")
                } else if let most, most < bound {
                    problems.append("\(text), but limit is \(most.text)")
                }
            }
            for entry in limit["max"].members.entries {
                guard let bound = Quantity(entry.value.text) else { continue }
                let text = "maximum \(entry.key) usage per \(kind) is \(bound.text)"
                let (request, most) = (asked("requests", entry.key), asked("limits", entry.key))
                if let most, most > bound {
                    problems.append("\(text), but limit is \(most.text)")
                } else if most == nil {
                    problems.append("\(text).  No limit is specified")
                } else if let request, request > bound {
                    problems.append("\(text), but request is \(request.text)")
                }
            }
            for entry in limit["maxLimitRequestRatio"].members.entries {
                guard let bound = Quantity(entry.value.text) else { continue }
                let text = "\(entry.key) max limit to request ratio per \(kind) is \(bound.text), but"
                guard let request = asked("requests", entry.key), request > .zero else {
                    problems.append("\(text) no request is specified or request is 0")
                    continue
                }
                guard let most = asked("limits", entry.key), most > .zero else {
                    problems.append("\(text) no limit is specified or limit is 0")
                    continue
                }
                let ratio = Double(most.milli) / Double(request.milli)
                if ratio * 1000 > Double(bound.milli) {
                    problems.append("\(text) provided ratio is \(String(format: "%f", ratio))")
                }
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
        if !privileged.isEmpty {
            result.append("privileged (\(names(privileged)) must not set securityContext.privileged=true)")
        }
        let hostPaths = spec["volumes"].array.filter { !$0["hostPath"].isNull }
        if !hostPaths.isEmpty {
            let quoted = hostPaths.map { "\"\($0["name"].string ?? "")\"" }.joined(separator: ", ")
            result.append("hostPath volumes (\(hostPaths.count == 1 ? "volume" : "volumes") \(quoted))")
        }
        guard level == "restricted" else { return result }
        let escalating = containers.filter { $0["securityContext"]["allowPrivilegeEscalation"].bool != false }
        if !escalating.isEmpty {
            result.append(
                "allowPrivilegeEscalation != false (\(names(escalating)) must set securityContext.allowPrivilegeEscalation=false)"
            )
        }
        let capable = containers.filter { !$0["securityContext"]["capabilities"]["drop"].array.contains("ALL") }
        if !capable.isEmpty {
            result.append(
                "unrestricted capabilities (\(names(capable)) must set securityContext.capabilities.drop=[\"ALL\"])")
        }
        let isPodSafe = spec["securityContext"]["runAsNonRoot"].bool == true
        let rooted = containers.filter { !($0["securityContext"]["runAsNonRoot"].bool ?? isPodSafe) }
        if !rooted.isEmpty {
            result.append("runAsNonRoot != true (pod or \(names(rooted)) must set securityContext.runAsNonRoot=true)")
        }
        let isPodConfined = !spec["securityContext"]["seccompProfile"]["type"].isNull
        let unconfined = containers.filter { $0["securityContext"]["seccompProfile"]["type"].isNull && !isPodConfined }
        if !unconfined.isEmpty {
            result.append(
                "seccompProfile (pod or \(names(unconfined)) must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
            )
        }
        return result
    }
}
