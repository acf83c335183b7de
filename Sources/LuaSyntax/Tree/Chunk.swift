/// The syntax tree of a Lua file, with every name resolved.
///
/// The parts live in arrays and refer to each other by number, so that rules may scan them in a row, deep nesting
/// costs no stack, and the tree is freed at once.
public struct Chunk: Sendable {
    /// The text that was parsed.
    public let source: SourceText
    /// All expressions; the parts of an expression come before it.
    public internal(set) var expressions: [Expression] = []
    /// All statements, each after the statements inside it.
    public internal(set) var statements: [Statement] = []
    /// All blocks, each before the blocks inside it.
    public internal(set) var blocks: [Block] = []
    /// All functions, each before the functions inside it; the first is the chunk.
    public internal(set) var functions: [Function] = []
    /// All local variables in order of declaration.
    public internal(set) var variables: [Variable] = []
    /// All comments in order.
    public internal(set) var comments: [Comment] = []
    /// The deepest nesting that the compiler counted; it accepts up to ``Parser/depthLimit``.
    public internal(set) var depth = 0

    init(source: SourceText) {
        self.source = source
    }

    /// Parses a text, or throws the first error in the compiler's words.
    public init(parsing source: SourceText) throws(LuaSyntaxError) {
        var parser = try Parser(source)
        self = try parser.parseChunk()
    }

    /// The body of the file.
    public var body: Block { blocks[0] }

    /// The expression with this number.
    public subscript(id: ExpressionID) -> Expression { expressions[id.index] }
    /// The statement with this number.
    public subscript(id: StatementID) -> Statement { statements[id.index] }
    /// The block with this number.
    public subscript(id: BlockID) -> Block { blocks[id.index] }
    /// The function with this number.
    public subscript(id: FunctionID) -> Function { functions[id.index] }
    /// The variable with this number.
    public subscript(id: VariableID) -> Variable { variables[id.index] }

    /// The numbers of all expressions, parts before wholes.
    public var expressionIDs: some Sequence<ExpressionID> { expressions.indices.lazy.map { ExpressionID($0) } }
    /// The numbers of all functions, the chunk first.
    public var functionIDs: some Sequence<FunctionID> { functions.indices.lazy.map { FunctionID($0) } }
    /// The numbers of all blocks, the chunk's body first.
    public var blockIDs: some Sequence<BlockID> { blocks.indices.lazy.map { BlockID($0) } }
    /// The numbers of all variables.
    public var variableIDs: some Sequence<VariableID> { variables.indices.lazy.map { VariableID($0) } }

    /// The function that an expression stands in.
    public func function(of id: ExpressionID) -> FunctionID { self[self[id].block].function }

    /// The content of a string expression.
    public func string(_ id: ExpressionID) -> String? {
        if case .string(let text) = self[id].kind { text } else { nil }
    }

    /// The expression inside any parentheses around it.
    public func unwrapped(_ id: ExpressionID) -> ExpressionID {
        var inner = id
        while case .parenthesized(let content) = self[inner].kind { inner = content }
        return inner
    }
}
