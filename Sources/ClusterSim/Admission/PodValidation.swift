/// The rules for pods and templates of pods.
enum PodValidation {
    /// The errors of a pod's spec; `claims` are the names that a StatefulSet's claim templates add to its volumes.
    static func errors(
        _ spec: JSON, _ path: String, restartPolicies: [String], claims: [String] = []
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let volumes = Set(spec["volumes"].array.compactMap { $0["name"].string } + claims)
        if spec["containers"].isEmpty { errors.append(.required("\(path).containers")) }
        var names: Set<String> = []
        for list in ["initContainers", "containers"] {
            for (index, container) in spec[list].array.enumerated() {
                let place = "\(path).\(list)[\(index)]"
                let name = container["name"].string ?? ""
                if name.isEmpty {
                    errors.append(.required("\(place).name"))
                } else if !Names.isLabel(name) {
                    errors.append(
                        .invalid(
                            "\(place).name", .string(name),
                            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
                        ))
                } else if !names.insert(name).inserted {
                    errors.append(FieldError(kind: .duplicate, field: "\(place).name", value: "\"\(name)\""))
                }
                errors += containerErrors(container, place, volumes)
            }
        }
        if let policy = spec["restartPolicy"].string, !restartPolicies.contains(policy) {
            errors.append(.unsupported("\(path).restartPolicy", policy, restartPolicies))
        }
        return errors
    }

    private static func containerErrors(_ container: JSON, _ place: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        if container["image"].isEmpty { errors.append(.required("\(place).image")) }
        let policies = ["Always", "IfNotPresent", "Never"]
        if let policy = container["imagePullPolicy"].string, !policies.contains(policy) {
            errors.append(.unsupported("\(place).imagePullPolicy", policy, policies))
        }
        for (index, port) in container["ports"].array.enumerated() {
            let number = port["containerPort"].int ?? 0
            if !(1...65535).contains(number) {
                errors.append(
                    .invalid(
                        "\(place).ports[\(index)].containerPort", .int(number), "must be between 1 and 65535, inclusive"
                    ))
            }
        }
        for (index, mount) in container["volumeMounts"].array.enumerated() {
            let name = mount["name"].string ?? ""
            if !volumes.contains(name) {
                errors.append(
                    FieldError(kind: .notFound, field: "\(place).volumeMounts[\(index)].name", value: "\"\(name)\""))
            }
        }
        for (index, variable) in container["env"].array.enumerated() where variable["name"].isEmpty {
            errors.append(.required("\(place).env[\(index)].name"))
        }
        for entry in container["resources"]["requests"].members.entries {
            guard let limit = Quantity(container["resources"]["limits"][entry.key].text),
                let request = Quantity(entry.value.text), request > limit
            else { continue }
            errors.append(
                .invalid(
                    "\(place).resources.requests", .string(request.text),
                    "must be less than or equal to \(entry.key) limit of \(limit.text)"))
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            let probe = container[name]
            if probe.isNull { continue }
            let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { !probe[$0].isNull }
            for handler in ["httpGet", "tcpSocket", "grpc"] {
                guard let port = probe[handler]["port"].int, !(1...65535).contains(port) else { continue }
                errors.append(
                    .invalid(
                        "\(place).\(name).\(handler).port", .int(port), "must be between 1 and 65535, inclusive"))
            }
            if handlers.isEmpty { errors.append(.required("\(place).\(name)", "must specify a handler type")) }
        }
        return errors
    }
}
