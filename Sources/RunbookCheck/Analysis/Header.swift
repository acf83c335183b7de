import LuaSyntax

/// The `runbook { … }` call of a file as far as it is literal.
struct Header {
    /// All calls of `runbook` in the file, in order; the first is the header.
    let calls: [ExpressionID]
    /// The literal table of the first call.
    let table: ExpressionID?
    private let fields: [String: ExpressionID]

    init?(_ chunk: Chunk) {
        calls = chunk.expressionIDs.filter { id in
            guard case .call(let callee, _) = chunk[id].kind, case .global("runbook") = chunk[callee].kind else {
                return false
            }
            return true
        }
        guard let first = calls.first, case .call(_, let arguments) = chunk[first].kind else { return nil }
        var table: ExpressionID?
        if let argument = arguments.first, case .table = chunk[chunk.unwrapped(argument)].kind {
            table = chunk.unwrapped(argument)
        }
        self.table = table
        fields = table.map { Self.named($0, chunk) } ?? [:]
    }

    var call: ExpressionID { calls[0] }

    func field(_ name: String) -> ExpressionID? { fields[name] }

    /// The declared parameters with their tables, or nil where they are not literal.
    func parameters(_ chunk: Chunk) -> [String: ExpressionID]? {
        guard table != nil else { return nil }
        guard let params = fields["params"] else { return [:] }
        guard Self.isLiteral(params, chunk) else { return nil }
        return Self.named(params, chunk)
    }

    /// The declared secrets, or nil where they are not literal.
    func secrets(_ chunk: Chunk) -> Set<String>? {
        guard table != nil else { return nil }
        guard let secrets = fields["secrets"] else { return [] }
        guard Self.isLiteral(secrets, chunk), case .table(let items) = chunk[secrets].kind else { return nil }
        var names = Set(Self.named(secrets, chunk).keys)
        for item in items where item.key == nil {
            guard let name = chunk.string(item.value) else { return nil }
            names.insert(name)
        }
        return names
    }

    /// The named fields of a table constructor.
    static func named(_ table: ExpressionID, _ chunk: Chunk) -> [String: ExpressionID] {
        guard case .table(let fields) = chunk[table].kind else { return [:] }
        var named: [String: ExpressionID] = [:]
        for field in fields {
            if let key = field.key, let name = chunk.string(key) { named[name] = field.value }
        }
        return named
    }

    /// Whether a table constructor shows all its keys.
    private static func isLiteral(_ table: ExpressionID, _ chunk: Chunk) -> Bool {
        guard case .table(let fields) = chunk[table].kind else { return false }
        return fields.allSatisfy { field in field.key.map { chunk.string($0) != nil } ?? true }
    }
}
