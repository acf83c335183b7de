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
            if service["port"]["name"].isEmpty, service["port"]["number"].int ?? 0 == 0 {
                errors.append(.required("\(place).service.port", "port name or number is required"))
            }
        }
        if spec["rules"].isEmpty, spec["defaultBackend"].isNull {
            errors.append(.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified"))
        }
        if !spec["defaultBackend"].isNull { backend(spec["defaultBackend"], "spec.defaultBackend") }
        for (number, rule) in spec["rules"].array.enumerated() {
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
