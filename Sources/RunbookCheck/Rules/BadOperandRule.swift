import LuaSyntax

enum BadOperandRule: Rule {
    static let description = RuleDescription(
        id: "bad-operand", severity: .error, summary: "Every operator gets values that it can work on",
        rationale: """
            Lua raises an error when that line is reached: it adds no texts, joins no tables, and compares no number with a text.
            """,
        bad: """
            print("pods: " + 3)
            """,
        good: """
            print("pods: " .. 3)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        context.chunk.expressions.compactMap { violation(of: $0, in: context) }
    }

    private static func violation(of expression: Expression, in context: CheckContext) -> Violation? {
        switch expression.kind {
        case .binary(.concat, let left, let right):
            return first([left, right], context) { shape in
                switch BasicType(shape) {
                case .table: ("`..` joins texts and numbers", "use `json.encode`, or name a field")
                case .none?, .boolean, .function: ("`..` joins texts and numbers", "use `tostring`")
                default: nil
                }
            }
        case .binary(.equal, _, _), .binary(.notEqual, _, _), .binary(.and, _, _), .binary(.or, _, _): return nil
        case .binary(let binary, let left, let right) where binary.isComparison:
            return comparison(binary, left, right, expression, context)
        case .binary(let binary, let left, let right):
            return first([left, right], context) { shape in
                guard !isNumeric(shape) else { return nil }
                let isText = if case .string = shape { binary == .add } else { false }
                return ("`\(binary.rawValue)` needs numbers", isText ? "texts are joined with `..`" : nil)
            }
        case .unary(.negate, let operand), .unary(.bitNot, let operand):
            return first([operand], context) { isNumeric($0) ? nil : ("this needs a number", nil) }
        case .unary(.length, let operand):
            return first([operand], context) { shape in
                switch BasicType(shape) {
                case nil, .string, .table: nil
                case .secret: ("the length of a secret is not told", nil)
                default: ("`#` needs a text or a table", nil)
                }
            }
        default: return nil
        }
    }

    private static func first(
        _ operands: [ExpressionID], _ context: CheckContext, _ problem: (Shape) -> (String, String?)?
    ) -> Violation? {
        for operand in operands {
            let shape = context.shapes.shape(operand)
            guard let (message, fix) = problem(shape) else { continue }
            return Violation(
                range: context.chunk[operand].range, message: "\(message), and this is \(shape.display)", fix: fix)
        }
        return nil
    }

    private static func comparison(
        _ binary: BinaryOperator, _ left: ExpressionID, _ right: ExpressionID, _ expression: Expression,
        _ context: CheckContext
    ) -> Violation? {
        let shapes = [context.shapes.shape(left), context.shapes.shape(right)]
        let types = shapes.map { BasicType($0) }
        // A negated side is told by `not-comparison`.
        if case .unary(.not, _) = context.chunk[context.chunk.unwrapped(left)].kind { return nil }
        for (type, shape) in zip(types, shapes) {
            guard let type, type != .number, type != .string else { continue }
            return Violation(
                range: expression.range,
                message: "`\(binary.rawValue)` compares numbers or texts, and one side is \(shape.display)",
                fix: type == .table ? "`#` gives the number of its items" : nil)
        }
        guard let one = types[0], let other = types[1], one != other else { return nil }
        return Violation(
            range: expression.range, message: "`\(binary.rawValue)` compares no number with a text",
            fix: "use `tonumber`")
    }

    /// Whether arithmetic may work: on numbers, texts that are numbers, and what is not known.
    private static func isNumeric(_ shape: Shape) -> Bool {
        switch shape {
        case .string(let text):
            let digits = text.drop { $0.isWhitespace || $0 == "-" || $0 == "+" || $0 == "." }
            return digits.first?.isNumber ?? false
        case .secret: return false
        default:
            let type = BasicType(shape)
            return type == nil || type == .number || type == .string
        }
    }
}
