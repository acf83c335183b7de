/// The forms that the API has for names, labels, ports and keys.
///
/// Each function gives what is wrong with a text, in the server's words; nothing when it is right.
enum Formats {
    static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let range = "must be between 1 and 65535, inclusive"
    static let notNegative = "must be greater than or equal to 0"
    static let nameCharacters =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// Whether a text has only letters, digits, `-`, `_` and `.`, and begins and ends with one of the first two.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || [45, 46, 95].contains($0) }
    }

    private static func tooLong(_ most: Int) -> String { "must be no more than \(most) bytes" }

    /// A name of an object, container or volume without dots.
    static func dnsLabel(_ text: String) -> [String] {
        if Names.isLabel(text) { return [] }
        let isShort = Names.isLabel(String(text.prefix(63)).replacing(#/-+$/#, with: ""))
        return text.utf8.count <= 63 ? [label] : [tooLong(63)] + (isShort ? [] : [label])
    }

    /// A name with dots.
    static func dnsSubdomain(_ text: String) -> [String] {
        if text.utf8.count > 253 { return [tooLong(253)] }
        return Names.isSubdomain(text) ? [] : [subdomain]
    }

    /// The key of a label, annotation or taint: `name` or `domain/name`.
    static func qualifiedName(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a qualified name \(nameCharacters) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var wrong: [String] = []
        if parts.count == 2 {
            wrong +=
                parts[0].isEmpty
                ? ["prefix part must be non-empty"] : dnsSubdomain(parts[0]).map { "prefix part \($0)" }
        }
        if name.isEmpty {
            wrong.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            wrong.append("name part \(tooLong(63))")
        }
        if !isPlain(name) { wrong.append("name part \(nameCharacters)") }
        return wrong
    }

    static func labelValue(_ text: String) -> [String] {
        var wrong: [String] = []
        if text.utf8.count > 63 { wrong.append(tooLong(63)) }
        if !text.isEmpty, !isPlain(text) {
            wrong.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )
        }
        return wrong
    }

    static func portName(_ text: String) -> [String] {
        var wrong: [String] = []
        if text.utf8.count > 15 { wrong.append(tooLong(15)) }
        if !text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }) || text.isEmpty {
            wrong.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !text.utf8.contains(where: { (97...122).contains($0) }) {
            wrong.append("must contain at least one letter (a-z)")
        }
        if text.contains("--") { wrong.append("must not contain consecutive hyphens") }
        if text.hasPrefix("-") || text.hasSuffix("-") { wrong.append("must not begin or end with a hyphen") }
        return wrong
    }

    /// A number of a port, or the name of one.
    static func port(_ value: JSON, _ field: String) -> [FieldError] {
        if let name = value.string { return portName(name).map { .invalid(field, value, $0) } }
        let number = value.int ?? 0
        return (1...65535).contains(number) ? [] : [.invalid(field, .int(number), range)]
    }

    /// The key of a ConfigMap or Secret.
    static func configKey(_ text: String) -> [String] {
        if !text.isEmpty, text.utf8.allSatisfy({ isAlphanumeric($0) || [45, 46, 95].contains($0) }) {
            if text == "." { return ["must not be '.'"] }
            return text == ".." ? ["must not be '..'"] : []
        }
        return [
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
        ]
    }

    static func environmentName(_ text: String) -> [String] {
        if text.utf8.allSatisfy({ (32...126).contains($0) && $0 != 61 }) { return [] }
        return [
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
        ]
    }

    /// Labels, or a map that has their form (selectors of nodes and Services).
    static func labels(_ labels: JSON, _ field: String) -> [FieldError] {
        labels.members.entries.flatMap { entry -> [FieldError] in
            qualifiedName(entry.key).map { .invalid(field, .string(entry.key), $0) }
                + labelValue(entry.value.text).map { .invalid(field, entry.value, $0) }
        }
    }

    static func annotations(_ annotations: JSON, _ field: String) -> [FieldError] {
        let most = 262_144
        let size = annotations.members.entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.text.utf8.count }
        let keys = annotations.members.keys.flatMap { key in
            qualifiedName(key.lowercased()).map { FieldError.invalid(field, .string(key), $0) }
        }
        if size <= most { return keys }
        return keys + [FieldError(kind: .tooLong, field: field, detail: "may not be more than \(most) bytes")]
    }

    /// A `LabelSelector` object.
    static func selector(_ selector: JSON, _ field: String) -> [FieldError] {
        var wrong = labels(selector["matchLabels"], "\(field).matchLabels")
        for (index, expression) in selector["matchExpressions"].array.enumerated() {
            let place = "\(field).matchExpressions[\(index)]"
            let sort = expression["operator"].text
            switch sort {
            case "In", "NotIn":
                if expression["values"].isEmpty {
                    wrong.append(.required("\(place).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !expression["values"].isEmpty {
                    wrong.append(
                        .forbidden(
                            "\(place).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            default: wrong.append(.invalid("\(place).operator", .string(sort), "not a valid selector operator"))
            }
            wrong += qualifiedName(expression["key"].text).map {
                .invalid("\(place).key", .string(expression["key"].text), $0)
            }
        }
        return wrong
    }

    /// Fields that are numbers and must not be negative.
    static func counts(_ object: JSON, _ names: [String], _ field: String) -> [FieldError] {
        names.compactMap { name in
            guard let number = object[name].int, number < 0 else { return nil }
            return .invalid("\(field).\(name)", .int(number), notNegative)
        }
    }

    /// A number or a percentage, as `maxSurge` is one.
    static func share(_ value: JSON, _ field: String, isBounded: Bool = false) -> [FieldError] {
        if let text = value.string {
            guard text.hasSuffix("%"), let number = Int(text.dropLast()), number >= 0 else {
                return [
                    .invalid(
                        field, value,
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                    )
                ]
            }
            return isBounded && number > 100 ? [.invalid(field, value, "must not be greater than 100%")] : []
        }
        guard let number = value.int, number < 0 else { return [] }
        return [.invalid(field, value, notNegative)]
    }
}
