/// Reads an object as its Go type would: unknown fields are found, nulls are dropped, wrong kinds of values refused.
struct TypedDecoder {
    /// The fields that the schema does not know, as paths.
    private(set) var unknown: [String] = []
    private var failure: String?

    /// - Returns: the object as the typed server sees it.
    /// - Throws: `APIError` 400 with the text of Go's decoder.
    static func decode(_ object: JSON, type: ResourceType, schema: SchemaView?) throws -> (JSON, unknown: [String]) {
        guard let schema else { return (object, []) }
        let (result, unknown, failure) = read(object, schema)
        if let failure {
            throw APIError.badRequest(
                "\(type.kind) in version \"\(type.version)\" cannot be handled as a \(type.kind): \(failure)")
        }
        return (result, unknown)
    }

    /// The same without a server: the first value of a wrong kind is told beside the unknown fields.
    static func read(_ object: JSON, _ schema: SchemaView) -> (JSON, unknown: [String], failure: String?) {
        var decoder = TypedDecoder()
        let result = decoder.value(object, schema, path: "", owner: "", field: "")
        return (result, decoder.unknown, decoder.failure)
    }

    private mutating func mismatch(_ value: JSON, _ goType: String, _ owner: String, _ path: String) -> JSON {
        if failure == nil {
            let place = owner.isEmpty ? "" : "struct field \(owner).\(path)"
            failure =
                "json: cannot unmarshal \(value.goKind) into Go \(place.isEmpty ? "value" : place) of type \(goType)"
        }
        return value
    }

    private mutating func value(_ value: JSON, _ schema: SchemaView, path: String, owner: String, field: String) -> JSON
    {
        let name = goPath(path)
        switch schema.node.shape {
        case .any: return value
        case .object(let fields, _):
            guard case .object(let members) = value else { return mismatch(value, goType(schema), owner, name) }
            var kept = JSONObject()
            kept.entries.reserveCapacity(members.count)
            for entry in members.entries {
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                guard let field = fields[entry.key] else {
                    unknown.append(below.filter { $0 != Self.mapMark })
                    continue
                }
                if entry.value.isNull { continue }
                let view = SchemaView(catalog: schema.catalog, field: field)
                let decoded = self.value(entry.value, view, path: below, owner: schema.node.typeName, field: entry.key)
                kept.entries.append(JSONObject.Entry(key: entry.key, value: decoded))
            }
            return .object(kept)
        case .map(let element):
            guard case .object(var members) = value else { return mismatch(value, "map[string]string", owner, name) }
            let view = SchemaView(catalog: schema.catalog, field: element)
            for index in members.entries.indices {
                let entry = members.entries[index]
                if entry.value.isNull {
                    if case .string = view.node.shape { members.entries[index].value = "" }
                    continue
                }
                members.entries[index].value = self.value(
                    entry.value, view, path: "\(path)\(Self.mapMark).\(entry.key)", owner: owner, field: field)
            }
            return .object(members)
        case .list(let element, _):
            guard case .array(var elements) = value else {
                return mismatch(value, "[]" + goType(SchemaView(catalog: schema.catalog, field: element)), owner, name)
            }
            let view = SchemaView(catalog: schema.catalog, field: element)
            for index in elements.indices {
                elements[index] = self.value(
                    elements[index], view, path: "\(path)[\(index)]", owner: owner, field: field)
            }
            return .array(elements)
        case .string, .time:
            return value.string == nil ? mismatch(value, "string", owner, name) : value
        case .bytes:
            guard let text = value.string else { return mismatch(value, "[]byte", owner, name) }
            if Base64.decode(text) == nil, failure == nil {
                failure = "illegal base64 data at input byte \(text.utf8.prefix { Self.isBase64($0) }.count)"
            }
            return value
        case .integer:
            if let number = value.int { return .int(number) }
            return mismatch(value, "int32", owner, name)
        case .number:
            switch value {
            case .int, .double: return value
            default: return mismatch(value, "float64", owner, name)
            }
        case .boolean: return value.bool == nil ? mismatch(value, "bool", owner, name) : value
        case .intOrString:
            switch value {
            case .int, .string: return value
            default: return mismatch(value, "intstr.IntOrString", owner, name)
            }
        case .quantity: return quantity(value)
        }
    }

    private mutating func quantity(_ value: JSON) -> JSON {
        guard let quantity = Quantity(value.text) else {
            if failure == nil {
                failure =
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            return value
        }
        return .string(quantity.text)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 43, 47, 61: true
        default: false
        }
    }

    /// Stands in a path before the key of a map, which is no field.
    private static let mapMark: Character = "\u{1}"

    /// Go's errors name the elements of lists and maps by their list or map only.
    private func goPath(_ path: String) -> String {
        var result = ""
        var depth = 0
        for character in path.split(separator: Self.mapMark).first ?? "" {
            if character == "[" { depth += 1 }
            if depth == 0 { result.append(character) }
            if character == "]" { depth -= 1 }
        }
        return result
    }

    private func goType(_ schema: SchemaView) -> String {
        switch schema.node.shape {
        case .object: "v1.\(schema.node.typeName)"
        case .string: "string"
        case .integer: "int32"
        case .boolean: "bool"
        default: "v1.\(schema.node.typeName)"
        }
    }
}
