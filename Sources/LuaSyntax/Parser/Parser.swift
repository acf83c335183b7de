/// A recursive-descent parser for Lua 5.4 that accepts and refuses what the reference compiler does.
///
/// It follows `lparser.c` rule by rule, so that messages, limits and the rules for labels, constants and scopes agree.
/// Its functions are kept out of line, so that the deepest nesting that Lua takes fits a stack of half a megabyte.
public struct Parser {
    /// The nesting of statements and expressions that the reference compiler takes when a script calls `load`.
    public static let depthLimit = 197
    static let localLimit = 200
    static let upvalueLimit = 255
    static let registerLimit = 255

    var lexer: Lexer
    var token: Token
    var lookahead: Token?
    /// The offset after the token before the current one.
    var previousEnd = 0
    var depth = 0
    var chunk: Chunk
    /// The functions that are open, the chunk first.
    var functions: [FunctionState] = []
    /// The variables in scope by name, the innermost last.
    var scopes: [String: [VariableID]] = [:]
    /// The variables in scope of all open functions, and nil for each hidden one of a loop.
    var active: [VariableID?] = []
    var labels: [LabelState] = []
    var pendingGotos: [GotoState] = []

    init(_ source: SourceText) throws(LuaSyntaxError) {
        lexer = Lexer(source)
        chunk = Chunk(source: source)
        token = try lexer.next()
    }

    mutating func parseChunk() throws(LuaSyntaxError) -> Chunk {
        let body = openFunction(start: 0, isVararg: true, line: 0)
        try parseStatements(into: body)
        try check(.endOfFile)
        chunk.blocks[body.index].range = 0..<lexer.bytes.count
        chunk.functions[0].range = 0..<lexer.bytes.count
        try closeFunction()
        chunk.comments = lexer.comments
        recordUses()
        return chunk
    }

    // MARK: Tokens

    @inline(never) mutating func advance() throws(LuaSyntaxError) {
        previousEnd = token.end
        if let next = lookahead {
            token = next
            lookahead = nil
        } else {
            token = try lexer.next()
        }
    }

    @inline(never) mutating func peekToken() throws(LuaSyntaxError) -> Token {
        if let lookahead { return lookahead }
        let next = try lexer.next()
        lookahead = next
        return next
    }

    @inline(never) mutating func accept(_ kind: TokenKind) throws(LuaSyntaxError) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    @inline(never) func check(_ kind: TokenKind) throws(LuaSyntaxError) {
        guard token.kind == kind else { throw unexpected("\(kind.display) expected") }
    }

    @inline(never) mutating func expect(_ kind: TokenKind) throws(LuaSyntaxError) {
        try check(kind)
        try advance()
    }

    /// Expects the token that closes a construct, and names the opening one where that is on another line.
    @inline(never) mutating func expect(_ kind: TokenKind, closing opening: TokenKind, line: Int) throws(LuaSyntaxError)
    {
        guard token.kind != kind else { return try advance() }
        guard line != token.line else { throw unexpected("\(kind.display) expected") }
        throw unexpected("\(kind.display) expected (to close \(opening.display) at line \(line))")
    }

    @inline(never) mutating func expectName() throws(LuaSyntaxError) -> Token {
        try check(.name)
        let name = token
        try advance()
        return name
    }

    // MARK: Errors and limits

    /// An error at the current token.
    @inline(never) func unexpected(_ message: String) -> LuaSyntaxError {
        lexer.error(message, near: lexer.display(token), at: token.start)
    }

    /// An error of meaning, at the name that it is about.
    @inline(never) func misuse(_ message: String, at offset: Int) -> LuaSyntaxError {
        LuaSyntaxError(message: message, position: chunk.source.position(at: offset), offset: offset)
    }

    @inline(never) func limitError(_ limit: Int, _ what: String) -> LuaSyntaxError {
        let line = functions[functions.count - 1].line
        let place = line == 0 ? "main function" : "function at line \(line)"
        return unexpected("too many \(what) (limit is \(limit)) in \(place)")
    }

    @inline(never) mutating func enterLevel() throws(LuaSyntaxError) {
        depth += 1
        guard depth <= Self.depthLimit else {
            throw misuse("C stack overflow", at: token.start)
        }
        chunk.depth = max(chunk.depth, depth)
    }

    mutating func leaveLevel() {
        depth -= 1
    }

    /// Refuses a list that needs more registers than a function has.
    @inline(never) func checkRegisters(_ count: Int) throws(LuaSyntaxError) {
        let function = functions[functions.count - 1]
        guard active.count - function.firstActive + count < Self.registerLimit else {
            throw unexpected("function or expression needs too many registers")
        }
    }

    // MARK: The tree

    var currentFunction: FunctionID { functions[functions.count - 1].id }
    var currentBlock: BlockID {
        functions[functions.count - 1].blocks[functions[functions.count - 1].blocks.count - 1].id
    }

    @inline(never) mutating func add(_ kind: Expression.Kind, _ range: Range<Int>) -> ExpressionID {
        let id = ExpressionID(chunk.expressions.count)
        chunk.expressions.append(Expression(kind: kind, range: range, block: currentBlock))
        return id
    }

    @inline(never) mutating func adopt(_ child: ExpressionID, by parent: ExpressionID) {
        chunk.expressions[child.index].parent = parent
    }

    @inline(never) mutating func add(_ kind: Statement.Kind, from start: Int) {
        let id = StatementID(chunk.statements.count)
        let block = currentBlock
        chunk.statements.append(Statement(kind: kind, range: start..<max(start, previousEnd), block: block))
        chunk.blocks[block.index].statements.append(id)
    }

    /// Notes at each variable who reads and who writes it.
    private mutating func recordUses() {
        var targets: Set<ExpressionID> = []
        for statement in chunk.statements {
            switch statement.kind {
            case .assignment(let list, _): targets.formUnion(list)
            case .function(let target, _): targets.insert(target)
            default: break
            }
        }
        for id in chunk.expressionIDs {
            guard case .local(let variable) = chunk[id].kind else { continue }
            if targets.contains(id) {
                chunk.variables[variable.index].writes.append(id)
            } else {
                chunk.variables[variable.index].reads.append(id)
            }
        }
    }
}
