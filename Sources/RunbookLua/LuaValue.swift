/// A value at the seam between Lua and the host: plain data, an anchored function or an opaque object.
public indirect enum LuaValue: Sendable {
    /// Lua's nil.
    case `nil`
    /// A boolean.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case number(Double)
    /// Text in valid UTF-8.
    case string(String)
    /// A string that is no valid UTF-8.
    case bytes([UInt8])
    /// A table whose keys are 1…n, or an empty one that is marked as a list.
    case list([LuaValue])
    /// Any other table.
    case table(LuaTable)
    /// A function of the script.
    case function(LuaFunction)
    /// An opaque object of the host.
    case object(LuaObject)
    /// JSON's null inside a list.
    case null
    /// JSON text that becomes a table when it is pushed, without Swift values in between.
    case json([UInt8])
}

/// A Lua table with its entries in a fixed order: integer keys first, then text keys, each ascending.
///
/// One that was read from a text keeps the order of that text.
public struct LuaTable: Sendable {
    /// The entries; keys are `integer`, `number`, `boolean` or `string`.
    public var entries: [(key: LuaValue, value: LuaValue)]
    /// True when the order of the entries is to be kept while a script has the table.
    public var isOrdered: Bool

    /// Makes a table of entries.
    public init(_ entries: [(key: LuaValue, value: LuaValue)] = [], isOrdered: Bool = false) {
        self.entries = entries
        self.isOrdered = isOrdered
    }

    /// Makes a table of named fields.
    public init(fields: KeyValuePairs<String, LuaValue>) {
        entries = fields.map { (.string($0.key), $0.value) }
        isOrdered = false
    }

    /// The value of a text key, or nil when the table has none.
    public subscript(_ name: String) -> LuaValue? {
        get { entries.first { $0.key.stringValue == name }?.value }
        set {
            guard let place = entries.firstIndex(where: { $0.key.stringValue == name }) else {
                if let newValue { entries.append((.string(name), newValue)) }
                return
            }
            if let newValue { entries[place].value = newValue } else { entries.remove(at: place) }
        }
    }

    /// The entries with text keys.
    public var fields: [(name: String, value: LuaValue)] {
        entries.compactMap { entry in entry.key.stringValue.map { ($0, entry.value) } }
    }
}

/// An opaque object: Lua can hold it, pass it on and use its metamethods, and see nothing else of it.
public struct LuaObject: Sendable {
    /// Which metatable the object has.
    public let kind: LuaObjectKind
    /// What the host keeps behind it.
    public let payload: any Sendable
    /// What a script reads of an error object: kept, so that one that comes back to Lua reads the same.
    var fields: LuaTable?

    /// Makes an object.
    public init(kind: LuaObjectKind, payload: any Sendable) {
        self.kind = kind
        self.payload = payload
    }
}

/// The kind of an opaque object.
public struct LuaObjectKind: RawRepresentable, Hashable, Sendable {
    /// The number under which the kind's metatable is kept.
    public let rawValue: Int32

    /// Makes a kind; 0 is taken by errors.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Errors raised by the host.
    public static let error = LuaObjectKind(rawValue: 0)
}

extension LuaValue {
    /// The text, when the value is a string in valid UTF-8.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number, also when it is held as a floating-point one.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number.
    public var numberValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The boolean.
    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The table; an empty list counts as an empty table.
    public var tableValue: LuaTable? {
        switch self {
        case .table(let table): table
        case .list(let list) where list.isEmpty: LuaTable()
        default: nil
        }
    }

    /// The list; an empty table counts as an empty list.
    public var listValue: [LuaValue]? {
        switch self {
        case .list(let list): list
        case .table(let table) where table.entries.isEmpty: []
        default: nil
        }
    }

    /// True for nil.
    public var isNil: Bool {
        if case .nil = self { true } else { false }
    }

    /// True when Lua would take the value as a condition that holds.
    public var isTruthy: Bool {
        switch self {
        case .nil, .boolean(false): false
        default: true
        }
    }

    /// The field of a table.
    public subscript(_ name: String) -> LuaValue {
        tableValue?[name] ?? .nil
    }

    /// The type's name as Lua gives it.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string, .bytes: "string"
        case .list, .table, .json: "table"
        case .function: "function"
        case .object, .null: "userdata"
        }
    }
}

extension LuaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes a whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Makes a list.
    public init(arrayLiteral elements: LuaValue...) { self = .list(elements) }
    /// Makes a table of named fields.
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self = .table(LuaTable(elements.map { (.string($0.0), $0.1) }))
    }
    /// Makes nil.
    public init(nilLiteral: ()) { self = .nil }
}
