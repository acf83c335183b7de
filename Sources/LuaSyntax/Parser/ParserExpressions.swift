extension Parser {
    @inline(never) mutating func parseExpression() throws(LuaSyntaxError) -> ExpressionID {
        try parseOperation(limit: 0)
    }

    @inline(never) mutating func parseExpressionList() throws(LuaSyntaxError) -> [ExpressionID] {
        var list = [try parseExpression()]
        while try accept(.comma) { list.append(try parseExpression()) }
        try checkRegisters(list.count)
        return list
    }

    /// Reads operands and operators that bind tighter than `limit`.
    @inline(never) private mutating func parseOperation(limit: Int) throws(LuaSyntaxError) -> ExpressionID {
        try enterLevel()
        let start = token.start
        var left: ExpressionID
        if let unary = unaryOperator(token.kind) {
            try advance()
            let operand = try parseOperation(limit: UnaryOperator.priority)
            left = add(.unary(unary, operand), start..<chunk[operand].range.upperBound)
            adopt(operand, by: left)
        } else {
            left = try parseSimple()
        }
        while let binary = BinaryOperator(rawValue: token.kind.rawValue), binary.priority.left > limit {
            try advance()
            let right = try parseOperation(limit: binary.priority.right)
            let whole = add(.binary(binary, left, right), start..<chunk[right].range.upperBound)
            adopt(left, by: whole)
            adopt(right, by: whole)
            left = whole
        }
        leaveLevel()
        return left
    }

    private func unaryOperator(_ kind: TokenKind) -> UnaryOperator? {
        switch kind {
        case .not: .not
        case .minus: .negate
        case .tilde: .bitNot
        case .hash: .length
        default: nil
        }
    }

    @inline(never) private mutating func parseSimple() throws(LuaSyntaxError) -> ExpressionID {
        let start = token.start
        let kind: Expression.Kind
        switch token.kind {
        case .integer: kind = .integer(token.integer)
        case .float: kind = .float(token.float)
        case .string: kind = .string(token.text)
        case .nil: kind = .nilLiteral
        case .true: kind = .boolean(true)
        case .false: kind = .boolean(false)
        case .dots:
            guard functions[functions.count - 1].isVararg else {
                throw unexpected("cannot use '...' outside a vararg function")
            }
            kind = .vararg
        case .leftBrace: return try parseTable()
        case .function:
            let line = token.line
            try advance()
            let function = try parseFunctionBody(start: start, line: line, isMethod: false)
            let expression = add(.function(function), start..<previousEnd)
            chunk.functions[function.index].expression = expression
            return expression
        default: return try parseSuffixed()
        }
        let range = token.start..<token.end
        try advance()
        return add(kind, range)
    }

    @inline(never) private mutating func parsePrimary() throws(LuaSyntaxError) -> ExpressionID {
        let start = token.start
        switch token.kind {
        case .name:
            let name = token
            try advance()
            return add(try resolve(name), name.start..<name.end)
        case .leftParen:
            let line = token.line
            try advance()
            let content = try parseExpression()
            try expect(.rightParen, closing: .leftParen, line: line)
            let whole = add(.parenthesized(content), start..<previousEnd)
            adopt(content, by: whole)
            return whole
        default: throw unexpected("unexpected symbol")
        }
    }

    @inline(never) mutating func parseSuffixed() throws(LuaSyntaxError) -> ExpressionID {
        let start = token.start
        var whole = try parsePrimary()
        while true {
            switch token.kind {
            case .dot:
                try advance()
                whole = try addDotted(whole)
            case .leftBracket:
                try advance()
                let key = try parseExpression()
                try expect(.rightBracket)
                let object = whole
                whole = add(.index(object, key: key, isDotted: false), start..<previousEnd)
                adopt(object, by: whole)
                adopt(key, by: whole)
            case .colon:
                try advance()
                let token = try expectName()
                let name = add(.string(token.text), token.start..<token.end)
                let object = whole
                let arguments = try parseArguments(implicit: 2)
                whole = add(.method(object, name: name, arguments), start..<previousEnd)
                adopt(object, by: whole)
                adopt(name, by: whole)
                for argument in arguments { adopt(argument, by: whole) }
            case .leftParen, .string, .leftBrace:
                let callee = whole
                let arguments = try parseArguments(implicit: 1)
                whole = add(.call(callee, arguments), start..<previousEnd)
                adopt(callee, by: whole)
                for argument in arguments { adopt(argument, by: whole) }
            default: return whole
            }
        }
    }

    /// Reads the name after a dot and makes the index expression.
    @inline(never) mutating func addDotted(_ object: ExpressionID) throws(LuaSyntaxError) -> ExpressionID {
        let name = try expectName()
        let key = add(.string(name.text), name.start..<name.end)
        let whole = add(
            .index(object, key: key, isDotted: true), chunk[object].range.lowerBound..<previousEnd)
        adopt(object, by: whole)
        adopt(key, by: whole)
        return whole
    }

    /// Reads the arguments of a call that needs `implicit` registers besides them.
    @inline(never) private mutating func parseArguments(implicit: Int) throws(LuaSyntaxError) -> [ExpressionID] {
        switch token.kind {
        case .string:
            let argument = add(.string(token.text), token.start..<token.end)
            try advance()
            return [argument]
        case .leftBrace: return [try parseTable()]
        case .leftParen:
            let line = token.line
            try advance()
            if try accept(.rightParen) { return [] }
            let arguments = try parseExpressionList()
            try expect(.rightParen, closing: .leftParen, line: line)
            try checkRegisters(arguments.count + implicit)
            return arguments
        default: throw unexpected("function arguments expected")
        }
    }

    @inline(never) private mutating func parseTable() throws(LuaSyntaxError) -> ExpressionID {
        let start = token.start
        let line = token.line
        try expect(.leftBrace)
        var fields: [TableField] = []
        while token.kind != .rightBrace {
            fields.append(try parseField())
            guard token.kind == .comma || token.kind == .semicolon else { break }
            try advance()
        }
        try expect(.rightBrace, closing: .leftBrace, line: line)
        let whole = add(.table(fields), start..<previousEnd)
        for field in fields {
            if let key = field.key { adopt(key, by: whole) }
            adopt(field.value, by: whole)
        }
        return whole
    }

    @inline(never) private mutating func parseField() throws(LuaSyntaxError) -> TableField {
        if token.kind == .name, try peekToken().kind == .assign {
            let key = add(.string(token.text), token.start..<token.end)
            try advance()
            try advance()
            return TableField(key: key, isBracketed: false, value: try parseExpression())
        }
        guard try accept(.leftBracket) else {
            return TableField(key: nil, isBracketed: false, value: try parseExpression())
        }
        let key = try parseExpression()
        try expect(.rightBracket)
        try expect(.assign)
        return TableField(key: key, isBracketed: true, value: try parseExpression())
    }

    /// Reads parameters and body up to `end`.
    @inline(never) mutating func parseFunctionBody(
        start: Int, line: Int, isMethod: Bool
    ) throws(LuaSyntaxError) -> FunctionID {
        let openingParen = token
        try expect(.leftParen)
        var names: [Token] = []
        var isVararg = false
        if token.kind != .rightParen {
            repeat {
                switch token.kind {
                case .name: names.append(try expectName())
                case .dots:
                    try advance()
                    isVararg = true
                default: throw unexpected("<name> or '...' expected")
                }
                if isVararg { break }
            } while try accept(.comma)
        }
        let body = openFunction(start: start, isVararg: isVararg, line: line)
        let id = currentFunction
        var parameters: [VariableID] = []
        if isMethod {
            parameters.append(declare("self", .implicitSelf, openingParen.start..<openingParen.end))
        }
        for name in names { parameters.append(try declare(name, .parameter)) }
        try checkLocals(pending: parameters.count)
        activate(parameters)
        chunk.functions[id.index].parameters = parameters
        try expect(.rightParen)
        let bodyStart = previousEnd
        try parseStatements(into: body)
        let bodyEnd = token.start
        try expect(.end, closing: .function, line: line)
        chunk.blocks[body.index].range = bodyStart..<max(bodyStart, bodyEnd)
        chunk.functions[id.index].range = start..<previousEnd
        try closeFunction()
        return id
    }
}
