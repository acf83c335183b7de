import RunbookLua
import RunbookSecrets

/// Values as `print` and `log` show them.
enum Display {
    static func text(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(format(number)) : String(number)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .list, .table: JSONText.encode(value, pretty: false)
        case .function: "function"
        case .object(let object):
            (object.payload as? SensitiveText)?.description ?? (object.payload as? UnknownValue)?.description
                ?? LuaErrorText.of(object.payload)
        case .json(let text): String(decoding: text, as: UTF8.self)
        }
    }

    private static func format(_ number: Double) -> String { String(Int64(number)) + ".0" }
}

/// The text of an error object.
enum LuaErrorText {
    static func of(_ payload: any Sendable) -> String {
        if let error = payload as? any LuaConvertibleError { return error.luaFields["message"]?.stringValue ?? "error" }
        return String(describing: payload)
    }
}
