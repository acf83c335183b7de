import RunbookLua

/// A secret as a runbook's header declares it.
public struct SecretDeclaration: Sendable {
    /// The name.
    public var name: String
    /// True when the run goes on without it.
    public var isOptional: Bool

    /// Reads `{ "A", "B", C = { optional = true } }`.
    ///
    /// - Throws: `RunbookError` with code `usage`.
    static func list(_ value: LuaValue) throws -> [SecretDeclaration] {
        switch value {
        case .nil: return []
        case .list(let items): return try items.map { SecretDeclaration(name: try name($0), isOptional: false) }
        case .table(let table):
            return try table.entries.map { entry in
                guard let key = entry.key.stringValue else {
                    return SecretDeclaration(name: try name(entry.value), isOptional: false)
                }
                guard let fields = entry.value.tableValue else {
                    throw RunbookError(.usage, "`secrets.\(key)` must be a table such as { optional = true }")
                }
                for field in fields.fields where field.name != "optional" {
                    throw RunbookError(.usage, "`secrets.\(key)`: unknown option `\(field.name)`; it takes `optional`")
                }
                return SecretDeclaration(name: key, isOptional: fields["optional"]?.booleanValue ?? false)
            }
        default: throw RunbookError(.usage, "`secrets` must be a list of names")
        }
    }

    private static func name(_ value: LuaValue) throws -> String {
        guard let name = value.stringValue, !name.isEmpty else {
            throw RunbookError(.usage, "`secrets` must be a list of names; one of its entries is a \(value.typeName)")
        }
        return name
    }
}
