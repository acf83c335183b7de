import LuaSyntax

/// What can be told of a value from the text.
enum Shape {
    /// Nothing.
    case unknown
    case nilValue
    case boolean
    case integer(Int64)
    case number(Double)
    /// A number that is computed.
    case someNumber
    case string(String)
    /// A text that is computed.
    case someText
    case function
    case table([TableField])
    /// A secret, or text joined with one.
    case secret
    /// What a call gives, or a part of that.
    case result(ResultType)

    /// The value as messages show it.
    var display: String {
        switch self {
        case .unknown: "a value"
        case .nilValue: "nil"
        case .boolean: "a boolean"
        case .integer(let value): "the number \(value)"
        case .number(let value): "the number \(value)"
        case .someNumber: "a number"
        case .string(let text): "the string \"\(text.prefix(40))\""
        case .someText: "a string"
        case .function: "a function"
        case .table: "a table"
        case .secret: "a secret"
        case .result(let result): Self.display(result)
        }
    }

    private static func display(_ result: ResultType) -> String {
        guard let call = result.call else { return TypeFit.display(result.type) }
        return result.type == .none ? "`\(call)(…)`, which returns nothing" : "the result of `\(call)`"
    }

    /// Whether the value is nil, written out or as what a call returns that returns nothing.
    var isNothing: Bool {
        switch self {
        case .nilValue: true
        case .result(let result): result.type == .none
        default: false
        }
    }
}

/// Tells the shape of expressions.
struct Shapes {
    let chunk: Chunk
    let secrets: [Bool]
    let results: [ResultType?]

    func shape(_ id: ExpressionID) -> Shape {
        if secrets[id.index] { return .secret }
        if let result = results[id.index] { return .result(result) }
        switch chunk[id].kind {
        case .parenthesized(let content): return shape(content)
        case .local(let variable): return constant(chunk[variable])
        case .nilLiteral: return .nilValue
        case .boolean: return .boolean
        case .integer(let value): return .integer(value)
        case .float(let value): return .number(value)
        case .string(let text): return .string(text)
        case .function: return .function
        case .table(let fields): return .table(fields)
        case .unary(.negate, let operand): return negated(operand)
        case .unary(.not, _): return .boolean
        case .binary(let binary, _, _): return result(of: binary)
        default: return .unknown
        }
    }

    /// The shape of a local that is never changed and starts as a plain value.
    private func constant(_ variable: Variable) -> Shape {
        guard variable.writes.isEmpty, let value = variable.initialValue else { return .unknown }
        switch chunk[value].kind {
        case .boolean, .integer, .float, .string: return shape(value)
        default: return .unknown
        }
    }

    private func negated(_ operand: ExpressionID) -> Shape {
        switch chunk[operand].kind {
        case .integer(let value): .integer(0 &- value)
        case .float(let value): .number(-value)
        default: .someNumber
        }
    }

    private func result(of binary: BinaryOperator) -> Shape {
        switch binary {
        case .and, .or: .unknown
        case .concat: .someText
        default: binary.isComparison ? .boolean : .someNumber
        }
    }
}
