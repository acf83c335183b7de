/// A set of field paths, as `managedFields` keeps it (`fieldsV1`).
struct FieldSet: Sendable, Hashable {
    /// Whether the place itself is in the set.
    var isMember = false
    /// The places below, by the names of `fieldsV1`: `f:NAME`, `k:{KEYS}`, `v:VALUE`.
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    init() {}

    /// Reads `fieldsV1`.
    init(_ fields: JSON) {
        for entry in fields.members.entries {
            if entry.key == "." {
                isMember = true
            } else {
                var child = FieldSet(entry.value)
                if entry.value.members.isEmpty { child.isMember = true }
                children[entry.key] = child
            }
        }
    }

    /// The set as `fieldsV1`.
    var json: JSON {
        var entries = children.map { ($0.key, $0.value.json) }
        if isMember, !children.isEmpty { entries.append((".", [:])) }
        return .object(JSONObject(entries))
    }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember || other.isMember
        for (key, child) in other.children { result.children[key] = result.children[key]?.union(child) ?? child }
        return result
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.isMember = isMember && !other.isMember
        for (key, child) in children {
            let rest = other.children[key].map { child.subtracting($0) } ?? child
            if !rest.isEmpty { result.children[key] = rest }
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.isMember = isMember && other.isMember
        for (key, child) in children {
            guard let shared = other.children[key].map({ child.intersection($0) }), !shared.isEmpty else { continue }
            result.children[key] = shared
        }
        return result
    }

    mutating func insert(_ path: some Collection<String>) {
        guard let first = path.first else {
            isMember = true
            return
        }
        children[first, default: FieldSet()].insert(path.dropFirst())
    }

    /// The paths in the words of conflict messages: `.spec.replicas`, `.spec.template.spec.containers[name="app"].image`.
    func paths(_ prefix: String = "") -> [String] {
        var result = isMember && !prefix.isEmpty ? [prefix] : []
        for key in children.keys.sorted() {
            result += children[key]?.paths(prefix + Self.words(key)) ?? []
        }
        return result
    }

    private static func words(_ key: String) -> String {
        let body = String(key.dropFirst(2))
        switch key.first {
        case "k":
            guard let keys = try? JSONParser.parse(Array(body.utf8)) else { return "[\(body)]" }
            return "[" + keys.members.entries.map { "\($0.key)=\(JSONWriter.text($0.value))" }.joined(separator: ",")
                + "]"
        case "v": return "[=\(body)]"
        default: return ".\(body)"
        }
    }
}

/// Field sets of values, and the changes from one value to another, after the schema.
enum FieldSets {
    /// The fields that a value sets.
    static func fields(of value: JSON, schema: SchemaView?) -> FieldSet {
        var result = FieldSet()
        switch value {
        case .object(let members) where !members.isEmpty && !isAtomic(schema):
            for entry in members.entries {
                var child = fields(of: entry.value, schema: schema?.member(entry.key))
                if case .map = schema?.node.shape { child.isMember = true }
                result.children["f:\(entry.key)"] = child
            }
        case .array(let elements) where !elements.isEmpty && schema?.listKind != .atomic && schema != nil:
            for element in elements {
                guard let name = elementName(element, schema) else { continue }
                var child = name.hasPrefix("k:") ? fields(of: element, schema: schema?.element) : FieldSet()
                child.isMember = true
                result.children[name] = child
            }
        default: result.isMember = true
        }
        return result
    }

    /// Whether a value is one field as a whole.
    ///
    /// Without a schema, objects have fields and lists are values.
    static func isAtomic(_ schema: SchemaView?) -> Bool {
        guard let schema else { return false }
        if schema.node.isAtomic { return true }
        switch schema.node.shape {
        case .object, .map, .any: return false
        default: return true
        }
    }

    /// The name of a list's element; nil when it lacks its keys.
    static func elementName(_ element: JSON, _ schema: SchemaView?) -> String? {
        guard let schema else { return nil }
        switch schema.listKind {
        case .atomic: return nil
        case .set: return "v:" + JSONWriter.text(element)
        case .map(let keys):
            var name = JSONObject()
            for key in keys {
                let value = element[key]
                if !value.isNull {
                    name[key] = value
                } else if let fallback = schema.element?.member(key)?.field.defaultValue {
                    name[key] = fallback
                }
            }
            return name.isEmpty ? nil : "k:" + JSONWriter.text(.object(name))
        }
    }

    /// The fields that differ between two values.
    struct Difference {
        /// Fields that are new or have another value.
        var changed = FieldSet()
        var removed = FieldSet()
    }

    static func difference(_ old: JSON, _ new: JSON, schema: SchemaView?) -> Difference {
        var result = Difference()
        if old == new { return result }
        if case .object(let oldMembers) = old, case .object(let newMembers) = new, !isAtomic(schema) {
            for entry in newMembers.entries {
                let key = "f:\(entry.key)"
                let below = schema?.member(entry.key)
                if let before = oldMembers[entry.key] {
                    result.take(difference(before, entry.value, schema: below), at: key)
                } else {
                    result.changed.children[key] = fields(of: entry.value, schema: below)
                }
            }
            for entry in oldMembers.entries where newMembers[entry.key] == nil {
                result.removed.children["f:\(entry.key)"] = whole(entry.value, schema?.member(entry.key))
            }
        } else if case .array(let oldElements) = old, case .array(let newElements) = new, let schema,
            schema.listKind != .atomic
        {
            var before: [String: JSON] = [:]
            for element in oldElements { if let name = elementName(element, schema) { before[name] = element } }
            for element in newElements {
                guard let name = elementName(element, schema) else { continue }
                if let known = before.removeValue(forKey: name) {
                    result.take(difference(known, element, schema: schema.element), at: name)
                } else {
                    result.changed.children[name] = whole(element, schema.element)
                }
            }
            for (name, element) in before { result.removed.children[name] = whole(element, schema.element) }
        } else {
            result.changed = fields(of: new, schema: schema)
            // A value that changes its kind takes its former fields with it.
            if old.object != nil || !old.array.isEmpty { result.removed = fields(of: old, schema: schema) }
            if new.isNull { result.changed.isMember = true }
        }
        return result
    }

    private static func whole(_ value: JSON, _ schema: SchemaView?) -> FieldSet {
        var set = fields(of: value, schema: schema)
        set.isMember = true
        return set
    }
}

extension FieldSets.Difference {
    fileprivate mutating func take(_ other: FieldSets.Difference, at key: String) {
        if !other.changed.isEmpty { changed.children[key] = other.changed }
        if !other.removed.isEmpty { removed.children[key] = other.removed }
    }
}
