/// An expression with its place.
public struct Expression: Sendable {
    /// What it is.
    public var kind: Kind
    /// Its bytes in the source.
    public var range: Range<Int>
    /// The block that it stands in.
    public var block: BlockID
    /// The expression that it is a direct part of, or nil where a statement holds it.
    public internal(set) var parent: ExpressionID?

    /// The kinds of expression and their parts.
    public enum Kind: Sendable {
        /// `nil`
        case nilLiteral
        /// `true` or `false`
        case boolean(Bool)
        /// An integer numeral.
        case integer(Int64)
        /// A float numeral.
        case float(Double)
        /// A string, with its content after escapes; invalid UTF-8 is replaced.
        case string(String)
        /// `...`
        case vararg
        /// A function body.
        case function(FunctionID)
        /// A local variable.
        case local(VariableID)
        /// A global variable.
        case global(String)
        /// `object.key` or `object[key]`; a dotted key is a string expression.
        case index(ExpressionID, key: ExpressionID, isDotted: Bool)
        /// `callee(arguments)`
        case call(ExpressionID, [ExpressionID])
        /// `object:name(arguments)`; the name is a string expression.
        case method(ExpressionID, name: ExpressionID, [ExpressionID])
        /// An operation with two operands.
        case binary(BinaryOperator, ExpressionID, ExpressionID)
        /// An operation with one operand.
        case unary(UnaryOperator, ExpressionID)
        /// A table constructor.
        case table([TableField])
        /// An expression in parentheses.
        case parenthesized(ExpressionID)
    }
}

/// One field of a table constructor.
public struct TableField: Sendable {
    /// The key, or nil for a positional field.
    public var key: ExpressionID?
    /// True for `[key] = value`, false for `name = value`, where the key is a string expression.
    public var isBracketed: Bool
    /// The value.
    public var value: ExpressionID
}

/// An operator between two operands, by its spelling.
public enum BinaryOperator: String, Sendable {
    /// An arithmetic operator.
    case add = "+", subtract = "-", multiply = "*", divide = "/", integerDivide = "//", modulo = "%", power = "^"
    /// A bitwise operator.
    case bitAnd = "&", bitOr = "|", bitXor = "~", shiftLeft = "<<", shiftRight = ">>"
    /// The operator that joins texts.
    case concat = ".."
    /// A comparison.
    case equal = "==", notEqual = "~=", less = "<", lessEqual = "<=", greater = ">", greaterEqual = ">="
    /// A logical operator, which evaluates its right operand only where it is needed.
    case and, or

    /// Whether the result is always `true` or `false` for plain values.
    public var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
        default: false
        }
    }

    /// The binding power to the left and to the right; a greater power to the left than to the right is right
    /// associative.
    var priority: (left: Int, right: Int) {
        switch self {
        case .or: (1, 1)
        case .and: (2, 2)
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: (3, 3)
        case .bitOr: (4, 4)
        case .bitXor: (5, 5)
        case .bitAnd: (6, 6)
        case .shiftLeft, .shiftRight: (7, 7)
        case .concat: (9, 8)
        case .add, .subtract: (10, 10)
        case .multiply, .divide, .integerDivide, .modulo: (11, 11)
        case .power: (14, 13)
        }
    }
}

/// An operator before its operand, by its spelling.
public enum UnaryOperator: String, Sendable {
    /// The number with the other sign.
    case negate = "-"
    /// The logical opposite.
    case not
    /// The length of a string or table.
    case length = "#"
    /// The number with all bits changed.
    case bitNot = "~"

    /// The binding power to the operand.
    static let priority = 12
}
