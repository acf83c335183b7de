import Foundation

/// The rules of single kinds, and those that the schemas of kinds bring.
extension Validation {
    static func immutableErrors(_ object: JSON, _ old: JSON) -> [FieldError] {
        guard old["immutable"].bool == true else { return [] }
        var fields = ["data", "binaryData"].filter { old[$0] != object[$0] }
        if object["immutable"].bool != true { fields.insert("immutable", at: 0) }
        return fields.map {
            FieldError(kind: .forbidden, field: $0, detail: "field is immutable when `immutable` is set")
        }
    }

    /// The names of finalizers that need no domain.
    private static let finalizers: Set<String> = ["kubernetes", "orphan", "foregroundDeletion"]

    static func finalizerErrors(_ object: JSON, _ type: ResourceType) -> [FieldError] {
        if type.isCustom { return [] }
        return object["metadata"]["finalizers"].array.enumerated().compactMap { index, name in
            guard let name = name.string, !name.contains("/"), !finalizers.contains(name) else { return nil }
            return .invalid(
                "metadata.finalizers[\(index)]", .string(name),
                "name is neither a standard finalizer name nor is it fully qualified")
        }
    }

    /// Values that are none of those that the schema lists for their field.
    static func enumerationErrors(_ object: JSON, _ schema: SchemaView?) -> [FieldError] {
        guard let spec = schema?.member("spec") else { return [] }
        var errors: [FieldError] = []
        func look(_ value: JSON, _ view: SchemaView, _ path: String) {
            switch value {
            case .object(let members):
                for entry in members.entries {
                    if let below = view.member(entry.key) { look(entry.value, below, "\(path).\(entry.key)") }
                }
            case .array(let elements):
                guard let below = view.element else { return }
                for (index, element) in elements.enumerated() { look(element, below, "\(path)[\(index)]") }
            case .string(let text):
                let known = view.field.enumeration
                if known.isEmpty || text.isEmpty || known.contains(text) { return }
                errors.append(.unsupported(path, text, known.filter { !$0.isEmpty }))
            default: break
            }
        }
        look(object["spec"], spec, "spec")
        return errors
    }

    static func ingressErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        func backend(_ backend: JSON, _ place: String) {
            guard backend["resource"].isNull else { return }
            let service = backend["service"]
            if service["name"].isEmpty { errors.append(.required("\(place).service.name")) }
            let isNamed = !service["port"]["name"].isEmpty
            let isNumbered = service["port"]["number"].int ?? 0 != 0
            if isNamed, isNumbered {
                errors.append(
                    .invalid("\(place).service.port", service["port"], "cannot set both port name & port number"))
            } else if !isNamed, !isNumbered {
                errors.append(.required("\(place).service.port", "port name or number is required"))
            }
        }
        if spec["rules"].isEmpty, spec["defaultBackend"].isNull {
            errors.append(.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified"))
        }
        if !spec["defaultBackend"].isNull { backend(spec["defaultBackend"], "spec.defaultBackend") }
        for (number, rule) in spec["rules"].array.enumerated() {
            if let host = rule["host"].string, !host.isEmpty {
                let plain = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
                errors += Formats.dnsSubdomain(plain).map { .invalid("spec.rules[\(number)].host", .string(host), $0) }
            }
            for (index, path) in rule["http"]["paths"].array.enumerated() {
                let place = "spec.rules[\(number)].http.paths[\(index)]"
                let text = path["path"].text
                if path["pathType"].isNull {
                    errors.append(.required("\(place).pathType", "pathType must be specified"))
                } else if path["pathType"].string != "ImplementationSpecific", !text.hasPrefix("/") {
                    errors.append(.invalid("\(place).path", .string(text), "must be an absolute path"))
                }
                backend(path["backend"], "\(place).backend")
            }
        }
        return errors
    }

    static func definitionErrors(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let name = object["metadata"]["name"].text
        if name != "\(spec["names"]["plural"].text).\(spec["group"].text)" {
            errors.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
        }
        for (index, version) in spec["versions"].array.enumerated() where version["schema"]["openAPIV3Schema"].isNull {
            errors.append(.required("spec.versions[\(index)].schema.openAPIV3Schema", "schemas are required"))
        }
        if spec["versions"].array.count(where: { $0["storage"].bool == true }) != 1 {
            errors.append(
                .invalid("spec.versions", spec["versions"], "must have exactly one version marked as storage version"))
        }
        return errors
    }

    // MARK: - Storage, configuration

    static func claimErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["accessModes"].isEmpty {
            errors.append(.required("spec.accessModes", "at least 1 access mode is required"))
        }
        let size = spec["resources"]["requests"]["storage"]
        if size.isNull {
            errors.append(.required("spec.resources[storage]"))
        } else if let amount = Quantity(size.text), amount <= .zero {
            errors.append(.invalid("spec.resources[storage]", size, "must be greater than zero"))
        }
        return errors
    }

    static func volumeErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["accessModes"].isEmpty { errors.append(.required("spec.accessModes")) }
        if spec["capacity"].isEmpty { errors.append(.required("spec.capacity")) }
        let settings: Set<String> = [
            "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
            "storageClassName", "volumeAttributesClassName", "volumeMode",
        ]
        if spec.members.keys.allSatisfy(settings.contains) {
            errors.append(.required("spec", "must specify a volume type"))
        }
        return errors
    }

    static func dataErrors(_ object: JSON, _ type: ResourceType) -> [FieldError] {
        var errors: [FieldError] = []
        let most = 1_048_576
        var size = 0
        for field in ["data", "binaryData"] {
            for entry in object[field].members.entries {
                let place = "\(field)[\(entry.key)]"
                errors += Formats.configKey(entry.key).map { .invalid(place, .string(entry.key), $0) }
                let other = field == "data" ? "binaryData" : "data"
                if !object[other][entry.key].isNull {
                    errors.append(.invalid(place, .string(entry.key), "duplicate of key present in \(other)"))
                }
                let length = entry.value.text.utf8.count
                size += type.plural == "secrets" || field == "binaryData" ? length / 4 * 3 : length
            }
        }
        if size > most {
            errors.append(
                FieldError(
                    kind: .tooLong, field: type.plural == "secrets" ? "data" : "[]",
                    detail: "may not be more than \(most) bytes"))
        }
        return type.plural == "secrets" ? errors + secretErrors(object) : errors
    }

    /// What Secrets of known types must hold.
    private static func secretErrors(_ secret: JSON) -> [FieldError] {
        func lacking(_ keys: [String]) -> [FieldError] {
            keys.filter { secret["data"][$0].isNull }.map { .required("data[\($0)]") }
        }
        switch secret["type"].string {
        case "kubernetes.io/tls": return lacking(["tls.crt", "tls.key"])
        case "kubernetes.io/ssh-auth": return lacking(["ssh-privatekey"])
        case "kubernetes.io/basic-auth":
            let isAny = ["username", "password"].contains { !secret["data"][$0].isNull }
            return isAny ? [] : [.required("data[username]"), .required("data[password]")]
        case "kubernetes.io/dockerconfigjson":
            let key = ".dockerconfigjson"
            guard let text = secret["data"][key].string else { return lacking([key]) }
            let bytes = Base64.decode(text) ?? []
            if (try? JSONParser.parse(bytes)) != nil { return [] }
            let first = String(decoding: bytes, as: UTF8.self).trimmingBlanks().first
            let isStart = first.map { "{[\"-0123456789tfn".contains($0) } ?? true
            return [
                .invalid(
                    "data[\(key)]", "<secret contents redacted>",
                    isStart
                        ? "unexpected end of JSON input"
                        : "invalid character '\(first ?? " ")' looking for beginning of value")
            ]
        default: return []
        }
    }

    // MARK: - Policies

    static func autoscalerErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if let least = spec["minReplicas"].int, least < 1 {
            errors.append(.invalid("spec.minReplicas", .int(least), "must be greater than or equal to 1"))
        }
        let most = spec["maxReplicas"].int ?? 0
        if most < 1 { errors.append(.invalid("spec.maxReplicas", .int(most), "must be greater than 0")) }
        if most < spec["minReplicas"].int ?? 1 {
            errors.append(.invalid("spec.maxReplicas", .int(most), "must be greater than or equal to `minReplicas`"))
        }
        for field in ["kind", "name"] where spec["scaleTargetRef"][field].isEmpty {
            errors.append(.required("spec.scaleTargetRef.\(field)"))
        }
        for (index, metric) in spec["metrics"].array.enumerated() {
            let kind = metric["type"].text
            if kind.isEmpty {
                errors.append(.required("spec.metrics[\(index)].type", "must specify a metric source type"))
                continue
            }
            let field = kind.prefix(1).lowercased() + kind.dropFirst()
            if metric[field].isNull {
                errors.append(
                    .required(
                        "spec.metrics[\(index)].\(field)",
                        "must populate information for the given metric source"))
            }
        }
        return errors
    }

    static func budgetErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if !spec["minAvailable"].isNull, !spec["maxUnavailable"].isNull {
            errors.append(.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"))
        }
        for field in ["minAvailable", "maxUnavailable"] where !spec[field].isNull {
            errors += Formats.share(spec[field], "spec.\(field)", isBounded: true)
        }
        return errors + Formats.selector(spec["selector"], "spec.selector")
    }

    static func quotaErrors(_ spec: JSON) -> [FieldError] {
        let counted: Set<String> = [
            "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
            "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
        ]
        let measured: Set<String> = ["cpu", "memory", "ephemeral-storage", "storage"]
        return spec["hard"].members.entries.flatMap { entry -> [FieldError] in
            let place = "spec.hard[\(entry.key)]"
            var errors: [FieldError] = []
            let isKnown =
                entry.key.contains("/") || counted.contains(entry.key) || measured.contains(entry.key)
                || entry.key.hasPrefix("requests.") || entry.key.hasPrefix("limits.")
                || entry.key.hasPrefix("hugepages-")
            if !isKnown {
                errors += [
                    .invalid(
                        place, .string(entry.key), "must be a standard resource type or fully qualified"),
                    .invalid(place, .string(entry.key), "must be a standard resource for quota"),
                ]
            }
            guard let amount = Quantity(entry.value.text) else { return errors }
            if amount < .zero { errors.append(.invalid(place, .string(amount.text), Formats.notNegative)) }
            if counted.contains(entry.key), amount.milli % 1000 != 0 {
                errors.append(.invalid(place, .string(amount.text), "must be an integer"))
            }
            return errors
        }
    }

    static func priorityErrors(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let name = object["metadata"]["name"].text
        let value = object["value"].int ?? 0
        if name.hasPrefix("system-") {
            if name != "system-node-critical", name != "system-cluster-critical" {
                errors.append(
                    .forbidden(
                        "metadata.name",
                        "priority class names with 'system-' prefix are reserved for system use only. error: \(name) is not a known system priority class"
                    ))
            }
        } else if value > 1_000_000_000 {
            errors.append(
                .forbidden(
                    "value", "maximum allowed value of a user defined priority is 1000000000"))
        }
        return errors
    }

    // MARK: - Access

    static func roleErrors(_ role: JSON) -> [FieldError] {
        role["rules"].array.enumerated().flatMap { index, rule -> [FieldError] in
            let place = "rules[\(index)]"
            var errors: [FieldError] = []
            if rule["verbs"].isEmpty {
                errors.append(.required("\(place).verbs", "verbs must contain at least one value"))
            }
            guard rule["nonResourceURLs"].isEmpty else { return errors }
            if rule["apiGroups"].isEmpty {
                errors.append(.required("\(place).apiGroups", "resource rules must supply at least one api group"))
            }
            if rule["resources"].isEmpty {
                errors.append(.required("\(place).resources", "resource rules must supply at least one resource"))
            }
            return errors
        }
    }

    static func bindingErrors(_ binding: JSON, _ type: ResourceType) -> [FieldError] {
        var errors: [FieldError] = []
        let kinds = type.plural == "rolebindings" ? ["ClusterRole", "Role"] : ["ClusterRole"]
        let kind = binding["roleRef"]["kind"].text
        if !kinds.contains(kind) { errors.append(.unsupported("roleRef.kind", kind, kinds)) }
        if binding["roleRef"]["name"].isEmpty { errors.append(.required("roleRef.name")) }
        for (index, subject) in binding["subjects"].array.enumerated() {
            let place = "subjects[\(index)]"
            if subject["name"].isEmpty { errors.append(.required("\(place).name")) }
            switch subject["kind"].text {
            case "ServiceAccount":
                if subject["namespace"].isEmpty { errors.append(.required("\(place).namespace")) }
            case "User", "Group": break
            case let other: errors.append(.unsupported("\(place).kind", other, ["Group", "ServiceAccount", "User"]))
            }
        }
        return errors
    }

    // MARK: - Schedules

    static func cronErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let schedule = spec["schedule"].text
        if schedule.isEmpty {
            errors.append(.required("spec.schedule"))
        } else if schedule.contains("TZ") {
            errors.append(
                .invalid(
                    "spec.schedule", .string(schedule),
                    "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
        } else {
            do {
                _ = try CronSchedule(schedule)
            } catch {
                let text = (error as? CronSchedule.Invalid)?.message ?? "\(error)"
                errors.append(.invalid("spec.schedule", .string(schedule), text))
            }
        }
        if let zone = spec["timeZone"].string {
            if zone.isEmpty {
                errors.append(.invalid("spec.timeZone", "", "timeZone must be nil or non-empty string"))
            } else if zone == "Local" {
                errors.append(
                    .invalid(
                        "spec.timeZone", .string(zone),
                        "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"))
            } else if TimeZone(identifier: zone) == nil {
                errors.append(.invalid("spec.timeZone", .string(zone), "unknown time zone \(zone)"))
            }
        }
        let policies = ["Allow", "Forbid", "Replace"]
        if let policy = spec["concurrencyPolicy"].string, !policies.contains(policy) {
            errors.append(.unsupported("spec.concurrencyPolicy", policy, policies))
        }
        for field in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
            if let number = spec[field].int, number < 0 {
                errors.append(.invalid("spec.\(field)", .int(number), "must be greater than or equal to 0"))
            }
        }
        return errors
    }
}
