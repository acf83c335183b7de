import RunbookLua

/// Values of fields as a difference shows them: on one line, and short.
enum FieldText {
    /// The value; a long one is cut, one of several lines is told by how many.
    static func short(_ value: LuaValue, limit: Int = 60) -> String {
        let text: String
        switch value {
        case .string(let string):
            let lines = string.split(separator: "\n", omittingEmptySubsequences: true)
            if lines.count > 1 { return "(\(lines.count) lines)" }
            text = string.isEmpty ? "\"\"" : string.contains(" ") ? "\"\(string)\"" : string
        case .nil, .null: return "(none)"
        default: text = JSONText.encode(value, pretty: false)
        }
        return text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}
