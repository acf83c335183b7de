/// RFC 7386: a member of the patch replaces the object's, null removes it.
enum MergePatch {
    static func apply(_ patch: JSON, to target: JSON) -> JSON {
        guard case .object(let members) = patch else { return patch }
        var result = target.object == nil ? JSON.object(JSONObject()) : target
        for entry in members.entries {
            if entry.value.isNull {
                result.remove(entry.key)
            } else {
                result.put(entry.key, apply(entry.value, to: result[entry.key]))
            }
        }
        return result
    }
}

/// RFC 6902: a list of operations.
enum JSONPatch {
    /// Applies a list of operations.
    ///
    /// - Throws: `APIError` 400 when the patch is no list of operations, 422 when one cannot be carried out.
    static func apply(_ patch: JSON, to target: JSON) throws -> JSON {
        guard case .array(let operations) = patch else {
            throw APIError.badRequest(
                "error decoding patch: json: cannot unmarshal \(patch.goKind) into Go value of type jsonpatch.Patch")
        }
        var result = target
        for operation in operations {
            let name = operation["op"].string ?? ""
            let pointer = operation["path"].string ?? ""
            let path = Self.path(pointer)
            switch name {
            case "add": result = try add(operation["value"], at: path, in: result, pointer, "add")
            case "replace":
                guard value(at: path, in: result) != nil else {
                    throw refused("replace operation does not apply: doc is missing key: \(pointer): missing value")
                }
                result = try replace(operation["value"], at: path, in: result, pointer)
            case "remove":
                guard value(at: path, in: result) != nil else {
                    throw refused("remove operation does not apply: doc is missing path: \"\(pointer)\": missing value")
                }
                result = removed(at: path, in: result)
            case "test":
                let found = value(at: path, in: result) ?? .null
                guard found == operation["value"] else {
                    throw refused("testing value \(pointer) failed")
                }
            case "move", "copy":
                let from = operation["from"].string ?? ""
                guard let moved = value(at: Self.path(from), in: result) else {
                    throw refused("\(name) operation does not apply: doc is missing from path: \(from): missing value")
                }
                if name == "move" { result = removed(at: Self.path(from), in: result) }
                result = try add(moved, at: path, in: result, pointer, name)
            default:
                throw refused("Unexpected kind: \(name)")
            }
        }
        return result
    }

    private static func refused(_ text: String) -> APIError {
        APIError(code: 422, reason: "Invalid", message: "the server rejected our request due to an error in our request: \(text)", details: [:])
    }

    private static func path(_ pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func index(_ key: String, _ count: Int) -> Int? {
        guard let index = Int(key) else { return nil }
        return index < 0 ? count + index : index
    }

    private static func value(at path: [String], in target: JSON) -> JSON? {
        var current = target
        for key in path {
            switch current {
            case .object(let members):
                guard let next = members[key] else { return nil }
                current = next
            case .array(let elements):
                guard let index = index(key, elements.count), elements.indices.contains(index) else { return nil }
                current = elements[index]
            default: return nil
            }
        }
        return current
    }

    private static func add(_ value: JSON, at path: [String], in target: JSON, _ pointer: String, _ name: String) throws
        -> JSON
    {
        guard let key = path.first else { return value }
        let rest = Array(path.dropFirst())
        let missing = refused("\(name) operation does not apply: doc is missing path: \"\(pointer)\": missing value")
        switch target {
        case .object(var members):
            if rest.isEmpty {
                members[key] = value
            } else {
                guard let next = members[key] else { throw missing }
                members[key] = try add(value, at: rest, in: next, pointer, name)
            }
            return .object(members)
        case .array(var elements):
            if rest.isEmpty {
                let place = key == "-" ? elements.count : index(key, elements.count)
                guard let place, place >= 0, place <= elements.count else {
                    throw refused("\(name) operation does not apply: doc is missing path: \"\(pointer)\": invalid index referenced")
                }
                elements.insert(value, at: place)
            } else {
                guard let place = index(key, elements.count), elements.indices.contains(place) else { throw missing }
                elements[place] = try add(value, at: rest, in: elements[place], pointer, name)
            }
            return .array(elements)
        default: throw missing
        }
    }

    private static func replace(_ value: JSON, at path: [String], in target: JSON, _ pointer: String) throws -> JSON {
        guard let key = path.first else { return value }
        let rest = Array(path.dropFirst())
        switch target {
        case .object(var members):
            members[key] = try replace(value, at: rest, in: members[key] ?? .null, pointer)
            return .object(members)
        case .array(var elements):
            guard let place = index(key, elements.count), elements.indices.contains(place) else { return target }
            elements[place] = try replace(value, at: rest, in: elements[place], pointer)
            return .array(elements)
        default: return value
        }
    }

    private static func removed(at path: [String], in target: JSON) -> JSON {
        guard let key = path.first else { return .null }
        let rest = Array(path.dropFirst())
        switch target {
        case .object(var members):
            members[key] = rest.isEmpty ? nil : removed(at: rest, in: members[key] ?? .null)
            return .object(members)
        case .array(var elements):
            guard let place = index(key, elements.count), elements.indices.contains(place) else { return target }
            if rest.isEmpty {
                elements.remove(at: place)
            } else {
                elements[place] = removed(at: rest, in: elements[place])
            }
            return .array(elements)
        default: return target
        }
    }
}
