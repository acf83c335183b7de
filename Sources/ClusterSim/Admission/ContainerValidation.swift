/// The rules for containers of pods and templates.
enum ContainerValidation {
    private static let onlySidecars = "may not be set for init containers without restartPolicy=Always"

    /// The errors of all containers of a pod's spec.
    ///
    /// - Parameter volumes: the names of the volumes that can be mounted.
    static func errors(_ spec: JSON, _ path: String, volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["containers"].isEmpty { errors.append(.required("\(path).containers")) }
        var names: Set<String> = []
        var hostPorts: Set<String> = []
        for list in ["containers", "initContainers"] {
            for (index, container) in spec[list].array.enumerated() {
                let place = "\(path).\(list)[\(index)]"
                let name = container["name"].text
                if name.isEmpty {
                    errors.append(.required("\(place).name"))
                } else if !names.insert(name).inserted {
                    errors.append(.duplicate("\(place).name", name))
                } else {
                    errors += Formats.dnsLabel(name).map { .invalid("\(place).name", .string(name), $0) }
                }
                errors += rules(container, place, volumes)
                errors += hooks(container, place, isInit: list == "initContainers")
                guard list == "containers" else { continue }
                for (number, port) in container["ports"].array.enumerated() {
                    guard let hostPort = port["hostPort"].int, hostPort != 0 else { continue }
                    let text = "\(port["protocol"].text)/\(port["hostIP"].text)/\(hostPort)"
                    if hostPorts.insert(text).inserted { continue }
                    errors.append(.duplicate("\(place).ports[\(number)].hostPort", text))
                }
            }
        }
        return errors
    }

    private static func rules(_ container: JSON, _ place: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        if container["image"].isEmpty { errors.append(.required("\(place).image")) }
        errors += ports(container, "\(place).ports")
        errors += variables(container, place)
        errors += mounts(container, "\(place).volumeMounts", volumes)
        let policies = ["Always", "IfNotPresent", "Never"]
        if let policy = container["imagePullPolicy"].string, !policies.contains(policy) {
            errors.append(.unsupported("\(place).imagePullPolicy", policy, policies))
        }
        errors += resources(container["resources"], "\(place).resources")
        let security = container["securityContext"]
        for field in ["runAsUser", "runAsGroup"] {
            guard let number = security[field].int, !(0...2_147_483_647).contains(number) else { continue }
            errors.append(
                .invalid(
                    "\(place).securityContext.\(field)", .int(number), "must be between 0 and 2147483647, inclusive"))
        }
        if security["allowPrivilegeEscalation"].bool == false, security["privileged"].bool == true {
            errors.append(
                .invalid(
                    "\(place).securityContext", security,
                    "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
        }
        return errors
    }

    private static func ports(_ container: JSON, _ place: String) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, port) in container["ports"].array.enumerated() {
            let field = "\(place)[\(index)]"
            if let name = port["name"].string, !name.isEmpty {
                let wrong = Formats.portName(name)
                errors += wrong.map { .invalid("\(field).name", .string(name), $0) }
                if wrong.isEmpty, !names.insert(name).inserted { errors.append(.duplicate("\(field).name", name)) }
            }
            if port["containerPort"].int ?? 0 == 0 {
                errors.append(.required("\(field).containerPort"))
            } else {
                errors += Formats.port(port["containerPort"], "\(field).containerPort")
            }
            if port["hostPort"].int ?? 0 != 0 { errors += Formats.port(port["hostPort"], "\(field).hostPort") }
        }
        return errors
    }

    // MARK: - Environment and mounts

    private static func variables(_ container: JSON, _ place: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, variable) in container["env"].array.enumerated() {
            let field = "\(place).env[\(index)]"
            let name = variable["name"].text
            if name.isEmpty {
                errors.append(.required("\(field).name"))
            } else {
                errors += Formats.environmentName(name).map { .invalid("\(field).name", .string(name), $0) }
            }
            if !variable["valueFrom"].isNull { errors += source(variable, "\(field).valueFrom") }
        }
        for (index, entry) in container["envFrom"].array.enumerated() {
            let field = "\(place).envFrom[\(index)]"
            let used = ["configMapRef", "secretRef"].filter { !entry[$0].isNull }
            for source in used where entry[source]["name"].isEmpty {
                errors.append(.required("\(field).\(source).name"))
            }
            if used.isEmpty {
                errors.append(.invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"))
            } else if used.count > 1 {
                errors.append(.invalid(field, "", "may not have more than one field specified at a time"))
            }
        }
        return errors
    }

    private static let podFields: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]

    private static func source(_ variable: JSON, _ field: String) -> [FieldError] {
        var errors: [FieldError] = []
        let from = variable["valueFrom"]
        if let path = from["fieldRef"]["fieldPath"].string, !podFields.contains(path),
            !path.hasPrefix("metadata.labels['"),
            !path.hasPrefix("metadata.annotations['")
        {
            errors.append(
                .invalid(
                    "\(field).fieldRef.fieldPath", .string(path),
                    "error converting fieldPath: field label not supported: \(path)"))
        }
        for kind in ["configMapKeyRef", "secretKeyRef"] where !from[kind].isNull {
            if from[kind]["name"].isEmpty { errors.append(.required("\(field).\(kind).name")) }
            let key = from[kind]["key"].text
            if key.isEmpty {
                errors.append(.required("\(field).\(kind).key"))
            } else {
                errors += Formats.configKey(key).map { .invalid("\(field).\(kind).key", .string(key), $0) }
            }
        }
        if from.members.isEmpty {
            errors.append(
                .invalid(
                    field, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
                ))
        } else if !variable["value"].isEmpty {
            errors.append(.invalid(field, "", "may not be specified when `value` is not empty"))
        } else if from.members.count > 1 {
            errors.append(.invalid(field, "", "may not have more than one field specified at a time"))
        }
        return errors
    }

    private static func mounts(_ container: JSON, _ place: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        var paths: Set<String> = []
        for (index, mount) in container["volumeMounts"].array.enumerated() {
            let field = "\(place)[\(index)]"
            let name = mount["name"].text
            if name.isEmpty { errors.append(.required("\(field).name")) }
            if !volumes.contains(name) {
                errors.append(FieldError(kind: .notFound, field: "\(field).name", value: "\"\(name)\""))
            }
            let path = mount["mountPath"].text
            if path.isEmpty { errors.append(.required("\(field).mountPath")) }
            if !paths.insert(path).inserted {
                errors.append(.invalid("\(field).mountPath", .string(path), "must be unique"))
            }
            if let below = mount["subPath"].string, !below.isEmpty {
                if below.hasPrefix("/") {
                    errors.append(.invalid("\(field).subPath", .string(below), "must be a relative path"))
                }
                if below.split(separator: "/").contains("..") {
                    errors.append(.invalid("\(field).subPath", .string(below), "must not contain '..'"))
                }
                if !mount["subPathExpr"].isEmpty {
                    errors.append(
                        .invalid(
                            "\(field).subPathExpr", mount["subPathExpr"],
                            "subPathExpr and subPath are mutually exclusive"))
                }
            }
        }
        return errors
    }

    // MARK: - Resources

    private static func isStandard(_ resource: String) -> Bool {
        ["cpu", "memory", "ephemeral-storage"].contains(resource) || resource.hasPrefix("hugepages-")
    }

    private static func resources(_ resources: JSON, _ place: String) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["limits", "requests"] {
            for entry in resources[list].members.entries {
                let field = "\(place).\(list)[\(entry.key)]"
                if !entry.key.contains("/"), !isStandard(entry.key) {
                    errors.append(
                        .invalid(
                            field, .string(entry.key), "must be a standard resource type or fully qualified"))
                    errors.append(
                        .invalid(field, .string(entry.key), "must be a standard resource for containers"))
                } else {
                    errors += Formats.qualifiedName(entry.key).map { .invalid(field, .string(entry.key), $0) }
                }
                guard let amount = Quantity(entry.value.text) else { continue }
                if amount < .zero { errors.append(.invalid(field, .string(amount.text), Formats.notNegative)) }
                if entry.key.contains("/"), amount.milli % 1000 != 0 {
                    errors.append(.invalid(field, .string(amount.text), "must be an integer"))
                }
            }
        }
        for entry in resources["requests"].members.entries {
            guard let limit = Quantity(resources["limits"][entry.key].text),
                let request = Quantity(entry.value.text), request > limit
            else { continue }
            errors.append(
                .invalid(
                    "\(place).requests", .string(request.text),
                    "must be less than or equal to \(entry.key) limit of \(limit.text)"))
        }
        return errors
    }

    // MARK: - Probes and hooks

    private static func hooks(_ container: JSON, _ place: String, isInit: Bool) -> [FieldError] {
        let isPlainInit = isInit && container["restartPolicy"].string != "Always"
        var errors: [FieldError] = []
        let lifecycle = container["lifecycle"]
        if isPlainInit, !lifecycle.isNull { errors.append(.forbidden("\(place).lifecycle", onlySidecars)) }
        for name in ["postStart", "preStop"] where !isPlainInit && !lifecycle[name].isNull {
            errors += handler(lifecycle[name], "\(place).lifecycle.\(name)", ["exec", "httpGet", "tcpSocket", "sleep"])
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] where !container[name].isNull {
            let field = "\(place).\(name)"
            if isPlainInit {
                errors.append(.forbidden(field, onlySidecars))
                continue
            }
            let probe = container[name]
            errors += handler(probe, field, ["exec", "httpGet", "tcpSocket", "grpc"])
            errors += Formats.counts(
                probe,
                ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"],
                field)
            if let grace = probe["terminationGracePeriodSeconds"].int, grace <= 0 {
                errors.append(
                    .invalid("\(field).terminationGracePeriodSeconds", .int(grace), "must be greater than 0"))
            }
            if name != "readinessProbe", let successes = probe["successThreshold"].int, successes != 1 {
                errors.append(.invalid("\(field).successThreshold", .int(successes), "must be 1"))
            }
        }
        return errors
    }

    private static func handler(_ value: JSON, _ field: String, _ kinds: [String]) -> [FieldError] {
        let used = kinds.filter { !value[$0].isNull }
        guard let first = used.first else { return [.required(field, "must specify a handler type")] }
        var errors: [FieldError] = []
        if first == "exec", value["exec"]["command"].isEmpty { errors.append(.required("\(field).exec.command")) }
        if ["httpGet", "tcpSocket", "grpc"].contains(first) {
            errors += Formats.port(value[first]["port"], "\(field).\(first).port")
        }
        return errors
            + used.dropFirst().map { .forbidden("\(field).\($0)", "may not specify more than 1 handler type") }
    }
}
