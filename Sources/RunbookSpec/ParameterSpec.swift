/// One parameter, or one field of a record.
public struct ParameterSpec: Codable, Sendable, Equatable {
    /// The name of the option, or the name shown for a positional argument.
    public var name: String
    /// What it takes.
    public var type: ValueType
    /// True when a call without it is an error.
    public var isRequired: Bool
    /// The default as Lua text (`"2m"`, `true`), shown in the reference; nil when there is none.
    public var defaultText: String?
    /// One line of help, without a final period.
    public var summary: String

    /// Describes a parameter that may be left out.
    public init(_ name: String, _ type: ValueType, default defaultText: String? = nil, _ summary: String) {
        self.name = name
        self.type = type
        self.isRequired = false
        self.defaultText = defaultText
        self.summary = summary
    }

    /// Describes a parameter that every call must give.
    public static func required(_ name: String, _ type: ValueType, _ summary: String) -> ParameterSpec {
        var parameter = ParameterSpec(name, type, summary)
        parameter.isRequired = true
        return parameter
    }
}

/// The type of a value at the seam between Lua and the host.
public indirect enum ValueType: Codable, Sendable, Equatable {
    /// Nothing is taken or returned.
    case none
    /// Any plain value.
    case any
    /// Text. A Secret is refused, since such text may stand in an argument list.
    case string
    /// Text or a Secret: it goes to a child by standard input, environment or a private file.
    case text
    /// A whole number.
    case integer
    /// A whole number between two bounds, both included.
    case bounded(ClosedRange<Int>)
    /// A number.
    case number
    /// `true` or `false`.
    case boolean
    /// A span of time: a number of seconds or text such as `"90s"`, `"2m"`, `"1h30m"`.
    case duration
    /// A number of bytes or text such as `"500MB"` (decimal) or `"2GiB"` (binary).
    case size
    /// A path in the file system, relative to the runbook's folder.
    case path
    /// One of these words.
    case enumeration([String])
    /// A list of one type.
    case list(ValueType)
    /// A table from names to values of one type.
    case map(ValueType)
    /// A table with these fields.
    case record([ParameterSpec])
    /// A Lua function.
    case function
    /// The first of these types that fits.
    case either([ValueType])
    /// An opaque object of the host, by the name of its kind, such as `secrets`.
    case handle(String)

    /// A whole number from 0 up.
    public static let count = ValueType.bounded(0...Int.max)
    /// A whole number from 1 up.
    public static let positive = ValueType.bounded(1...Int.max)
    /// The number of a network port.
    public static let port = ValueType.bounded(1...65535)

    /// The type's name as error messages and the reference page show it.
    public var displayName: String {
        switch self {
        case .none: "nothing"
        case .any: "any value"
        case .string: "string"
        case .text: "string or secret"
        case .integer: "integer"
        case .bounded(let range):
            range.upperBound == Int.max
                ? "integer from \(range.lowerBound)" : "integer from \(range.lowerBound) to \(range.upperBound)"
        case .number: "number"
        case .boolean: "boolean"
        case .duration: "duration"
        case .size: "size"
        case .path: "path"
        case .enumeration(let values): values.map { "\"\($0)\"" }.joined(separator: " | ")
        case .list(let element): "list of \(element.displayName)"
        case .map(let element): "table of \(element.displayName)"
        case .record: "table"
        case .function: "function"
        case .either(let types): types.map(\.displayName).joined(separator: " or ")
        case .handle(let kind): kind
        }
    }
}
