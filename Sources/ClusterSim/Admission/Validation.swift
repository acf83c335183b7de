/// The rules that a real server checks before it stores an object.
enum Validation {
    private static let withStatus: Set<String> = [
        "pods", "services", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "resourcequotas",
        "replicationcontrollers", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
        "horizontalpodautoscalers", "ingresses", "poddisruptionbudgets",
    ]

    /// Whether the status of objects of a kind is written by controllers only.
    static func hasStatus(_ type: ResourceType) -> Bool {
        type.isCustom ? type.subresources.contains("status") : withStatus.contains(type.plural)
    }

    /// Checks a new object.
    ///
    /// - Throws: `APIError` 422 that names each broken rule.
    static func checkNew(_ object: JSON, type: ResourceType, schema: SchemaView? = nil) throws {
        let name = object["metadata"]["name"].string ?? ""
        var errors: [FieldError] = []
        if name.isEmpty {
            errors.append(.required("metadata.name", "name or generateName is required"))
        } else {
            errors += nameErrors(name, type: type)
        }
        errors += metadataErrors(object)
        errors += finalizerErrors(object, type)
        errors += allErrors(object, type: type, schema: schema)
        if !errors.isEmpty { throw APIError.invalid(type, name, errors) }
    }

    private static func allErrors(_ object: JSON, type: ResourceType, schema: SchemaView?) -> [FieldError] {
        let errors = contentErrors(object, type: type)
        let known = Set(errors.map(\.field))
        return errors + enumerationErrors(object, schema).filter { !known.contains($0.field) }
    }

    /// Checks a changed object.
    ///
    /// - Parameter subresource: the part of the object that the client changes; empty for the object itself.
    static func checkChange(
        _ object: JSON, from old: JSON, type: ResourceType, subresource: String = "", schema: SchemaView? = nil
    )
        throws
    {
        let name = object["metadata"]["name"].string ?? ""
        var errors = metadataErrors(object)
        if object["metadata"]["finalizers"] != old["metadata"]["finalizers"] { errors += finalizerErrors(object, type) }
        errors += allErrors(object, type: type, schema: object["spec"] == old["spec"] ? nil : schema)
        func frozen(_ path: [String]) {
            var before = old
            var after = object
            for step in path {
                before = before[step]
                after = after[step]
            }
            if before != after, !before.isNull {
                errors.append(.invalid(path.joined(separator: "."), after, "field is immutable"))
            }
        }
        switch type.plural {
        case "deployments", "replicasets", "daemonsets": frozen(["spec", "selector"])
        case "statefulsets":
            var before = old["spec"]
            var after = object["spec"]
            for key in [
                "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
            ] {
                before.remove(key)
                after.remove(key)
            }
            if before != after {
                errors.append(
                    FieldError(
                        kind: .forbidden, field: "spec",
                        detail:
                            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
                    ))
            }
        case "jobs":
            frozen(["spec", "selector"])
            frozen(["spec", "template"])
            frozen(["spec", "completions"])
        case "services":
            let isExternal = [old, object].contains { $0["spec"]["type"].string == "ExternalName" }
            let address = object["spec"]["clusterIP"]
            if !isExternal, !old["spec"]["clusterIP"].isEmpty, address != old["spec"]["clusterIP"] {
                errors.append(.invalid("spec.clusterIPs[0]", [address], "may not change once set"))
            }
        case "persistentvolumeclaims": errors += claimChangeErrors(object, old)
        case "secrets":
            frozen(["type"])
            errors += immutableErrors(object, old)
        case "configmaps": errors += immutableErrors(object, old)
        case "rolebindings", "clusterrolebindings":
            if old["roleRef"] != object["roleRef"] {
                errors.append(.invalid("roleRef", object["roleRef"], "cannot change roleRef"))
            }
        case "pods": errors += podChangeErrors(object, old, subresource)
        default: break
        }
        if !errors.isEmpty { throw APIError.invalid(type, name, errors) }
    }

    private static func podChangeErrors(_ object: JSON, _ old: JSON, _ subresource: String) -> [FieldError] {
        func comparable(_ pod: JSON) -> JSON {
            var spec = pod["spec"]
            for key in [
                "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName", "schedulingGates",
            ] { spec.remove(key) }
            if subresource == "ephemeralcontainers" { spec.remove("ephemeralContainers") }
            for list in ["containers", "initContainers"] {
                for index in spec[list].array.indices {
                    spec[list][index].remove("image")
                    if subresource == "resize" { spec[list][index].remove("resources") }
                }
            }
            return spec
        }
        guard comparable(object) != comparable(old) else { return [] }
        return [
            FieldError(
                kind: .forbidden, field: "spec",
                detail:
                    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            )
        ]
    }

    /// Keeps what the server gave an object where a client's new version leaves it out.
    static func carryOver(_ object: inout JSON, from old: JSON, type: ResourceType) {
        switch type.plural {
        case "services":
            dropFormerType(&object, from: old)
            if object["spec"]["type"].string == "ExternalName" { return }
            for key in ["clusterIP", "clusterIPs"] where object["spec"][key].isEmpty {
                object["spec"].put(key, old["spec"][key])
            }
            if object["spec"]["clusterIP"].isNull { object["spec"].remove("clusterIP") }
            if object["spec"]["clusterIPs"].isNull { object["spec"].remove("clusterIPs") }
            for index in object["spec"]["ports"].array.indices
            where object["spec"]["type"].string ?? "ClusterIP" != "ClusterIP" {
                let port = object["spec"]["ports"][index]
                guard port["nodePort"].isNull else { continue }
                let before = old["spec"]["ports"].array.first {
                    $0["port"] == port["port"] && $0["protocol"].string == (port["protocol"].string ?? "TCP")
                }
                if let nodePort = before?["nodePort"], !nodePort.isNull {
                    object["spec"]["ports"][index]["nodePort"] = nodePort
                }
            }
        case "jobs":
            if object["spec"]["selector"].isNull { object["spec"]["selector"] = old["spec"]["selector"] }
            for entry in old["spec"]["template"]["metadata"]["labels"].members.entries
            where entry.key.hasSuffix("controller-uid") || entry.key.hasSuffix("job-name") {
                object["spec"]["template"]["metadata"]["labels"].fill(entry.key, entry.value)
            }
        case "persistentvolumeclaims":
            for key in ["volumeName", "storageClassName"] where object["spec"][key].isNull && !old["spec"][key].isNull {
                object["spec"][key] = old["spec"][key]
            }
        case "namespaces":
            if object["spec"]["finalizers"].isNull { object["spec"]["finalizers"] = old["spec"]["finalizers"] }
        case "serviceaccounts", "secrets", "configmaps": break
        default: break
        }
    }

    /// Takes away what a Service had for its former type, where its client left that as it was.
    private static func dropFormerType(_ service: inout JSON, from old: JSON) {
        let type = service["spec"]["type"].string ?? "ClusterIP"
        guard type != old["spec"]["type"].string else { return }
        var dropped: [String] = []
        if type != "LoadBalancer" { dropped += ["allocateLoadBalancerNodePorts", "loadBalancerClass"] }
        if type == "ExternalName" { dropped += ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] }
        let hasNodePorts = type == "NodePort" || type == "LoadBalancer"
        if !hasNodePorts { dropped += ["externalTrafficPolicy", "healthCheckNodePort"] }
        for key in dropped where service["spec"][key] == old["spec"][key] { service["spec"].remove(key) }
        if hasNodePorts { return }
        let held = Set(old["spec"]["ports"].array.compactMap { $0["nodePort"].int })
        for index in service["spec"]["ports"].array.indices {
            guard let number = service["spec"]["ports"][index]["nodePort"].int, held.contains(number) else { continue }
            service["spec"]["ports"][index].remove("nodePort")
        }
    }

    /// The rule that a claim's spec stays, but for its size and its attributes' class.
    private static func claimChangeErrors(_ object: JSON, _ old: JSON) -> [FieldError] {
        func comparable(_ claim: JSON) -> JSON {
            var spec = claim["spec"]
            spec["resources"]["requests"].remove("storage")
            spec.remove("volumeAttributesClassName")
            if old["spec"]["volumeName"].isNull { spec.remove("volumeName") }
            return spec
        }
        let size = object["spec"]["resources"]["requests"]["storage"]
        let isBound = old["status"]["phase"].string == "Bound"
        let isGrown = size != old["spec"]["resources"]["requests"]["storage"]
        if comparable(object) != comparable(old) || (isGrown && !isBound) {
            return [
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
                )
            ]
        }
        guard isGrown, let wanted = Quantity(size.text), let held = Quantity(old["status"]["capacity"]["storage"].text),
            wanted < held
        else { return [] }
        return [.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")]
    }

    private static func nameErrors(_ name: String, type: ResourceType) -> [FieldError] {
        func wrong(_ texts: [String]) -> [FieldError] { texts.map { .invalid("metadata.name", .string(name), $0) } }
        switch type.plural {
        case "roles", "rolebindings", "clusterroles", "clusterrolebindings":
            guard let sign = ["/", "%"].first(where: name.contains) else { return [] }
            return wrong(["may not contain '\(sign)'"])
        case "namespaces": return wrong(Formats.dnsLabel(name))
        case "services":
            if Names.isLabel(name) { return [] }
            return wrong([
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            ])
        case "cronjobs":
            // Eleven characters are added for the name of a Job.
            return wrong(
                Formats.dnsSubdomain(name) + (name.utf8.count > 52 ? ["must be no more than 52 characters"] : []))
        default: return wrong(Formats.dnsSubdomain(name))
        }
    }

    private static func metadataErrors(_ object: JSON) -> [FieldError] {
        Formats.labels(object["metadata"]["labels"], "metadata.labels")
            + Formats.annotations(object["metadata"]["annotations"], "metadata.annotations")
    }

    private static func contentErrors(_ object: JSON, type: ResourceType) -> [FieldError] {
        let spec = object["spec"]
        switch type.plural {
        case "deployments", "replicasets", "statefulsets", "daemonsets":
            return WorkloadValidation.errors(spec, type: type)
        case "jobs": return WorkloadValidation.jobSelectorErrors(object) + WorkloadValidation.jobErrors(spec, "spec")
        case "cronjobs":
            return cronErrors(spec) + WorkloadValidation.jobErrors(spec["jobTemplate"]["spec"], "spec.jobTemplate.spec")
        case "pods": return PodValidation.errors(spec, "spec", isPod: true)
        case "services": return ServiceValidation.errors(spec)
        case "persistentvolumeclaims": return claimErrors(spec)
        case "persistentvolumes": return volumeErrors(spec)
        case "horizontalpodautoscalers": return autoscalerErrors(spec)
        case "poddisruptionbudgets": return budgetErrors(spec)
        case "ingresses": return ingressErrors(spec)
        case "customresourcedefinitions": return definitionErrors(object)
        case "configmaps", "secrets": return dataErrors(object, type)
        case "roles", "clusterroles": return roleErrors(object)
        case "rolebindings", "clusterrolebindings": return bindingErrors(object, type)
        case "resourcequotas": return quotaErrors(spec)
        case "priorityclasses": return priorityErrors(object)
        case "storageclasses":
            return object["provisioner"].isEmpty ? [.required("provisioner")] : []
        default: return []
        }
    }
}
