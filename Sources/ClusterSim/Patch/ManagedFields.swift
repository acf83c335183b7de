/// Who set which fields of an object, and what an apply does with that.
struct ManagedFields {
    /// A writer of fields.
    struct Manager: Hashable {
        var name: String
        /// `Apply` or `Update`.
        var operation: String
        var apiVersion: String
        var subresource: String

        /// The manager in the words of a conflict message.
        func text(time: String?) -> String {
            var text = "\"\(name)\""
            if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
            if operation == "Update" { text += " using \(apiVersion)" + (time.map { " at \($0)" } ?? "") }
            return text
        }
    }

    private struct Entry {
        var manager: Manager
        var fields: FieldSet
        var time: String?
    }

    private var entries: [Entry]

    /// Reads `metadata.managedFields`.
    init(_ object: JSON) {
        entries = object["metadata"]["managedFields"].array.map { entry in
            Entry(
                manager: Manager(
                    name: entry["manager"].string ?? "", operation: entry["operation"].string ?? "Update",
                    apiVersion: entry["apiVersion"].string ?? "", subresource: entry["subresource"].string ?? ""),
                fields: FieldSet(entry["fieldsV1"]), time: entry["time"].string)
        }
    }

    /// The entries as `metadata.managedFields`.
    var json: JSON {
        .array(
            entries.filter { !$0.fields.isEmpty }.map { entry in
                var json: JSON = [
                    "manager": .string(entry.manager.name), "operation": .string(entry.manager.operation),
                    "apiVersion": .string(entry.manager.apiVersion), "fieldsType": "FieldsV1",
                    "fieldsV1": entry.fields.json,
                ]
                if let time = entry.time { json["time"] = .string(time) }
                if !entry.manager.subresource.isEmpty { json["subresource"] = .string(entry.manager.subresource) }
                return json
            })
    }

    /// An object without the fields that nobody manages.
    static func stripped(_ object: JSON) -> JSON {
        var result = object
        result.remove("apiVersion")
        result.remove("kind")
        for key in [
            "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
            "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] { result["metadata"].remove(key) }
        if result["metadata"].members.isEmpty { result.remove("metadata") }
        return result
    }

    /// Notes what a plain write changed.
    mutating func update(from old: JSON, to new: JSON, by manager: Manager, at time: String, schema: SchemaView?) {
        let difference = FieldSets.difference(Self.stripped(old), Self.stripped(new), schema: schema)
        if difference.changed.isEmpty, difference.removed.isEmpty { return }
        for index in entries.indices {
            entries[index].fields = entries[index].fields.subtracting(difference.removed)
            if entries[index].manager != manager {
                entries[index].fields = entries[index].fields.subtracting(difference.changed)
            }
        }
        if !difference.changed.isEmpty { note(difference.changed, by: manager, at: time, replacing: false) }
    }

    private mutating func note(_ fields: FieldSet, by manager: Manager, at time: String, replacing: Bool) {
        if let index = entries.firstIndex(where: { $0.manager == manager }) {
            let before = entries[index].fields
            entries[index].fields = replacing ? fields : before.union(fields)
            if entries[index].fields != before || !replacing { entries[index].time = time }
        } else {
            entries.append(Entry(manager: manager, fields: fields, time: time))
        }
    }

    /// Applies a manager's whole intent to an object.
    ///
    /// - Returns: the object after it.
    /// - Throws: `APIError` 409 when another manager set one of the fields to another value, unless forced.
    mutating func apply(
        _ intent: JSON, to live: JSON, by manager: Manager, force: Bool, at time: String, schema: SchemaView?
    ) throws -> JSON {
        let intended = FieldSets.fields(of: Self.stripped(intent), schema: schema)
        var merged = ApplyMerge.merge(Self.stripped(intent), into: live, schema: schema)
        if let mine = entries.first(where: { $0.manager == manager }) {
            var abandoned = mine.fields.subtracting(intended)
            for other in entries where other.manager != manager { abandoned = abandoned.subtracting(other.fields) }
            let kept = entries.reduce(intended) { $1.manager == manager ? $0 : $0.union($1.fields) }
            merged = ApplyMerge.remove(abandoned, keeping: kept, from: merged, schema: schema)
        }
        let difference = FieldSets.difference(Self.stripped(live), Self.stripped(merged), schema: schema)
        var conflicts: [(manager: String, paths: [String])] = []
        for index in entries.indices where entries[index].manager != manager {
            let contested = entries[index].fields.intersection(difference.changed)
            if !contested.isEmpty, !force {
                let text = entries[index].manager.text(time: entries[index].time)
                conflicts.append((text, contested.paths()))
            }
            entries[index].fields = entries[index].fields.subtracting(contested).subtracting(difference.removed)
        }
        if !conflicts.isEmpty { throw Self.conflict(conflicts) }
        note(intended, by: manager, at: time, replacing: true)
        return merged
    }

    private static func conflict(_ conflicts: [(manager: String, paths: [String])]) -> APIError {
        let count = conflicts.reduce(0) { $0 + $1.paths.count }
        let causes = conflicts.flatMap { conflict in
            conflict.paths.map { path -> JSON in
                [
                    "reason": "FieldManagerConflict", "message": .string("conflict with \(conflict.manager)"),
                    "field": .string(path),
                ]
            }
        }
        var text: String
        if count == 1 {
            text = "Apply failed with 1 conflict: conflict with \(conflicts[0].manager): \(conflicts[0].paths[0])"
        } else {
            let parts = conflicts.sorted { $0.manager < $1.manager }.map { conflict in
                (["conflicts with \(conflict.manager):"] + conflict.paths.map { "- \($0)" }).joined(separator: "\n")
            }
            text = "Apply failed with \(count) conflicts: " + parts.joined(separator: "\n")
        }
        return APIError(code: 409, reason: "Conflict", message: text, details: ["causes": .array(causes)])
    }
}

/// The merge of an applied intent into an object.
enum ApplyMerge {
    static func merge(_ intent: JSON, into live: JSON, schema: SchemaView?) -> JSON {
        switch (intent, live) {
        case (.object(let members), .object) where !FieldSets.isAtomic(schema):
            var result = live
            for entry in members.entries {
                result.put(entry.key, merge(entry.value, into: result[entry.key], schema: schema?.member(entry.key)))
            }
            return result
        case (.array(let elements), .array(let known)) where schema != nil && schema?.listKind != .atomic:
            var result = known
            var places: [String: Int] = [:]
            for (place, element) in known.enumerated() {
                if let name = FieldSets.elementName(element, schema) { places[name] = place }
            }
            for element in elements {
                guard let name = FieldSets.elementName(element, schema) else { continue }
                if let place = places[name] {
                    result[place] = merge(element, into: result[place], schema: schema?.element)
                } else {
                    places[name] = result.count
                    result.append(element)
                }
            }
            return .array(ordered(result, as: elements, schema))
        default: return intent
        }
    }

    /// The intent's elements in the intent's order, the others where they were.
    private static func ordered(_ merged: [JSON], as intent: [JSON], _ schema: SchemaView?) -> [JSON] {
        var ranks: [String: Int] = [:]
        for (rank, element) in intent.enumerated() {
            if let name = FieldSets.elementName(element, schema) { ranks[name] = rank }
        }
        func rank(_ element: JSON) -> Int? { FieldSets.elementName(element, schema).flatMap { ranks[$0] } }
        var sorted = merged.filter { rank($0) != nil }.sorted { (rank($0) ?? 0) < (rank($1) ?? 0) }[...]
        return merged.map { rank($0) == nil ? $0 : sorted.popFirst() ?? $0 }
    }

    /// Removes the fields that a manager gave up, but for what others keep.
    static func remove(_ fields: FieldSet, keeping kept: FieldSet, from value: JSON, schema: SchemaView?) -> JSON {
        switch value {
        case .object(let members):
            var result = value
            for entry in members.entries {
                guard let child = fields.children["f:\(entry.key)"] else { continue }
                let keptBelow = kept.children["f:\(entry.key)"]
                if keptBelow == nil, child.isMember || covers(child, entry.value, schema?.member(entry.key)) {
                    result.remove(entry.key)
                } else {
                    let rest = remove(
                        child, keeping: keptBelow ?? FieldSet(), from: entry.value, schema: schema?.member(entry.key))
                    result.put(entry.key, rest)
                }
            }
            return result
        case .array(let elements):
            var result: [JSON] = []
            for element in elements {
                guard let name = FieldSets.elementName(element, schema), let child = fields.children[name] else {
                    result.append(element)
                    continue
                }
                if child.isMember, kept.children[name] == nil { continue }
                result.append(
                    remove(child, keeping: kept.children[name] ?? FieldSet(), from: element, schema: schema?.element))
            }
            return .array(result)
        default: return value
        }
    }

    private static func covers(_ fields: FieldSet, _ value: JSON, _ schema: SchemaView?) -> Bool {
        FieldSets.fields(of: value, schema: schema).subtracting(fields).isEmpty
    }
}
