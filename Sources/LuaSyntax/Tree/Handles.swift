/// The number of an element in one of the arrays of a ``Chunk``.
public struct Handle<Element>: Hashable, Sendable {
    /// The index in the array.
    public let index: Int

    init(_ index: Int) {
        self.index = index
    }
}

/// The number of an expression; the parts of an expression have smaller numbers than the whole.
public typealias ExpressionID = Handle<Expression>
/// The number of a statement.
public typealias StatementID = Handle<Statement>
/// The number of a block.
public typealias BlockID = Handle<Block>
/// The number of a function; 0 is the chunk itself.
public typealias FunctionID = Handle<Function>
/// The number of a local variable.
public typealias VariableID = Handle<Variable>
