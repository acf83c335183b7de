/// Finds the places that ``BranchInstrumenter`` rewrites.
struct BranchPlan {
    private let chunk: Chunk
    /// For each expression, the construct that tests its truth.
    private var tests: [String?]
    /// The expressions that a `return` gives alone, which would become tail calls.
    private var returned: Set<ExpressionID> = []
    private(set) var edits: [SourceEdit] = []

    init(_ chunk: Chunk) {
        self.chunk = chunk
        tests = Array(repeating: nil, count: chunk.expressions.count)
    }

    mutating func collect() throws(LuaSyntaxError) {
        for statement in chunk.statements { visit(statement) }
        // Wholes come before their parts in this direction, so that a test is handed down to the operands.
        for index in chunk.expressions.indices.reversed() { try visit(ExpressionID(index)) }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .ifChain(let arms, _):
            for arm in arms { tests[arm.condition.index] = isGuard(arm.block) ? "guard" : "if" }
        case .whileLoop(let condition, _): tests[condition.index] = "while"
        case .repeatLoop(_, let condition): tests[condition.index] = "until"
        case .numericFor(_, let bounds, _):
            for bound in bounds where !isKnown(bound) { wrap(bound, "__rb_bound(", ", \(line(bound)))") }
        case .returnValues(let values) where values.count == 1: returned.insert(values[0])
        default: break
        }
    }

    private mutating func visit(_ id: ExpressionID) throws(LuaSyntaxError) {
        let test = tests[id.index]
        switch chunk[id].kind {
        case .binary(.and, let left, let right):
            tests[left.index] = statementTest(test) ?? "and"
            tests[right.index] = test
        case .binary(.or, let left, let right):
            tests[left.index] = statementTest(test) ?? "or"
            tests[right.index] = test
        case .parenthesized(let content):
            tests[content.index] = test
        case .unary(.not, let operand):
            if let test {
                tests[operand.index] = Self.opposite(test)
            } else if !isKnown(operand) {
                replaceNot(id)
            }
        case .binary(let comparison, let left, let right) where comparison == .equal || comparison == .notEqual:
            guard !isKnown(left) || !isKnown(right) else { return }
            try replaceEquality(id, comparison, left)
            wrapTest(id, test)
        default: wrapTest(id, test)
        }
    }

    /// The test where a statement makes it: that names an operand better than the operator that it belongs to.
    private func statementTest(_ test: String?) -> String? {
        test == "and" || test == "or" ? nil : test
    }

    /// What the operand of a `not` must be for the whole to be as a guard wants it.
    private static func opposite(_ test: String) -> String {
        switch test {
        case "guard": "holds"
        case "holds": "guard"
        default: test
        }
    }

    /// Whether a block does nothing but end the run in the end: `if … then fail("…") end`.
    private func isGuard(_ block: BlockID) -> Bool {
        guard let last = chunk[block].statements.last, case .call(let call) = chunk[last].kind,
            case .call(let callee, _) = chunk[call].kind, case .global(let name) = chunk[callee].kind
        else { return false }
        return name == "fail" || name == "error"
    }

    private mutating func wrapTest(_ id: ExpressionID, _ test: String?) {
        if test == "guard", isOrder(id), case .binary(_, let left, _) = chunk[chunk.unwrapped(id)].kind {
            // Lua's own comparison asks the unknown; it is told before what to answer.
            wrap(left, "__rb_guard(", ", \(line(id)))")
            return
        }
        guard let test, !isKnown(id) || (Self.isOfLoop(test) && isOrder(id)) else { return }
        wrap(id, "__rb_test(", ", \(line(id)), \"\(test)\")", outer: true)
    }

    // A comparison by order gives Lua's own true or false: only a loop must learn that an unknown decided it.
    private static func isOfLoop(_ test: String) -> Bool { test == "while" || test == "until" }

    private func isOrder(_ id: ExpressionID) -> Bool {
        switch chunk[chunk.unwrapped(id)].kind {
        case .binary(.less, _, _), .binary(.lessEqual, _, _), .binary(.greater, _, _), .binary(.greaterEqual, _, _):
            true
        default: false
        }
    }

    private mutating func replaceNot(_ id: ExpressionID) {
        let range = chunk[id].range
        let (open, close) = tailGuard(id)
        edits.append(
            SourceEdit(
                offset: range.lowerBound, role: .replace, rank: rank(id), removed: 3,
                text: open + "__rb_not("))
        edits.append(
            SourceEdit(offset: range.upperBound, role: .close, rank: rank(id), text: ", \(line(id)))" + close))
    }

    private mutating func replaceEquality(
        _ id: ExpressionID, _ comparison: BinaryOperator, _ left: ExpressionID
    ) throws(LuaSyntaxError) {
        var lexer = Lexer(chunk.source)
        lexer.offset = chunk[left].range.upperBound
        let token = try lexer.next()
        let (open, close) = tailGuard(id)
        wrap(id, open + (comparison == .equal ? "__rb_eq(" : "__rb_ne("), ", \(line(id)))" + close)
        edits.append(SourceEdit(offset: token.start, role: .replace, rank: rank(id), removed: 2, text: ","))
    }

    private mutating func wrap(_ id: ExpressionID, _ open: String, _ close: String, outer: Bool = false) {
        let range = chunk[id].range
        let rank = rank(id) + (outer ? 1 : 0)
        edits.append(SourceEdit(offset: range.lowerBound, role: .open, rank: rank, text: open))
        edits.append(SourceEdit(offset: range.upperBound, role: .close, rank: rank, text: close))
    }

    /// Parentheses that keep a returned call from replacing the frame of its function.
    private func tailGuard(_ id: ExpressionID) -> (String, String) {
        returned.contains(id) ? ("(", ")") : ("", "")
    }

    private func rank(_ id: ExpressionID) -> Int { id.index * 2 }

    private func line(_ id: ExpressionID) -> Int { chunk.source.line(at: chunk[id].range.lowerBound) }

    /// Whether the expression never gives an unknown value.
    private func isKnown(_ id: ExpressionID) -> Bool {
        switch chunk[chunk.unwrapped(id)].kind {
        case .nilLiteral, .boolean, .integer, .float, .string, .function, .table: true
        case .binary(.less, _, _), .binary(.lessEqual, _, _), .binary(.greater, _, _), .binary(.greaterEqual, _, _):
            true
        case .unary(.negate, let operand): isKnownNumber(operand)
        default: false
        }
    }

    private func isKnownNumber(_ id: ExpressionID) -> Bool {
        switch chunk[chunk.unwrapped(id)].kind {
        case .integer, .float: true
        default: false
        }
    }
}
