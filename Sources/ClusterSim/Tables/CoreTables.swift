/// The columns of the core group's kinds.
enum CoreTables {
    static func printer(_ type: ResourceType) -> TablePrinter? {
        switch type.plural {
        case "services":
            let columns: [TableColumn] = [.name, .text("Type"), .text("Cluster-IP"), .text("External-IP"), .text("Port(s)"), .age, .wide("Selector")]
            return TablePrinter(columns: columns) { object, now in
                let spec = object["spec"]
                let ports = spec["ports"].array.map { port -> String in
                    let node = port["nodePort"].int.map { ":\($0)" } ?? ""
                    return "\(port["port"].text)\(node)/\(port["protocol"].text)"
                }
                return [
                    object["metadata"]["name"], spec["type"], TablePrinter.or(spec["clusterIP"]), external(object),
                    .string(ports.isEmpty ? "<none>" : ports.joined(separator: ",")), TablePrinter.age(object, now),
                    TablePrinter.labels(spec["selector"]),
                ]
            }
        case "namespaces":
            return TablePrinter(columns: [.name, .text("Status"), .age]) { object, now in
                [object["metadata"]["name"], object["status"]["phase"], TablePrinter.age(object, now)]
            }
        case "secrets":
            return TablePrinter(columns: [.name, .text("Type"), .number("Data"), .age]) { object, now in
                [object["metadata"]["name"], object["type"], .int(object["data"].members.count), TablePrinter.age(object, now)]
            }
        case "configmaps":
            return TablePrinter(columns: [.name, .number("Data"), .age]) { object, now in
                [
                    object["metadata"]["name"], .int(object["data"].members.count + object["binaryData"].members.count),
                    TablePrinter.age(object, now),
                ]
            }
        case "serviceaccounts":
            return TablePrinter(columns: [.name, .text("Secrets"), .age]) { object, now in
                [object["metadata"]["name"], .int(object["secrets"].array.count), TablePrinter.age(object, now)]
            }
        case "endpoints":
            return TablePrinter(columns: [.name, .text("Endpoints"), .age]) { object, now in
                [object["metadata"]["name"], endpoints(object), TablePrinter.age(object, now)]
            }
        case "events": return events(type)
        case "nodes": return nodes
        case "persistentvolumeclaims":
            let columns: [TableColumn] = [
                .name, .text("Status"), .text("Volume"), .text("Capacity"), .text("Access Modes"), .text("StorageClass"),
                .text("VolumeAttributesClass"), .age, .wide("VolumeMode"),
            ]
            return TablePrinter(columns: columns) { object, now in
                let spec = object["spec"]
                return [
                    object["metadata"]["name"], object["status"]["phase"], .string(spec["volumeName"].text),
                    .string(object["status"]["capacity"]["storage"].text), modes(object["status"]["accessModes"]),
                    .string(spec["storageClassName"].text), "<unset>", TablePrinter.age(object, now), TablePrinter.or(spec["volumeMode"], "<unset>"),
                ]
            }
        case "persistentvolumes":
            let columns: [TableColumn] = [
                .name, .text("Capacity"), .text("Access Modes"), .text("Reclaim Policy"), .text("Status"), .text("Claim"),
                .text("StorageClass"), .text("VolumeAttributesClass"), .text("Reason"), .age, .wide("VolumeMode"),
            ]
            return TablePrinter(columns: columns) { object, now in
                let spec = object["spec"]
                let claim = spec["claimRef"].isNull ? "" : "\(spec["claimRef"]["namespace"].text)/\(spec["claimRef"]["name"].text)"
                return [
                    object["metadata"]["name"], .string(spec["capacity"]["storage"].text), modes(spec["accessModes"]),
                    spec["persistentVolumeReclaimPolicy"], object["status"]["phase"], .string(claim), .string(spec["storageClassName"].text),
                    "<unset>", .string(object["status"]["reason"].text), TablePrinter.age(object, now), TablePrinter.or(spec["volumeMode"], "<unset>"),
                ]
            }
        case "resourcequotas":
            return TablePrinter(columns: [.name, .text("Request"), .text("Limit"), .age]) { object, now in
                let hard = object["status"]["hard"]
                func row(_ isLimit: Bool) -> JSON {
                    let keys = hard.members.keys.filter { $0.hasPrefix("limits.") == isLimit }
                    return .string(keys.map { "\($0): \(object["status"]["used"][$0].text)/\(hard[$0].text)" }.joined(separator: ", "))
                }
                return [object["metadata"]["name"], row(false), row(true), TablePrinter.age(object, now)]
            }
        case "limitranges":
            return TablePrinter(columns: [.name, TableColumn(name: "Created At")]) { object, _ in
                [object["metadata"]["name"], object["metadata"]["creationTimestamp"]]
            }
        default: return nil
        }
    }

    private static func external(_ service: JSON) -> JSON {
        let spec = service["spec"]
        if spec["type"].string == "ExternalName" { return TablePrinter.or(spec["externalName"]) }
        let ingress = service["status"]["loadBalancer"]["ingress"].array.map { $0["ip"].string ?? $0["hostname"].text }
        let addresses = ingress + spec["externalIPs"].array.map(\.text)
        if !addresses.isEmpty { return .string(addresses.joined(separator: ",")) }
        return spec["type"].string == "LoadBalancer" ? "<pending>" : "<none>"
    }

    private static func endpoints(_ object: JSON) -> JSON {
        var list: [String] = []
        for subset in object["subsets"].array {
            let ports = subset["ports"].array
            for address in subset["addresses"].array {
                if ports.isEmpty { list.append(address["ip"].text) }
                for port in ports { list.append("\(address["ip"].text):\(port["port"].text)") }
            }
        }
        if list.isEmpty { return "<none>" }
        let more = list.count > 3 ? " + \(list.count - 3) more..." : ""
        return .string(list.prefix(3).joined(separator: ",") + more)
    }

    private static func modes(_ modes: JSON) -> JSON {
        let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
        return .string(modes.array.map { short[$0.text] ?? $0.text }.joined(separator: ","))
    }

    private static func events(_ type: ResourceType) -> TablePrinter {
        let columns: [TableColumn] = [
            .text("Last Seen"), .text("Type"), .text("Reason"), .text("Object"), .wide("Subobject"), .wide("Source"), .text("Message"),
            .wide("First Seen"), .wide("Count"), TableColumn(name: "Name", format: "name", priority: 1),
        ]
        return TablePrinter(columns: columns) { object, now in
            let involved = object["involvedObject"]
            let start = object["firstTimestamp"].isNull ? object["eventTime"] : object["firstTimestamp"]
            let end = object["lastTimestamp"].isNull ? object["series"]["lastObservedTime"].isNull ? start : object["series"]["lastObservedTime"] : object["lastTimestamp"]
            let source = object["source"]["component"].string ?? object["reportingComponent"].text
            let host = object["source"]["host"].string ?? (object["source"]["component"].isNull ? object["reportingInstance"].text : "")
            return [
                TablePrinter.age(object, now, end), object["type"], object["reason"],
                .string("\(involved["kind"].text.lowercased())/\(involved["name"].text)"), .string(involved["fieldPath"].text),
                .string(host.isEmpty ? source : "\(source), \(host)"), .string(object["message"].text.trimmingBlanks()),
                TablePrinter.age(object, now, start), .int(object["count"].int ?? 1), object["metadata"]["name"],
            ]
        }
    }

    private static let nodes = TablePrinter(columns: [
        .name, .text("Status"), .text("Roles"), .age, .text("Version"), .wide("Internal-IP"), .wide("External-IP"), .wide("OS-Image"),
        .wide("Kernel-Version"), .wide("Container-Runtime"),
    ]) { object, now in
        let isReady = object["status"]["conditions"].element(where: "type", is: "Ready")?["status"].string == "True"
        let status = (isReady ? "Ready" : "NotReady") + (object["spec"]["unschedulable"].bool == true ? ",SchedulingDisabled" : "")
        let roles = object["metadata"]["labels"].members.keys.compactMap { key in
            key.hasPrefix("node-role.kubernetes.io/") ? String(key.dropFirst("node-role.kubernetes.io/".count)) : nil
        }
        let info = object["status"]["nodeInfo"]
        func address(_ type: String) -> JSON { TablePrinter.or(object["status"]["addresses"].element(where: "type", is: type)?["address"] ?? .null) }
        return [
            object["metadata"]["name"], .string(status), .string(roles.isEmpty ? "<none>" : roles.joined(separator: ",")), TablePrinter.age(object, now),
            info["kubeletVersion"], address("InternalIP"), address("ExternalIP"), info["osImage"], info["kernelVersion"], info["containerRuntimeVersion"],
        ]
    }
}
