/// A statement with its place.
public struct Statement: Sendable {
    /// What it is.
    public var kind: Kind
    /// Its bytes in the source.
    public var range: Range<Int>
    /// The block that it stands in.
    public var block: BlockID

    /// The kinds of statement and their parts.
    public enum Kind: Sendable {
        /// `;`
        case empty
        /// `local a, b = 1, 2`
        case local([VariableID], [ExpressionID])
        /// `a, b = 1, 2`
        case assignment([ExpressionID], [ExpressionID])
        /// A call for its effect.
        case call(ExpressionID)
        /// `do … end`
        case doBlock(BlockID)
        /// `while condition do … end`
        case whileLoop(ExpressionID, BlockID)
        /// `repeat … until condition`
        case repeatLoop(BlockID, until: ExpressionID)
        /// `if … elseif … else … end`
        case ifChain([IfArm], otherwise: BlockID?)
        /// `for i = start, limit, step do … end`
        case numericFor(VariableID, bounds: [ExpressionID], BlockID)
        /// `for k, v in … do … end`
        case genericFor([VariableID], in: [ExpressionID], BlockID)
        /// `function a.b:c() … end`; the target is what is assigned.
        case function(target: ExpressionID, FunctionID)
        /// `local function f() … end`
        case localFunction(VariableID, FunctionID)
        /// `return …`
        case returnValues([ExpressionID])
        /// `break`
        case breakLoop
        /// `goto name`
        case goto(String)
        /// `::name::`
        case label(String)
    }
}

/// One condition of an `if` and what it guards.
public struct IfArm: Sendable {
    /// The condition.
    public var condition: ExpressionID
    /// What runs when it holds.
    public var block: BlockID
}

/// A list of statements with a scope of its own.
public struct Block: Sendable {
    /// The statements, in order.
    public internal(set) var statements: [StatementID] = []
    /// The function that it belongs to.
    public var function: FunctionID
    /// The block around it in the same function, or nil for a function's body.
    public var parent: BlockID?
    /// Its bytes in the source.
    public internal(set) var range: Range<Int>
}

/// A function body, or the chunk itself.
public struct Function: Sendable {
    /// The parameters, in order, with `self` first for a method.
    public internal(set) var parameters: [VariableID] = []
    /// Whether the parameters end in `...`.
    public internal(set) var isVararg: Bool
    /// The body.
    public internal(set) var body: BlockID
    /// The function around it, or nil for the chunk.
    public var parent: FunctionID?
    /// The expression `function … end`, or nil for the chunk and for functions that a statement names.
    public internal(set) var expression: ExpressionID?
    /// The local variable that `local function` gave it.
    public internal(set) var variable: VariableID?
    /// The block that holds its definition, or nil for the chunk.
    public var definitionBlock: BlockID?
    /// Its bytes in the source, from `function` or `(` to `end`.
    public internal(set) var range: Range<Int>
}
