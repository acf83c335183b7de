/// A local variable, parameter or loop variable.
public struct Variable: Sendable {
    /// Its name.
    public var name: String
    /// How it came to be.
    public var kind: Kind
    /// Its attribute, if it has one.
    public internal(set) var attribute: Attribute?
    /// The bytes of its name where it is declared.
    public var range: Range<Int>
    /// The function that declares it.
    public var function: FunctionID
    /// The variable of the same name that it hides, if one was in scope.
    public var shadows: VariableID?
    /// The expressions that read it, in order.
    public internal(set) var reads: [ExpressionID] = []
    /// The expressions that assign to it, in order, the declaration not counted.
    public internal(set) var writes: [ExpressionID] = []
    /// The value that its `local` statement gives it where there is one value for this name alone.
    public internal(set) var initialValue: ExpressionID?

    /// How a variable came to be.
    public enum Kind: Sendable {
        /// `local x`
        case local
        /// `local function x`
        case function
        /// A parameter of a function.
        case parameter
        /// The `self` of a method.
        case implicitSelf
        /// A variable of a `for` loop.
        case loop
    }

    /// What stands between `<` and `>` after a local name.
    public enum Attribute: String, Sendable {
        /// `<const>`
        case const
        /// `<close>`
        case close
    }
}

/// A comment, long or short.
public struct Comment: Sendable {
    /// Its bytes in the source, the dashes included.
    public var range: Range<Int>
    /// The line that it starts on.
    public var line: Int
    /// The line that it ends on.
    public var lastLine: Int
}
