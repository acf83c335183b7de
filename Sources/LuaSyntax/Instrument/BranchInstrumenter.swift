/// Rewrites Lua source so that a decision taken on an unknown value can be noticed.
///
/// A preview hands out values that it cannot predict as opaque *unknown* objects. To Lua such an object is simply
/// true and equal to nothing, so the choice of a branch would be silent. In the rewritten text these places call a
/// helper instead:
///
/// | source | rewritten |
/// | --- | --- |
/// | `if c`, `elseif c` | `if __rb_test(c, LINE, "if")` |
/// | `if c then … fail(…) end` | `if __rb_test(c, LINE, "guard")`; below a `not` the kind is `"holds"` |
/// | `if a < b then … fail(…) end` | `if __rb_guard(a, LINE) < b` |
/// | `while c`, `until c` | `__rb_test(c, LINE, "while")`, `__rb_test(c, LINE, "until")` |
/// | `a and b`, `a or b` | `__rb_test(a, LINE, "and") and b`, `__rb_test(a, LINE, "or") or b` |
/// | `not a` | `__rb_not(a, LINE)`; inside a condition `not __rb_test(a, LINE, KIND)` |
/// | `a == b`, `a ~= b` | `__rb_eq(a, b, LINE)`, `__rb_ne(a, b, LINE)` |
/// | `for i = a, b, c` | `for i = __rb_bound(a, LINE), __rb_bound(b, LINE), __rb_bound(c, LINE)` |
///
/// The line that follows an operand also cuts a call's results to one, as the operator did.
///
/// Every edit stays on its line, so all line numbers hold. Short circuit, evaluation order, yields and the number of
/// values hold too, because the right operand of `and`/`or` stays where it is. What cannot be unknown (literals, tables,
/// functions, the result of `<`) is left alone.
///
/// ## What the host provides
///
/// Six globals, each of which returns exactly one value:
/// - `__rb_test(v, line, kind)`: `v` itself where `v` is known. For an unknown, notes a branch at `line` and returns a
///   value whose truth is the branch to take. For `kind == "while"` that must become false in the end; true at the first
///   test and false at the next shows the body once. For `kind == "guard"` it is to be false, since the branch does nothing
///   but end the run, and for `kind == "holds"` true.
/// - `__rb_eq(a, b, line)` and `__rb_ne(a, b, line)`: an unknown where either is unknown, else what `a == b` and `a ~= b` give, with
///   `__eq` metamethods.
/// - `__rb_not(v, line)`: an unknown for an unknown, else `not v`.
/// - `__rb_guard(v, line)`: `v`; the next `<`, `<=`, `>` or `>=` on the line that an unknown decides is to be false.
/// - `__rb_bound(v, line)`: `v` itself where known; for an unknown, notes a branch and returns 1.
///
/// `<`, `<=`, `>` and `>=` are not rewritten, since their errors must carry the script's line: an unknown's `__lt` and `__le`
/// note the branch at the caller's current line. `pairs`, `ipairs` and `#` are the host's to end: `ipairs` of an unknown
/// must not run for ever.
public enum BranchInstrumenter {
    /// The globals that the rewritten text calls.
    public static let helpers = ["__rb_test", "__rb_eq", "__rb_ne", "__rb_not", "__rb_bound", "__rb_guard"]

    /// The rewritten text, with as many lines as the source.
    ///
    /// Returned unchanged, so that unknown values are plain true values in it: a text that mentions `_ENV`, since the
    /// helpers could not be reached, and one whose nesting would pass the compiler's limit with the calls added.
    ///
    /// - Throws: ``LuaSyntaxError`` where the source is not Lua, or declares or assigns one of the helpers' names.
    public static func instrument(_ source: String) throws(LuaSyntaxError) -> String {
        let chunk = try Chunk(parsing: SourceText(source))
        try refuseReservedNames(chunk)
        guard !mentionsEnvironment(chunk) else { return source }
        var plan = BranchPlan(chunk)
        try plan.collect()
        let edits = SourceEdits(plan.edits)
        guard chunk.depth + edits.nesting <= Parser.depthLimit else { return source }
        return String(decoding: edits.applied(to: chunk.source.bytes), as: UTF8.self)
    }

    private static func mentionsEnvironment(_ chunk: Chunk) -> Bool {
        chunk.variables.contains { $0.name == "_ENV" }
            || chunk.expressions.contains { if case .global("_ENV") = $0.kind { true } else { false } }
    }

    private static func refuseReservedNames(_ chunk: Chunk) throws(LuaSyntaxError) {
        func refuse(_ name: String, at offset: Int) throws(LuaSyntaxError) {
            guard helpers.contains(name) else { return }
            throw LuaSyntaxError(
                message: "name '\(name)' is reserved for dry runs; choose another",
                position: chunk.source.position(at: offset), offset: offset)
        }
        for variable in chunk.variables { try refuse(variable.name, at: variable.range.lowerBound) }
        for expression in chunk.expressions {
            if case .global(let name) = expression.kind { try refuse(name, at: expression.range.lowerBound) }
        }
    }
}
