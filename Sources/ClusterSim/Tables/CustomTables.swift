/// The columns that definitions of custom kinds name.
enum CustomTables {
    /// - Parameter columns: the `additionalPrinterColumns`; without any, the age is shown.
    static func printer(_ columns: [JSON]) -> TablePrinter {
        if columns.isEmpty { return .plain }
        let shown = columns.map { column in
            TableColumn(
                name: column["name"].text, type: column["type"].text, format: column["format"].text,
                priority: column["priority"].int ?? 0)
        }
        let paths = columns.map { ColumnPath($0["jsonPath"].text) }
        return TablePrinter(columns: [.name] + shown) { object, now in
            [object["metadata"]["name"]]
                + zip(paths, shown).map { path, column in
                    let value = path.value(in: object) ?? .null
                    if value.isNull { return .null }
                    if column.type == "date" { return TablePrinter.age(object, now, value) }
                    return column.type == "string" && value.string == nil ? .string(value.text) : value
                }
        }
    }
}

/// A JSONPath as columns have it: names, indexes, and choices by a field's value.
struct ColumnPath: Sendable {
    private enum Step: Sendable {
        case name(String)
        case index(Int)
        case element(String, String)
    }

    private var steps: [Step] = []

    /// Reads a path such as `.status.conditions[?(@.type=="Ready")].status`.
    init(_ text: String) {
        var rest = text[...]
        while let first = rest.first {
            if first == "." {
                rest = rest.dropFirst()
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                steps.append(Self.step(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                var name = ""
                while let next = rest.first, next != ".", next != "[" {
                    // A dot in a name is written with a backslash.
                    if next == "\\" { rest = rest.dropFirst() }
                    if let character = rest.first { name.append(character) }
                    rest = rest.dropFirst()
                }
                steps.append(.name(name))
            }
        }
    }

    private static func step(_ text: String) -> Step {
        if let index = Int(text) { return .index(index) }
        if let match = text.wholeMatch(of: #/\?\(@\.([^=\s]+)\s*==\s*["'](.*)["']\)/#) {
            return .element(String(match.1), String(match.2))
        }
        return .name(text.trimmingBlanks().replacing("'", with: "").replacing("\"", with: ""))
    }

    /// What the path leads to; nil when it leads nowhere.
    func value(in object: JSON) -> JSON? {
        var value = object
        for step in steps {
            switch step {
            case .name(let name): value = value[name]
            case .index(let index):
                let list = value.array
                guard list.indices.contains(index) else { return nil }
                value = list[index]
            case .element(let key, let text):
                guard let found = value.element(where: key, is: text) else { return nil }
                value = found
            }
            if value.isNull { return nil }
        }
        return value
    }
}
