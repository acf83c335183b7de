import RunbookSpec

/// Whether a literal value fits a type of the API, and how to say what does.
enum TypeFit {
    /// Whether a value other than a table may be of a type.
    static func fits(_ shape: Shape, _ type: ValueType) -> Bool {
        switch (type, shape) {
        case (_, .unknown), (.any, _): true
        // Lua writes a number where a text is wanted, and so does the host.
        case (.string, .string), (.string, .someText), (.string, .integer), (.string, .number), (.string, .someNumber):
            true
        case (.text, .secret): true
        case (.text, _): fits(shape, .string)
        case (.path, .string), (.path, .someText): true
        case (.integer, .integer), (.integer, .someNumber): true
        case (.integer, .number(let value)): value == value.rounded()
        case (.bounded(let range), .integer(let value)): range.contains(Int(value))
        case (.bounded(let range), .number(let value)): Int(exactly: value).map(range.contains) ?? false
        case (.bounded, .someNumber): true
        case (.number, .integer), (.number, .number), (.number, .someNumber): true
        case (.boolean, .boolean): true
        case (.duration, .integer(let value)): value >= 0
        case (.duration, .number(let value)): value >= 0
        case (.duration, .someNumber), (.duration, .someText): true
        case (.duration, .string(let text)): ValueTexts.isDuration(text)
        case (.size, .integer(let value)): value >= 0
        case (.size, .number(let value)): value >= 0
        case (.size, .someNumber), (.size, .someText): true
        case (.size, .string(let text)): ValueTexts.isSize(text)
        case (.enumeration(let words), .string(let text)): words.contains(text)
        case (.enumeration, .someText): true
        case (.function, .function): true
        case (.handle("secret"), .secret): true
        case (_, .result(let result)): mayFit(result.type, type)
        default: false
        }
    }

    /// Whether some value that a call gives may be of a type.
    private static func mayFit(_ given: ValueType, _ wanted: ValueType) -> Bool {
        if case .either(let types) = given { return types.contains { mayFit($0, wanted) } }
        if case .either(let types) = wanted { return types.contains { mayFit(given, $0) } }
        switch wanted {
        case .any: return true
        case .function: return given == .function || given == .any
        case .list, .map, .record: return BasicType(given).map { $0 == .table } ?? (given == .any)
        case .boolean: return BasicType(given).map { $0 == .boolean } ?? (given == .any)
        case .integer, .bounded, .number: return BasicType(given).map { $0 == .number } ?? (given != .text)
        case .path, .enumeration: return BasicType(given).map { $0 == .string } ?? true
        case .string, .text, .duration, .size:
            return BasicType(given).map { $0 == .string || $0 == .number } ?? true
        case .none, .handle, .either: return true
        }
    }

    /// Whether a function is among the values of a type.
    static func takesFunctions(_ type: ValueType) -> Bool {
        switch type {
        case .function: true
        case .either(let types): types.contains(where: takesFunctions)
        default: false
        }
    }

    /// Whether tables are among the values of a type.
    static func takesTables(_ type: ValueType) -> Bool {
        switch type {
        case .record, .list, .map: true
        default: false
        }
    }

    /// The type with its article.
    static func display(_ type: ValueType) -> String {
        switch type {
        case .enumeration, .none, .any: type.displayName
        case .integer: "a whole number"
        case .bounded: "an \(type.displayName)"
        case .either(let types): types.map(display).joined(separator: " or ")
        default: "a \(type.displayName)"
        }
    }

    /// An example of how to write a value of a type.
    static func remedy(_ type: ValueType) -> String? {
        switch type {
        case .duration: "write seconds as a number, or \"90s\", \"2m\", \"1h30m\""
        case .size: "write bytes as a number, or \"500MB\", \"2GiB\""
        case .list: "write `{ … }`"
        case .boolean: "write `true` or `false`"
        default: nil
        }
    }
}
