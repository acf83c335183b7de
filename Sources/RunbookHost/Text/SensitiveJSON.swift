import RunbookLua
import RunbookSecrets

/// Writes values that may hold secrets as JSON, which manifests and values files are given as.
enum SensitiveJSON {
    /// The JSON text; a secret in it is opened only where the text is.
    ///
    /// - Throws: `RunbookError` with code `argument` for a value that JSON has no form for.
    static func encode(_ value: LuaValue) throws -> SensitiveText {
        var text = SensitiveText()
        try write(value, to: &text)
        return text
    }

    private static func write(_ value: LuaValue, to text: inout SensitiveText) throws {
        switch value {
        case .object(let object) where object.kind == .secret:
            guard let secret = object.payload as? SensitiveText else { return text.append("\"\"") }
            text.append("\"")
            text.append(secret.encoded(as: .jsonString))
            text.append("\"")
        case .object(let object) where object.kind == .unknown:
            text.append(JSONText.encode(.string(UnknownValue.of(value)?.description ?? ""), pretty: false))
        case .object, .function:
            throw RunbookError(.argument, "a \(value.typeName) cannot stand in a manifest or in values")
        case .list(let items):
            text.append("[")
            for (index, item) in items.enumerated() {
                if index > 0 { text.append(",") }
                try write(item, to: &text)
            }
            text.append("]")
        case .table(let table):
            text.append("{")
            for (index, entry) in table.entries.enumerated() {
                guard let name = Arguments.plain(entry.key) else { continue }
                if index > 0 { text.append(",") }
                text.append(JSONText.encode(.string(name), pretty: false) + ":")
                try write(entry.value, to: &text)
            }
            text.append("}")
        case .json(let bytes): text.append(bytes: bytes)
        default: text.append(JSONText.encode(value, pretty: false))
        }
    }
}
