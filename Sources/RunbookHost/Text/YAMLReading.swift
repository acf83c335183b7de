import RunbookLua

extension YAMLText {
    /// The documents of a manifest or the like; empty ones are left out.
    ///
    /// - Throws: `RunbookError` with code `argument` that says what the text is, and the line.
    static func documents(_ text: String, of what: String) throws -> [LuaValue] {
        do {
            return try decodeAll(text).filter { if case .null = $0 { false } else { true } }
        } catch let error as RunbookError {
            throw RunbookError(.argument, "\(what) cannot be read: \(error.message)")
        }
    }
}
