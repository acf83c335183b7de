/// A label selector, equality or set based.
struct LabelSelector: Sendable {
    enum Test: Sendable {
        case isIn(String, Set<String>)
        case isNotIn(String, Set<String>)
        case exists(String)
        case isAbsent(String)
        case isGreater(String, Int)
        case isLess(String, Int)
    }

    private var tests: [Test] = []

    /// Whether every object matches.
    var isEmpty: Bool { tests.isEmpty }

    /// Reads the text of a request's `labelSelector`.
    ///
    /// - Throws: `APIError` 400 with the server's words when the text is not a selector.
    init(parsing text: String) throws {
        var parser = LabelSelectorParser(text)
        tests = try parser.requirements()
    }

    /// Reads a `LabelSelector` object (`matchLabels`, `matchExpressions`).
    init(_ selector: JSON) {
        for entry in selector["matchLabels"].members.entries {
            tests.append(.isIn(entry.key, [entry.value.string ?? ""]))
        }
        for expression in selector["matchExpressions"].array {
            let key = expression["key"].string ?? ""
            let values = Set(expression["values"].array.compactMap(\.string))
            switch expression["operator"].string {
            case "In": tests.append(.isIn(key, values))
            case "NotIn": tests.append(.isNotIn(key, values))
            case "Exists": tests.append(.exists(key))
            default: tests.append(.isAbsent(key))
            }
        }
    }

    /// A selector of equal labels, as Services have it.
    init(equal labels: JSON) {
        for entry in labels.members.entries { tests.append(.isIn(entry.key, [entry.value.string ?? ""])) }
    }

    /// Whether labels match.
    func matches(_ labels: JSON) -> Bool {
        tests.allSatisfy { test in
            switch test {
            case .isIn(let key, let values): labels[key].string.map(values.contains) ?? false
            case .isNotIn(let key, let values): !(labels[key].string.map(values.contains) ?? false)
            case .exists(let key): !labels[key].isNull
            case .isAbsent(let key): labels[key].isNull
            case .isGreater(let key, let bound): (labels[key].string.flatMap { Int($0) } ?? Int.min) > bound
            case .isLess(let key, let bound): (labels[key].string.flatMap { Int($0) } ?? Int.max) < bound
            }
        }
    }
}

/// A field selector such as `metadata.name=x,status.phase!=Running`.
struct FieldSelector: Sendable {
    private struct Test: Sendable {
        let path: [String]
        let value: String
        let isEqual: Bool
    }

    private var tests: [Test] = []

    /// The name that the selector narrows to, if it does.
    var name: String? { tests.first { $0.path == ["metadata", "name"] && $0.isEqual }?.value }

    /// Reads the text of a request's `fieldSelector`.
    ///
    /// - Throws: `APIError` 400 with the server's words when the text is not a selector or the field is not supported.
    init(parsing text: String, for type: ResourceType) throws {
        for term in text.split(separator: ",").map(String.init) {
            let parts: (String, String)? =
                term.split(around: "!=") ?? term.split(around: "==") ?? term.split(around: "=")
            guard let (field, value) = parts else {
                throw APIError.badRequest("invalid selector: '\(text)'; can't understand '\(term)'")
            }
            let isKnown =
                field == "metadata.name" || (field == "metadata.namespace" && type.isNamespaced)
                || Self.fields[type.plural]?.contains(field) == true
            guard isKnown else { throw APIError.badRequest(Self.refusal(of: field, type)) }
            var path = field.split(separator: ".").map(String.init)
            if type.group == "events.k8s.io" || type.plural == "events" { path = Self.eventPath(path) }
            tests.append(Test(path: path, value: value, isEqual: !term.contains("!=")))
        }
    }

    /// Kinds with fields of their own say it in their words; for the others only what all objects have can be asked for.
    private static func refusal(of field: String, _ type: ResourceType) -> String {
        let core: Set<String> = [
            "pods", "nodes", "replicationcontrollers", "events", "namespaces", "secrets", "services",
        ]
        if type.isCustom || (type.group.isEmpty && core.contains(type.plural)) {
            return "field label not supported: \(field)"
        }
        if type.plural == "jobs" { return "field label \"\(field)\" not supported for Job" }
        return "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    }

    private static func eventPath(_ path: [String]) -> [String] {
        if path.first == "regarding" { return ["involvedObject"] + path.dropFirst() }
        if path == ["reportingController"] { return ["reportingComponent"] }
        return path
    }

    private static let fields: [String: Set<String>] = [
        "pods": [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        "events": [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type", "regarding.kind", "regarding.name", "regarding.namespace",
            "regarding.uid", "reportingController",
        ],
        "secrets": ["type"], "namespaces": ["status.phase"], "nodes": ["spec.unschedulable"],
        "jobs": ["status.successful"], "replicasets": ["status.replicas"],
        "services": ["spec.clusterIP", "spec.type"],
    ]

    /// Whether an object matches.
    func matches(_ object: JSON) -> Bool {
        tests.allSatisfy { test in
            var value = object
            for step in test.path { value = value[step] }
            if test.path == ["source"] { value = value["component"] }
            // What is false is left out of objects.
            let isSwitch = ["unschedulable", "hostNetwork"].contains(test.path.last ?? "")
            let text = value.isNull && isSwitch ? "false" : value.text
            return (text == test.value) == test.isEqual
        }
    }
}
