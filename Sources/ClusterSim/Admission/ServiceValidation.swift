/// The rules for Services.
enum ServiceValidation {
    static func errors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let type = spec["type"].text
        let isHeadless = spec["clusterIP"].string == "None"
        if spec["ports"].isEmpty, type != "ExternalName", !isHeadless { errors.append(.required("spec.ports")) }
        if isHeadless, type == "NodePort" || type == "LoadBalancer" {
            errors.append(
                .invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for \(type) services"))
        }
        if type == "ExternalName" {
            if !spec["clusterIP"].isEmpty {
                errors.append(.forbidden("spec.clusterIPs[0]", "may not be set for ExternalName services"))
            }
            let name = spec["externalName"].text
            if name.isEmpty {
                errors.append(.required("spec.externalName"))
            } else {
                let host = name.hasSuffix(".") ? String(name.dropLast()) : name
                errors += Formats.dnsSubdomain(host).map { .invalid("spec.externalName", .string(name), $0) }
            }
        }
        errors += portErrors(spec, type)
        errors += Formats.labels(spec["selector"], "spec.selector")
        let known = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
        if !known.contains(type) { errors.append(.unsupported("spec.type", type, known)) }
        let address = spec["clusterIP"].text
        if !address.isEmpty, !isHeadless, !isAddress(address) {
            errors.append(
                .invalid(
                    "spec.clusterIPs[0]", .string(address),
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        if type == "ClusterIP", spec["externalIPs"].isEmpty, !spec["externalTrafficPolicy"].isEmpty {
            errors.append(
                .invalid(
                    "spec.externalTrafficPolicy", spec["externalTrafficPolicy"],
                    "may only be set for externally-accessible services"))
        }
        return errors
    }

    private static func portErrors(_ spec: JSON, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        let ports = spec["ports"].array
        for (index, port) in ports.enumerated() {
            let place = "spec.ports[\(index)]"
            let name = port["name"].text
            if name.isEmpty {
                if ports.count > 1 { errors.append(.required("\(place).name")) }
            } else {
                errors += Formats.dnsLabel(name).map { .invalid("\(place).name", .string(name), $0) }
                if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", name)) }
            }
            errors += Formats.port(port["port"].isNull ? .int(0) : port["port"], "\(place).port")
            if !port["targetPort"].isNull { errors += Formats.port(port["targetPort"], "\(place).targetPort") }
            if type == "ClusterIP", port["nodePort"].int ?? 0 != 0 {
                errors.append(.forbidden("\(place).nodePort", "may not be used when `type` is 'ClusterIP'"))
            }
        }
        var seen: Set<String> = []
        for (index, port) in ports.enumerated() {
            let key = "\(port["protocol"].text)/\(port["port"].text)"
            if seen.insert(key).inserted { continue }
            errors.append(.duplicate("spec.ports[\(index)]", ["port": port["port"], "protocol": port["protocol"]]))
        }
        return errors
    }

    private static func isAddress(_ text: String) -> Bool {
        if text.contains(":") { return text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension Cluster {
    /// The range of addresses for Services, as minikube and kubeadm have it.
    private static let range = "10.96.0.0/12"

    /// Refuses addresses and node ports that a Service cannot have.
    ///
    /// - Throws: `APIError` 422, as the allocators of a real server give it.
    func checkAllocations(_ service: JSON, key: ObjectKey, old: JSON?) throws {
        let spec = service["spec"]
        let others = store.objects(types.services).filter { $0.key != key }
        if let address = spec["clusterIP"].string, address != "None", !address.isEmpty,
            address != old?["spec"]["clusterIP"].string
        {
            let parts = address.split(separator: ".").compactMap { Int($0) }
            var reason: String?
            if parts.count != 4 || parts[0] != 10 || !(96..<112).contains(parts[1]) {
                reason =
                    "the provided IP (\(address)) is not in the valid range. The range of valid IPs is \(Self.range)"
            } else if others.contains(where: { $0.json["spec"]["clusterIP"].string == address }) {
                reason = "provided IP is already allocated"
            }
            if let reason {
                throw APIError.invalid(
                    key.type, key.name,
                    [.invalid("spec.clusterIPs", [.string(address)], "failed to allocate IP \(address): \(reason)")])
            }
        }
        let held = Set((old?["spec"]["ports"].array ?? []).compactMap { $0["nodePort"].int })
        for (index, port) in spec["ports"].array.enumerated() {
            guard let number = port["nodePort"].int, number != 0, !held.contains(number) else { continue }
            var reason: String?
            if !(30000...32767).contains(number) {
                reason = "provided port is not in the valid range. The range of valid ports is 30000-32767"
            } else if others.contains(where: { service in
                service.json["spec"]["ports"].array.contains {
                    $0["nodePort"].int == number && $0["protocol"] == port["protocol"]
                }
            }) {
                reason = "provided port is already allocated"
            }
            if let reason {
                throw APIError.invalid(
                    key.type, key.name, [.invalid("spec.ports[\(index)].nodePort", .int(number), reason)])
            }
        }
    }
}
