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
        errors += labelErrors(object["metadata"]["labels"], "metadata.labels")
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
        var errors = labelErrors(object["metadata"]["labels"], "metadata.labels")
        if object["metadata"]["finalizers"] != old["metadata"]["finalizers"] { errors += finalizerErrors(object, type) }
        errors += allErrors(object, type: type, schema: object["spec"] == old["spec"] ? nil : schema)
        func frozen(_ path: [String], _ detail: String = "field is immutable") {
            var before = old
            var after = object
            for step in path {
                before = before[step]
                after = after[step]
            }
            if before != after, !before.isNull {
                errors.append(.invalid(path.joined(separator: "."), after, detail))
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
        case "persistentvolumeclaims": frozen(["spec", "storageClassName"], "field is immutable after creation")
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
            guard object["spec"]["type"].string ?? "ClusterIP" != "ExternalName" else { return }
            for key in ["clusterIP", "clusterIPs"] where object["spec"][key].isEmpty {
                object["spec"].put(key, old["spec"][key])
            }
            if object["spec"]["clusterIP"].isNull { object["spec"].remove("clusterIP") }
            if object["spec"]["clusterIPs"].isNull { object["spec"].remove("clusterIPs") }
            for index in object["spec"]["ports"].array.indices where object["spec"]["type"].string != "ClusterIP" {
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

    private static func nameErrors(_ name: String, type: ResourceType) -> [FieldError] {
        switch type.plural {
        case "roles", "rolebindings", "clusterroles", "clusterrolebindings":
            guard name.contains("/") || name.contains("%") else { return [] }
            return [.invalid("metadata.name", .string(name), "may not contain '/'")]
        case "namespaces", "services":
            if Names.isLabel(name) { return [] }
            let rule =
                type.plural == "services"
                ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            return [.invalid("metadata.name", .string(name), rule)]
        default:
            if Names.isSubdomain(name) { return [] }
            return [
                .invalid(
                    "metadata.name", .string(name),
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
                )
            ]
        }
    }

    private static func labelErrors(_ labels: JSON, _ path: String) -> [FieldError] {
        labels.members.entries.compactMap { entry in
            let value = entry.value.string ?? ""
            let isSound =
                value.utf8.count <= 63
                && value.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || [45, 46, 95].contains($0)
                }
                && (value.first.map { $0.isLetter || $0.isNumber } ?? true)
                && (value.last.map { $0.isLetter || $0.isNumber } ?? true)
            if isSound { return nil }
            if value.utf8.count > 63 { return .invalid(path, .string(value), "must be no more than 63 bytes") }
            return .invalid(
                path, .string(value),
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )
        }
    }

    private static func contentErrors(_ object: JSON, type: ResourceType) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        switch type.plural {
        case "deployments", "replicasets", "statefulsets", "daemonsets":
            if type.plural != "daemonsets", let replicas = spec["replicas"].int, replicas < 0 {
                errors.append(.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0"))
            }
            let labels = spec["template"]["metadata"]["labels"]
            if spec["selector"].isNull {
                errors.append(.required("spec.selector"))
                errors.append(
                    .invalid(
                        "spec.template.metadata.labels", labels.isNull ? .null : labels,
                        "`selector` does not match template `labels`"))
            } else if spec["selector"].members.isEmpty {
                errors.append(.invalid("spec.selector", [:], "empty selector is invalid for deployment"))
            } else if !LabelSelector(spec["selector"]).matches(labels) {
                errors.append(
                    .invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
            }
            errors += PodValidation.errors(
                spec["template"]["spec"], "spec.template.spec", restartPolicies: ["Always"],
                claims: spec["volumeClaimTemplates"].array.compactMap { $0["metadata"]["name"].string })
        case "jobs":
            errors += PodValidation.errors(
                spec["template"]["spec"], "spec.template.spec", restartPolicies: ["OnFailure", "Never"])
        case "cronjobs":
            errors += cronErrors(spec)
            errors += PodValidation.errors(
                spec["jobTemplate"]["spec"]["template"]["spec"], "spec.jobTemplate.spec.template.spec",
                restartPolicies: ["OnFailure", "Never"])
        case "pods": errors += PodValidation.errors(spec, "spec", restartPolicies: ["Always", "OnFailure", "Never"])
        case "services":
            if spec["ports"].isEmpty, spec["type"].string != "ExternalName", spec["clusterIP"].string != "None" {
                errors.append(.required("spec.ports"))
            }
            let known = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
            if let kind = spec["type"].string, !known.contains(kind) {
                errors.append(.unsupported("spec.type", kind, known))
            }
            for (index, port) in spec["ports"].array.enumerated() {
                let number = port["port"].int ?? 0
                if !(1...65535).contains(number) {
                    errors.append(
                        .invalid("spec.ports[\(index)].port", .int(number), "must be between 1 and 65535, inclusive"))
                }
                if spec["ports"].array.count > 1, port["name"].isEmpty {
                    errors.append(.required("spec.ports[\(index)].name"))
                }
            }
        case "persistentvolumeclaims":
            if spec["accessModes"].isEmpty {
                errors.append(.required("spec.accessModes", "at least 1 access mode is required"))
            }
            if spec["resources"]["requests"]["storage"].isNull { errors.append(.required("spec.resources[storage]")) }
        case "horizontalpodautoscalers":
            let most = spec["maxReplicas"].int ?? 0
            if most < 1 {
                errors.append(.invalid("spec.maxReplicas", .int(most), "must be greater than 0"))
            } else if most < spec["minReplicas"].int ?? 1 {
                errors.append(
                    .invalid("spec.maxReplicas", .int(most), "must be greater than or equal to `minReplicas`"))
            }
        case "ingresses": errors += ingressErrors(spec)
        case "customresourcedefinitions": errors += definitionErrors(object)
        case "configmaps", "secrets":
            for field in ["data", "binaryData"] {
                for key in object[field].members.keys
                where !key.utf8.allSatisfy({
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || [45, 46, 95].contains($0)
                }) {
                    errors.append(
                        .invalid(
                            "\(field)[\(key)]", .string(key),
                            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                        ))
                }
            }
        default: break
        }
        return errors
    }
}
