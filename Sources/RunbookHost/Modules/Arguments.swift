import RunbookLua
import RunbookSecrets
import RunbookSpec

/// The arguments of a call, checked against the function's description.
public struct Arguments: Sendable {
    let function: String
    let values: [String: LuaValue]

    subscript(_ name: String) -> LuaValue { values[name] ?? .nil }

    /// The name of an argument behind the described ones.
    static func extra(_ index: Int) -> String { "…\(index)" }

    /// True when the call gave the option.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// A text that must be there; the check has made sure of it.
    func string(_ name: String) -> String { optionalString(name) ?? "" }

    func optionalString(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        default: nil
        }
    }

    func boolean(_ name: String, default fallback: Bool = false) -> Bool { self[name].booleanValue ?? fallback }

    func integer(_ name: String) -> Int? { self[name].integerValue.map { Int($0) } }

    func number(_ name: String) -> Double? { self[name].numberValue }

    func duration(_ name: String) -> Duration? { Self.duration(self[name]) }

    static func duration(_ value: LuaValue) -> Duration? {
        if let seconds = value.numberValue { return DurationText.of(seconds: seconds) }
        return value.stringValue.flatMap(DurationText.parse)
    }

    func size(_ name: String) -> Int? {
        Self.size(self[name])
    }

    static func size(_ value: LuaValue) -> Int? {
        if let bytes = value.integerValue { return bytes >= 0 ? Int(bytes) : nil }
        return value.stringValue.flatMap(SizeText.parse)
    }

    /// A list of texts; one text counts as a list of one.
    func strings(_ name: String) -> [String] {
        if let one = optionalString(name) { return [one] }
        return (self[name].listValue ?? []).compactMap { Self.plain($0) }
    }

    /// A table of texts, ascending by name.
    func map(_ name: String) -> [(name: String, value: String)] {
        (self[name].tableValue?.fields ?? []).compactMap { field in Self.plain(field.value).map { (field.name, $0) } }
    }

    /// A table of texts that may hold secrets, ascending by name.
    func texts(_ name: String) -> [(name: String, value: SensitiveText)] {
        (self[name].tableValue?.fields ?? []).compactMap { field in
            Self.sensitive(field.value).map { (field.name, $0) }
        }
    }

    /// A text that may hold a secret.
    func text(_ name: String) -> SensitiveText? { Self.sensitive(self[name]) }

    func function(_ name: String) -> LuaFunction? {
        if case .function(let function) = self[name] { function } else { nil }
    }

    func record(_ name: String) -> Arguments? {
        guard let table = self[name].tableValue else { return nil }
        return Arguments(
            function: function, values: Dictionary(table.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
    }

    static func plain(_ value: LuaValue) -> String? {
        switch value {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        default: nil
        }
    }

    static func sensitive(_ value: LuaValue) -> SensitiveText? {
        switch value {
        case .string(let text): SensitiveText(text)
        case .bytes(let bytes): SensitiveText(bytes: bytes)
        case .integer(let number): SensitiveText(String(number))
        case .number(let number): SensitiveText(String(number))
        case .boolean(let flag): SensitiveText(flag ? "true" : "false")
        case .object(let object) where object.kind == .secret: object.payload as? SensitiveText
        default: nil
        }
    }
}
