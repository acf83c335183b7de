/// A JSON value, as small and as cheap to share as the store of objects needs it.
///
/// Objects keep their members sorted by name, so that equal values have equal bytes. `nil` members read as `.null`.
enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    /// The text of a string value.
    var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of an integer.
    var int: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value of a boolean.
    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array; empty for every other kind of value.
    var array: [JSON] {
        if case .array(let value) = self { value } else { [] }
    }

    /// The members of an object.
    var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The members of an object; empty for every other kind of value.
    var members: JSONObject {
        if case .object(let value) = self { value } else { JSONObject() }
    }

    /// Whether the value is null or absent.
    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Whether the value says nothing: null, an empty list, an empty object or an empty text.
    var isEmpty: Bool {
        switch self {
        case .null: true
        case .array(let value): value.isEmpty
        case .object(let value): value.isEmpty
        case .string(let value): value.isEmpty
        default: false
        }
    }

    /// A text for people: strings without quotes, the rest as JSON.
    var text: String {
        switch self {
        case .string(let value): value
        case .null: ""
        default: String(decoding: JSONWriter.bytes(self), as: UTF8.self)
        }
    }

    /// The name that Go's decoder gives this kind of value in its errors.
    var goKind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of an object, or `.null` when there is none.
    ///
    /// Writing makes objects of what is absent on the way.
    subscript(key: String) -> JSON {
        get {
            if case .object(let members) = self { members[key] ?? .null } else { .null }
        }
        _modify {
            var members: JSONObject
            if case .object(let existing) = self { members = existing } else { members = JSONObject() }
            self = .null
            defer { self = .object(members) }
            let (slot, inserted) = members.slot(key)
            yield &members.entries[slot].value
            if inserted, members.entries[slot].value.isNull { members.entries.remove(at: slot) }
        }
    }

    /// The element of an array.
    subscript(index: Int) -> JSON {
        get {
            if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
        }
        _modify {
            guard case .array(var elements) = self, elements.indices.contains(index) else {
                var scratch = JSON.null
                yield &scratch
                return
            }
            self = .null
            defer { self = .array(elements) }
            yield &elements[index]
        }
    }

    /// Removes a member of an object, if it is there.
    mutating func remove(_ key: String) {
        guard case .object(var members) = self else { return }
        self = .null
        members.remove(key)
        self = .object(members)
    }

    /// Sets a member, also to an explicit null.
    mutating func put(_ key: String, _ value: JSON) {
        var members: JSONObject
        if case .object(let existing) = self { members = existing } else { members = JSONObject() }
        self = .null
        members[key] = value
        self = .object(members)
    }

    /// Sets a member where it is absent.
    mutating func fill(_ key: String, _ value: @autoclosure () -> JSON) {
        if self[key].isNull { put(key, value()) }
    }

    /// Appends an element, making an array of what is absent.
    mutating func append(_ value: JSON) {
        guard case .array(var elements) = self else {
            self = .array([value])
            return
        }
        self = .null
        elements.append(value)
        self = .array(elements)
    }

    /// The first element of an array whose member `key` is the text `value`.
    func element(where key: String, is value: String) -> JSON? {
        array.first { $0[key].string == value }
    }

    /// The index of the first element of an array whose member `key` is the text `value`.
    func index(where key: String, is value: String) -> Int? {
        array.firstIndex { $0[key].string == value }
    }

    /// The text members of an object.
    var strings: [String: String] {
        var result: [String: String] = [:]
        for entry in members.entries { result[entry.key] = entry.value.string }
        return result
    }

    /// An object of text members.
    static func strings(_ values: [String: String]) -> JSON {
        .object(JSONObject(values.map { ($0.key, .string($0.value)) }))
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}
