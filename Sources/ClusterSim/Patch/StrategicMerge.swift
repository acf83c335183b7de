/// The strategic merge patch: as a merge patch, but lists merge by the keys that the schema names.
enum StrategicMerge {
    private static let order = "$setElementOrder/"
    private static let deletion = "$deleteFromPrimitiveList/"

    /// Applies a patch.
    ///
    /// - Parameter schema: the schema of the value; nil treats lists as values, as for kinds without a schema.
    /// - Throws: `APIError` when a directive is not known or a list's element lacks its merge key.
    static func apply(_ patch: JSON, to original: JSON, schema: SchemaView?) throws -> JSON {
        guard case .object(var patch) = patch else { return patch }
        switch patch["$patch"]?.string {
        case "replace":
            patch["$patch"] = nil
            return .object(patch)
        case "delete": return .object(JSONObject())
        case "merge", nil: patch["$patch"] = nil
        case let other?:
            throw APIError.badRequest("Unknown patch type: \(other)")
        }
        var result = original.object == nil ? JSON.object(JSONObject()) : original
        if let keys = patch["$retainKeys"] {
            let kept = Set(keys.array.compactMap(\.string))
            for key in result.members.keys where !kept.contains(key) { result.remove(key) }
            patch["$retainKeys"] = nil
        }
        for entry in patch.entries where entry.key.hasPrefix(deletion) {
            let key = String(entry.key.dropFirst(deletion.count))
            let gone = Set(entry.value.array)
            if !result[key].isNull { result[key] = .array(result[key].array.filter { !gone.contains($0) }) }
        }
        for entry in patch.entries where !entry.key.hasPrefix("$") {
            let key = entry.key
            if entry.value.isNull {
                result.remove(key)
                continue
            }
            let member = schema?.member(key)
            switch entry.value {
            case .object:
                result.put(key, try apply(entry.value, to: result[key], schema: member))
            case .array(let elements) where member?.field.isMerged == true:
                let merged = try merge(elements, into: result[key].array, schema: member)
                result.put(key, .array(merged))
            default:
                result.put(key, entry.value)
            }
        }
        for entry in patch.entries where entry.key.hasPrefix(order) {
            let key = String(entry.key.dropFirst(order.count))
            guard case .array(let elements) = result[key] else { continue }
            let mergeKey = schema?.member(key)?.field.mergeKey
            result[key] = .array(
                sort(elements, by: entry.value.array, original: original[key].array, mergeKey: mergeKey))
        }
        return result
    }

    private static func merge(_ patch: [JSON], into original: [JSON], schema: SchemaView?) throws -> [JSON] {
        guard let key = schema?.field.mergeKey else {
            var result = original
            var known = Set(original)
            for element in patch where known.insert(element).inserted { result.append(element) }
            return result
        }
        if patch.contains(where: { $0["$patch"].string == "replace" && $0[key].isNull }) {
            return patch.filter { $0["$patch"].isNull }
        }
        var result = original
        for element in patch {
            guard element.object != nil else { throw APIError.badRequest("expected a map in the list, got \(element.goKind)") }
            guard !element[key].isNull else {
                throw APIError(
                    code: 500, reason: "InternalError",
                    message: "map: \(element.text) does not contain declared merge key: \(key)")
            }
            let place = result.firstIndex { $0[key] == element[key] }
            if element["$patch"].string == "delete" {
                result.removeAll { $0[key] == element[key] }
            } else if let place {
                result[place] = try apply(element, to: result[place], schema: schema?.element)
            } else {
                result.append(try apply(element, to: [:], schema: schema?.element))
            }
        }
        return result
    }

    /// Puts a merged list in the order that the client asks for; what only the server has keeps its place before the
    /// element that followed it.
    private static func sort(_ elements: [JSON], by order: [JSON], original: [JSON], mergeKey: String?) -> [JSON] {
        func name(_ element: JSON) -> JSON { mergeKey.map { element[$0] } ?? element }
        var ranks: [JSON: Int] = [:]
        for (rank, element) in order.enumerated() { ranks[name(element)] = rank }
        var places: [JSON: Int] = [:]
        for (place, element) in original.enumerated() { places[name(element)] = place }
        let asked = elements.filter { ranks[name($0)] != nil }.sorted { ranks[name($0)] ?? 0 < ranks[name($1)] ?? 0 }
        var serverOnly = elements.filter { ranks[name($0)] == nil }[...]
        var result: [JSON] = []
        for element in asked {
            if let place = places[name(element)] {
                while let next = serverOnly.first, (places[name(next)] ?? .max) < place {
                    result.append(next)
                    serverOnly.removeFirst()
                }
            }
            result.append(element)
        }
        return result + serverOnly
    }
}
