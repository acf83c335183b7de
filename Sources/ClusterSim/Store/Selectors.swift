/// A label selector, equality or set based.
struct LabelSelector: Sendable {
    private enum Test: Sendable {
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
        for term in try Self.terms(text) { tests.append(try Self.test(term, in: text)) }
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

    private static func terms(_ text: String) throws -> [String] {
        var result: [String] = []
        var term = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                result.append(term)
                term = ""
            } else {
                term.append(character)
            }
        }
        if depth != 0 { throw invalid(text, "found '', expected: ',', or ')'") }
        result.append(term)
        return result.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    }

    private static func invalid(_ text: String, _ reason: String) -> APIError {
        APIError.badRequest("unable to parse requirement: \(reason)")
    }

    private static func test(_ term: String, in text: String) throws -> Test {
        if let sign = ["!=", "==", "="].first(where: term.hasPrefix) {
            throw invalid(text, "found '\(sign)', expected: !, identifier, or 'end of string'")
        }
        if term.hasPrefix("!") { return .isAbsent(String(term.dropFirst()).trimmingBlanks()) }
        for sign in ["!=", "==", "=", ">", "<"] {
            guard let (left, right) = term.split(around: sign) else { continue }
            let key = try checked(left, text)
            let value = right.trimmingBlanks()
            switch sign {
            case "!=": return .isNotIn(key, [value])
            case ">", "<":
                guard let bound = Int(value) else {
                    throw invalid(text, "for 'Gt', 'Lt' operators, the value must be an integer")
                }
                return sign == ">" ? .isGreater(key, bound) : .isLess(key, bound)
            default: return .isIn(key, [value])
            }
        }
        for (word, isIn) in [(" notin ", false), (" in ", true), (" notin(", false), (" in(", true)] {
            guard let (left, right) = term.split(around: word) else { continue }
            let list = right.trimmingBlanks().drop { $0 == "(" }.prefix { $0 != ")" }
            let values = Set(list.split(separator: ",").map { String($0).trimmingBlanks() })
            let key = try checked(left, text)
            return isIn ? .isIn(key, values) : .isNotIn(key, values)
        }
        return .exists(try checked(term, text))
    }

    private static func checked(_ key: String, _ text: String) throws -> String {
        let key = key.trimmingBlanks()
        guard !key.isEmpty, !key.contains(" ") else {
            let found = key.split(separator: " ").last.map(String.init) ?? ""
            throw invalid(text, "found '\(found)', expected: in, notin, =, ==, !=, gt, lt")
        }
        return key
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
            guard isKnown else {
                throw APIError.badRequest("field label not supported: \(field)")
            }
            var path = field.split(separator: ".").map(String.init)
            if type.group == "events.k8s.io" || type.plural == "events" { path = Self.eventPath(path) }
            tests.append(Test(path: path, value: value, isEqual: !term.contains("!=")))
        }
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
            return (value.text == test.value) == test.isEqual
        }
    }
}
