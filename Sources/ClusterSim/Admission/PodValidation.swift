/// The rules for pods and templates of pods.
enum PodValidation {
    /// The errors of a pod's spec; `claims` are the names that a StatefulSet's claim templates add to its volumes.
    ///
    /// - Parameter isPod: whether the spec is a pod's own, which has rules that a template has not.
    static func errors(
        _ spec: JSON, _ path: String, claims: [String] = [], isPod: Bool = false
    ) -> [FieldError] {
        var errors = VolumeValidation.errors(spec, path)
        let volumes = Set(spec["volumes"].array.compactMap { $0["name"].string } + claims)
        errors += ContainerValidation.errors(spec, path, volumes: volumes)
        let policies = ["Always", "Never", "OnFailure"]
        if let policy = spec["restartPolicy"].string, !policies.contains(policy) {
            errors.append(.unsupported("\(path).restartPolicy", policy, policies))
        }
        let dnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]
        if let policy = spec["dnsPolicy"].string, !dnsPolicies.contains(policy) {
            errors.append(.unsupported("\(path).dnsPolicy", policy, dnsPolicies))
        }
        errors += Formats.labels(spec["nodeSelector"], "\(path).nodeSelector")
        errors += affinityErrors(spec["affinity"], "\(path).affinity")
        if spec["dnsPolicy"].string == "None" {
            if spec["dnsConfig"].isNull {
                errors.append(.required("\(path).dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None"))
            } else if spec["dnsConfig"]["nameservers"].isEmpty {
                errors.append(
                    .required(
                        "\(path).dnsConfig.nameservers",
                        "must provide at least one DNS nameserver when `dnsPolicy` is None"))
            }
        }
        errors += spreadErrors(spec, path)
        for field in ["serviceAccountName", "nodeName", "priorityClassName"] {
            guard let name = spec[field].string, !name.isEmpty else { continue }
            errors += Formats.dnsSubdomain(name).map { .invalid("\(path).\(field)", .string(name), $0) }
        }
        if let seconds = spec["activeDeadlineSeconds"].int, !(1...2_147_483_647).contains(seconds) {
            errors.append(
                .invalid(
                    "\(path).activeDeadlineSeconds", .int(seconds), "must be between 1 and 2147483647, inclusive"))
        }
        for field in ["hostname", "subdomain"] {
            guard let name = spec[field].string, !name.isEmpty else { continue }
            errors += Formats.dnsLabel(name).map { .invalid("\(path).\(field)", .string(name), $0) }
        }
        errors += tolerationErrors(spec, path)
        guard isPod else { return errors }
        for list in ["containers", "initContainers"] {
            for (index, container) in spec[list].array.enumerated() {
                let image = container["image"].text
                if image != image.trimmingBlanks() {
                    errors.append(
                        .invalid(
                            "\(path).\(list)[\(index)].image", .string(image),
                            "must not have leading or trailing whitespace"))
                }
            }
        }
        return errors
    }

    private static func tolerationErrors(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, toleration) in spec["tolerations"].array.enumerated() {
            let place = "\(path).tolerations[\(index)]"
            let key = toleration["key"].text
            let sort = toleration["operator"].text
            if !key.isEmpty {
                errors += Formats.qualifiedName(key).map { .invalid("\(place).key", .string(key), $0) }
            } else if sort != "Exists" {
                errors.append(
                    .invalid(
                        "\(place).operator", .string(sort),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
            }
            if !toleration["tolerationSeconds"].isNull, toleration["effect"].string != "NoExecute" {
                errors.append(
                    .invalid(
                        "\(place).effect", .string(toleration["effect"].text),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
            }
            if sort == "Exists", !toleration["value"].isEmpty {
                errors.append(
                    .invalid("\(place).operator", toleration, "value must be empty when `operator` is 'Exists'"))
            }
        }
        return errors
    }

    private static func affinityErrors(_ affinity: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let field = "\(path).nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        let required = affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        if !required.isNull, required["nodeSelectorTerms"].isEmpty {
            errors.append(
                .required("\(field).nodeSelectorTerms", "must have at least one node selector term"))
        }
        for (number, term) in required["nodeSelectorTerms"].array.enumerated() {
            for (index, expression) in term["matchExpressions"].array.enumerated() {
                let place = "\(field).nodeSelectorTerms[\(number)].matchExpressions[\(index)]"
                let sort = expression["operator"].text
                if sort == "In" || sort == "NotIn", expression["values"].isEmpty {
                    errors.append(
                        .required("\(place).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                } else if sort.hasSuffix("Exist") || sort == "Exists", !expression["values"].isEmpty {
                    errors.append(
                        .forbidden(
                            "\(place).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            }
        }
        for kind in ["podAffinity", "podAntiAffinity"] {
            let terms = affinity[kind]["requiredDuringSchedulingIgnoredDuringExecution"].array
            for (index, term) in terms.enumerated() where term["topologyKey"].isEmpty {
                let place = "\(path).\(kind).requiredDuringSchedulingIgnoredDuringExecution[\(index)]"
                errors.append(.required("\(place).topologyKey", "can not be empty"))
            }
        }
        return errors
    }

    private static func spreadErrors(_ spec: JSON, _ path: String) -> [FieldError] {
        spec["topologySpreadConstraints"].array.enumerated().flatMap { index, constraint -> [FieldError] in
            let place = "\(path).topologySpreadConstraints[\(index)]"
            var errors: [FieldError] = []
            let skew = constraint["maxSkew"].int ?? 0
            if skew <= 0 { errors.append(.invalid("\(place).maxSkew", .int(skew), "must be greater than zero")) }
            if constraint["topologyKey"].isEmpty {
                errors.append(.required("\(place).topologyKey", "can not be empty"))
            }
            return errors
        }
    }
}
