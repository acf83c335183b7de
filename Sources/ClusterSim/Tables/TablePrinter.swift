/// A column of `kubectl get`.
struct TableColumn: Sendable {
    let name: String
    var type = "string"
    var format = ""
    /// 0 is always shown, 1 only with `-o wide`.
    var priority = 0

    var json: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": .string(name),
            "priority": .int(priority),
        ]
    }

    static let name = TableColumn(name: "Name", format: "name")
    static let age = TableColumn(name: "Age")
    static func number(_ name: String, priority: Int = 0) -> TableColumn {
        TableColumn(name: name, type: "integer", priority: priority)
    }
    static func text(_ name: String) -> TableColumn { TableColumn(name: name) }
    static func wide(_ name: String) -> TableColumn { TableColumn(name: name, priority: 1) }
}

/// Writes objects of a kind as rows.
struct TablePrinter: Sendable {
    let columns: [TableColumn]
    let cells: @Sendable (JSON, Double) -> [JSON]

    static func printer(for type: ResourceType) -> TablePrinter {
        if type.isCustom { return CustomTables.printer(type.printerColumns.withLock { $0 }) }
        return WorkloadTables.printer(type) ?? CoreTables.printer(type) ?? OtherTables.printer(type)
            ?? plain
    }

    /// What a kind without columns of its own shows.
    static let plain = TablePrinter(columns: [.name, .age]) { object, now in
        [object["metadata"]["name"], age(object, now)]
    }

    /// The age of an object, from a time of it or from its creation.
    static func age(_ object: JSON, _ now: Double, _ time: JSON? = nil) -> JSON {
        guard let text = (time ?? object["metadata"]["creationTimestamp"]).string, let start = Timestamp.parse(text)
        else { return "<unknown>" }
        return .string(Timestamp.age(now - start))
    }

    static func or(_ value: JSON, _ other: String = "<none>") -> JSON { .string(value.isEmpty ? other : value.text) }

    /// Labels as `a=b,c=d`.
    static func labels(_ labels: JSON, none: String = "<none>") -> JSON {
        labels.isEmpty
            ? .string(none)
            : .string(labels.members.entries.map { "\($0.key)=\($0.value.text)" }.joined(separator: ","))
    }

    /// A label selector as text.
    static func selector(_ selector: JSON) -> JSON {
        var parts = selector["matchLabels"].members.entries.map { "\($0.key)=\($0.value.text)" }
        for expression in selector["matchExpressions"].array {
            let values = expression["values"].array.map(\.text).sorted().joined(separator: ",")
            let key = expression["key"].text
            switch expression["operator"].string {
            case "In": parts.append("\(key) in (\(values))")
            case "NotIn": parts.append("\(key) notin (\(values))")
            case "Exists": parts.append(key)
            default: parts.append("!\(key)")
            }
        }
        return .string(parts.isEmpty ? "<none>" : parts.joined(separator: ","))
    }

    static func containers(_ spec: JSON, _ field: String) -> JSON {
        .string(spec["containers"].array.map { $0[field].text }.joined(separator: ","))
    }
}
