/// The columns of the remaining kinds.
enum OtherTables {
    static func printer(_ type: ResourceType) -> TablePrinter? {
        switch type.plural {
        case "ingresses":
            let columns: [TableColumn] = [.name, .text("Class"), .text("Hosts"), .text("Address"), .text("Ports"), .age]
            return TablePrinter(columns: columns) { object, now in
                let hosts = object["spec"]["rules"].array.compactMap { $0["host"].string }
                let addresses = object["status"]["loadBalancer"]["ingress"].array.map { $0["ip"].string ?? $0["hostname"].text }
                return [
                    object["metadata"]["name"], TablePrinter.or(object["spec"]["ingressClassName"]),
                    .string(hosts.isEmpty ? "*" : hosts.joined(separator: ",")), .string(addresses.joined(separator: ",")),
                    .string(object["spec"]["tls"].isEmpty ? "80" : "80, 443"), TablePrinter.age(object, now),
                ]
            }
        case "horizontalpodautoscalers":
            let columns: [TableColumn] = [
                .name, .text("Reference"), .text("Targets"), .text("MinPods"), .text("MaxPods"), .number("Replicas"), .age,
            ]
            return TablePrinter(columns: columns) { object, now in
                let spec = object["spec"]
                let current = object["status"]["currentMetrics"].array
                let targets = spec["metrics"].array.enumerated().map { index, metric -> String in
                    let resource = metric["resource"]
                    let now = current.indices.contains(index) ? current[index]["resource"]["current"] : .null
                    if let percent = resource["target"]["averageUtilization"].int {
                        return "\(resource["name"].text): \(now["averageUtilization"].int.map { "\($0)%" } ?? "<unknown>")/\(percent)%"
                    }
                    return "\(resource["name"].text): \(now["averageValue"].isNull ? "<unknown>" : now["averageValue"].text)/\(resource["target"]["averageValue"].text)"
                }
                return [
                    object["metadata"]["name"], .string("\(spec["scaleTargetRef"]["kind"].text)/\(spec["scaleTargetRef"]["name"].text)"),
                    .string(targets.isEmpty ? "<none>" : targets.joined(separator: ", ")), .string(spec["minReplicas"].isNull ? "<unset>" : spec["minReplicas"].text),
                    spec["maxReplicas"], .int(object["status"]["currentReplicas"].int ?? 0), TablePrinter.age(object, now),
                ]
            }
        case "endpointslices":
            return TablePrinter(columns: [.name, .text("AddressType"), .text("Ports"), .text("Endpoints"), .age]) { object, now in
                let ports = object["ports"].array.map { $0["port"].text }
                let addresses = object["endpoints"].array.flatMap { $0["addresses"].array.map(\.text) }
                let more = addresses.count > 3 ? " + \(addresses.count - 3) more..." : ""
                return [
                    object["metadata"]["name"], object["addressType"], .string(ports.isEmpty ? "<unset>" : ports.joined(separator: ",")),
                    .string(addresses.isEmpty ? "<unset>" : addresses.prefix(3).joined(separator: ",") + more), TablePrinter.age(object, now),
                ]
            }
        case "poddisruptionbudgets":
            return TablePrinter(columns: [.name, .text("Min Available"), .text("Max Unavailable"), .number("Allowed Disruptions"), .age]) { object, now in
                [
                    object["metadata"]["name"], TablePrinter.or(object["spec"]["minAvailable"], "N/A"),
                    TablePrinter.or(object["spec"]["maxUnavailable"], "N/A"), .int(object["status"]["disruptionsAllowed"].int ?? 0),
                    TablePrinter.age(object, now),
                ]
            }
        case "networkpolicies":
            return TablePrinter(columns: [.name, .text("Pod-Selector"), .age]) { object, now in
                [object["metadata"]["name"], TablePrinter.selector(object["spec"]["podSelector"]), TablePrinter.age(object, now)]
            }
        case "storageclasses":
            let columns: [TableColumn] = [.name, .text("Provisioner"), .text("ReclaimPolicy"), .text("VolumeBindingMode"), .text("AllowVolumeExpansion"), .age]
            return TablePrinter(columns: columns) { object, now in
                let isDefault = object["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"].string == "true"
                return [
                    .string(object["metadata"]["name"].text + (isDefault ? " (default)" : "")), object["provisioner"], object["reclaimPolicy"],
                    object["volumeBindingMode"], .bool(object["allowVolumeExpansion"].bool ?? false), TablePrinter.age(object, now),
                ]
            }
        case "leases":
            return TablePrinter(columns: [.name, .text("Holder"), .age]) { object, now in
                [object["metadata"]["name"], .string(object["spec"]["holderIdentity"].text), TablePrinter.age(object, now)]
            }
        case "roles", "clusterroles":
            return TablePrinter(columns: [.name, TableColumn(name: "Created At")]) { object, _ in
                [object["metadata"]["name"], object["metadata"]["creationTimestamp"]]
            }
        case "rolebindings", "clusterrolebindings":
            return TablePrinter(columns: [.name, .text("Role"), .age]) { object, now in
                [
                    object["metadata"]["name"], .string("\(object["roleRef"]["kind"].text)/\(object["roleRef"]["name"].text)"),
                    TablePrinter.age(object, now),
                ]
            }
        case "controllerrevisions":
            return TablePrinter(columns: [.name, .text("Controller"), .number("Revision"), .age]) { object, now in
                let owner = object["metadata"]["ownerReferences"].array.first { $0["controller"].bool == true } ?? .null
                return [
                    object["metadata"]["name"], .string("\(owner["kind"].text.lowercased()).apps/\(owner["name"].text)"), object["revision"],
                    TablePrinter.age(object, now),
                ]
            }
        default: return nil
        }
    }
}
