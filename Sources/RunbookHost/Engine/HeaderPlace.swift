import LuaSyntax
import RunbookLua

/// Sees, before the first effect of a file, that no header stands further down: what it declares would come too late.
enum HeaderPlace {
    /// Checks the file of a run whose header was not called yet.
    ///
    /// - Throws: `HeaderError` that names the header's line; nothing was run then.
    static func check(_ run: RunSession) throws {
        guard let chunk = try? Chunk(parsing: LuaSyntax.SourceText(bytes: run.source.text)),
            let header = chunk.expressionIDs.first(where: { isHeader($0, chunk) })
        else { return }
        throw HeaderError(
            late, LuaSite(file: run.source.displayName, line: chunk.source.line(at: chunk[header].range.lowerBound)))
    }

    /// The error for a header that is not the first statement.
    static let late = RunbookError(.usage, "`runbook { … }` must be the first statement of the file")

    private static func isHeader(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        guard case .call(let callee, _) = chunk[id].kind, case .global("runbook") = chunk[callee].kind else {
            return false
        }
        return true
    }
}
