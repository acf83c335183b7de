/// The schema of a custom resource, as its definition gives it: prunes, fills and checks objects as a real server does.
///
/// Rules in CEL (`x-kubernetes-validations`) are not evaluated.
struct StructuralSchema: Sendable {
    private let json: JSON

    /// - Parameter json: `spec.versions[].schema.openAPIV3Schema`.
    init(_ json: JSON) { self.json = json }

    private var keepsUnknown: Bool { json["x-kubernetes-preserve-unknown-fields"].bool == true }
    private var type: String? { json["type"].string }
    private var isIntOrString: Bool { json["x-kubernetes-int-or-string"].bool == true }

    private func member(_ name: String) -> StructuralSchema? {
        if let known = json["properties"].members[name] { return StructuralSchema(known) }
        let additional = json["additionalProperties"]
        return additional.object == nil ? nil : StructuralSchema(additional)
    }

    private var allowsAnyMember: Bool { json["additionalProperties"].bool == true }

    // MARK: - Pruning and defaults

    /// Removes what the schema does not know.
    ///
    /// - Returns: the paths of what was removed.
    func prune(_ object: inout JSON, isRoot: Bool = true, path: String = "") -> [String] {
        switch object {
        case .object(let members):
            if json["x-kubernetes-embedded-resource"].bool == true, keepsUnknown { return [] }
            var removed: [String] = []
            for entry in members.entries {
                let isOwn = isRoot || json["x-kubernetes-embedded-resource"].bool == true
                if isOwn, ["apiVersion", "kind", "metadata"].contains(entry.key) { continue }
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                if let schema = member(entry.key) {
                    removed += schema.prune(&object[entry.key], isRoot: false, path: below)
                } else if !keepsUnknown, !allowsAnyMember {
                    object.remove(entry.key)
                    removed.append(below)
                }
            }
            return removed
        case .array(let elements):
            guard json["items"].object != nil else { return [] }
            let schema = StructuralSchema(json["items"])
            return elements.indices.flatMap { index in
                schema.prune(&object[index], isRoot: false, path: "\(path)[\(index)]")
            }
        default: return []
        }
    }

    /// Fills the defaults of the schema, and drops nulls that have one.
    func fill(_ object: inout JSON) {
        if object.object != nil {
            for entry in json["properties"].members.entries {
                let schema = StructuralSchema(entry.value)
                let value = object.members[entry.key]
                if let value, value.isNull, entry.value["nullable"].bool != true { object.remove(entry.key) }
                if value == nil || (value?.isNull == true && entry.value["nullable"].bool != true),
                    let standard = entry.value.members["default"]
                {
                    object.put(entry.key, standard)
                }
                if object.members[entry.key] != nil { schema.fill(&object[entry.key]) }
            }
            if json["additionalProperties"].object != nil {
                let schema = StructuralSchema(json["additionalProperties"])
                for key in object.members.keys where json["properties"].members[key] == nil {
                    schema.fill(&object[key])
                }
            }
        } else if json["items"].object != nil {
            let schema = StructuralSchema(json["items"])
            for index in object.array.indices { schema.fill(&object[index]) }
        }
    }

    // MARK: - Checks

    /// The rules that an object breaks, in the words of the real server.
    func errors(_ value: JSON, path: String = "", isRoot: Bool = true) -> [FieldError] {
        if value.isNull {
            return json["nullable"].bool == true || type == nil ? [] : [typeError(value, path)]
        }
        if isIntOrString {
            switch value {
            case .int, .string: return []
            default: return [typeError(value, path, "integer,string")]
            }
        }
        guard hasType(value) else { return [typeError(value, path)] }
        var errors = enumerationErrors(value, path)
        switch value {
        case .object(let members): errors += objectErrors(members, path, isRoot)
        case .array(let elements): errors += listErrors(elements, path)
        case .string(let text): errors += textErrors(text, path)
        case .int, .double: errors += numberErrors(value, path)
        default: break
        }
        return errors + combinationErrors(value, path)
    }

    private func hasType(_ value: JSON) -> Bool {
        switch (type, value) {
        case (nil, _), ("object"?, .object), ("array"?, .array), ("string"?, .string), ("boolean"?, .bool): true
        case ("integer"?, _): value.int != nil
        case ("number"?, .int), ("number"?, .double): true
        default: false
        }
    }

    private func typeError(_ value: JSON, _ path: String, _ wanted: String? = nil) -> FieldError {
        let given = Self.name(of: value)
        return FieldError(
            kind: .typeInvalid, field: path.isEmpty ? "<nil>" : path, value: "\"\(given)\"",
            detail: "\(path) in body must be of type \(wanted ?? type ?? ""): \"\(given)\"")
    }

    private static func name(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private func enumerationErrors(_ value: JSON, _ path: String) -> [FieldError] {
        let known = json["enum"].array
        guard !known.isEmpty, !known.contains(value) else { return [] }
        return [
            FieldError(
                kind: .unsupported, field: path, value: JSONWriter.text(value),
                detail: "supported values: " + known.map { "\"\($0.text)\"" }.joined(separator: ", "))
        ]
    }

    private func objectErrors(_ members: JSONObject, _ path: String, _ isRoot: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        for name in json["required"].array.compactMap(\.string) where members[name] == nil {
            errors.append(.required(below(name)))
        }
        if let most = json["maxProperties"].int, members.count > most {
            errors.append(tooMany(members.count, most, path))
        }
        if let least = json["minProperties"].int, members.count < least {
            errors.append(invalid(.object(members), path, "should have at least \(least) properties"))
        }
        for entry in members.entries where !(isRoot && ["apiVersion", "kind", "metadata"].contains(entry.key)) {
            if let schema = member(entry.key) {
                errors += schema.errors(entry.value, path: below(entry.key), isRoot: false)
            }
        }
        return errors
    }

    private func listErrors(_ elements: [JSON], _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let most = json["maxItems"].int, elements.count > most { errors.append(tooMany(elements.count, most, path)) }
        if let least = json["minItems"].int, elements.count < least {
            errors.append(invalid(.array(elements), path, "should have at least \(least) items"))
        }
        let keys = json["x-kubernetes-list-map-keys"].array.compactMap(\.string)
        let kind = json["x-kubernetes-list-type"].string
        if kind == "set" || kind == "map" {
            var seen: Set<JSON> = []
            for (index, element) in elements.enumerated() {
                let identity: JSON =
                    kind == "set" ? element : .object(JSONObject(keys.map { ($0, element[$0]) }))
                if seen.insert(identity).inserted { continue }
                errors.append(
                    FieldError(kind: .duplicate, field: "\(path)[\(index)]", value: JSONWriter.text(identity)))
            }
        }
        guard json["items"].object != nil else { return errors }
        let schema = StructuralSchema(json["items"])
        for (index, element) in elements.enumerated() {
            errors += schema.errors(element, path: "\(path)[\(index)]", isRoot: false)
        }
        return errors
    }

    private func textErrors(_ text: String, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let count = text.unicodeScalars.count
        if let most = json["maxLength"].int, count > most {
            errors.append(FieldError(kind: .tooLong, field: path, detail: "may not be more than \(most) bytes"))
        }
        if let least = json["minLength"].int, count < least {
            errors.append(invalid(.string(text), path, "should be at least \(least) chars long"))
        }
        // A pattern that Swift cannot read is one that this server cannot hold anybody to.
        if let pattern = json["pattern"].string, let expression = try? Regex(pattern),
            text.firstMatch(of: expression) == nil
        {
            errors.append(invalid(.string(text), path, "should match '\(pattern)'"))
        }
        if json["format"].string == "date-time", Timestamp.parse(text) == nil {
            errors.append(
                FieldError(
                    kind: .invalid, field: path, value: JSONWriter.text(.string(text)),
                    detail: "\(path) in body must be of type date-time: \(JSONWriter.text(.string(text)))"))
        }
        return errors
    }

    private func numberErrors(_ value: JSON, _ path: String) -> [FieldError] {
        func number(_ json: JSON) -> Double? {
            switch json {
            case .int(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        }
        guard let given = number(value) else { return [] }
        var errors: [FieldError] = []
        if let most = number(json["maximum"]) {
            let isExclusive = json["exclusiveMaximum"].bool == true
            if isExclusive ? given >= most : given > most {
                let words = isExclusive ? "less than" : "less than or equal to"
                errors.append(invalid(value, path, "should be \(words) \(json["maximum"].text)"))
            }
        }
        if let least = number(json["minimum"]) {
            let isExclusive = json["exclusiveMinimum"].bool == true
            if isExclusive ? given <= least : given < least {
                let words = isExclusive ? "greater than" : "greater than or equal to"
                errors.append(invalid(value, path, "should be \(words) \(json["minimum"].text)"))
            }
        }
        if let step = number(json["multipleOf"]), step > 0, given.truncatingRemainder(dividingBy: step) != 0 {
            errors.append(invalid(value, path, "should be a multiple of \(json["multipleOf"].text)"))
        }
        return errors
    }

    private func combinationErrors(_ value: JSON, _ path: String) -> [FieldError] {
        func fitting(_ list: JSON) -> Int {
            list.array.count { StructuralSchema($0).errors(value, path: path, isRoot: false).isEmpty }
        }
        func combination(_ text: String) -> FieldError {
            FieldError(
                kind: .invalid, field: path, value: JSONWriter.text(value), detail: "\"\(path)\" must \(text)")
        }
        var errors: [FieldError] = json["allOf"].array.flatMap {
            StructuralSchema($0).errors(value, path: path, isRoot: false)
        }
        if !json["oneOf"].array.isEmpty {
            let count = fitting(json["oneOf"])
            if count != 1 {
                errors.append(
                    combination(
                        "validate one and only one schema (oneOf). Found \(count == 0 ? "none" : "\(count)") valid"))
            }
        }
        if !json["anyOf"].array.isEmpty, fitting(json["anyOf"]) == 0 {
            errors.append(combination("validate at least one schema (anyOf)"))
        }
        if json["not"].object != nil, StructuralSchema(json["not"]).errors(value, path: path, isRoot: false).isEmpty {
            errors.append(combination("not validate the schema (not)"))
        }
        return errors
    }

    private func invalid(_ value: JSON, _ path: String, _ text: String) -> FieldError {
        FieldError(kind: .invalid, field: path, value: JSONWriter.text(value), detail: "\(path) in body \(text)")
    }

    private func tooMany(_ count: Int, _ most: Int, _ path: String) -> FieldError {
        FieldError(
            kind: .tooMany, field: path, value: String(count),
            detail: "must have at most \(most) item\(most == 1 ? "" : "s")")
    }
}

extension Cluster {
    /// The schema of a custom kind; nil for built-in kinds.
    func structuralSchema(_ type: ResourceType) -> StructuralSchema? {
        catalog.schema(type).flatMap { $0.object == nil ? nil : StructuralSchema($0) }
    }

    /// Checks a custom object.
    ///
    /// What an object broke before it was changed is not held against the change.
    /// - Throws: `APIError` 422 that names each broken rule.
    func checkCustom(_ object: JSON, from old: JSON?, type: ResourceType) throws {
        guard let schema = structuralSchema(type) else { return }
        var errors = schema.errors(object)
        if let old, !errors.isEmpty {
            let before = Set(schema.errors(old).map(\.text))
            errors.removeAll { before.contains($0.text) }
        }
        if !errors.isEmpty { throw APIError.invalid(type, object["metadata"]["name"].text, errors) }
    }
}
