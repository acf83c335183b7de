extension Parser {
    /// Whether the current token ends a block.
    @inline(never) func isBlockEnd(withUntil: Bool) -> Bool {
        switch token.kind {
        case .else, .elseif, .end, .endOfFile: true
        case .until: withUntil
        default: false
        }
    }

    @inline(never) mutating func parseStatements(into block: BlockID) throws(LuaSyntaxError) {
        while !isBlockEnd(withUntil: true) {
            let isReturn = token.kind == .return
            try parseStatement()
            if isReturn { return }
        }
    }

    @inline(never) mutating func parseBlock(isLoop: Bool = false) throws(LuaSyntaxError) -> BlockID {
        let block = openBlock(isLoop: isLoop)
        try parseStatements(into: block)
        try closeBlock()
        return block
    }

    @inline(never) mutating func parseStatement() throws(LuaSyntaxError) {
        let start = token.start
        let line = token.line
        try enterLevel()
        switch token.kind {
        case .semicolon:
            try advance()
            add(.empty, from: start)
        case .if: try parseIf(start, line)
        case .while: try parseWhile(start, line)
        case .do:
            try advance()
            let block = try parseBlock()
            try expect(.end, closing: .do, line: line)
            add(.doBlock(block), from: start)
        case .for: try parseFor(start, line)
        case .repeat: try parseRepeat(start, line)
        case .function: try parseFunctionStatement(start, line)
        case .local:
            try advance()
            if try accept(.function) {
                try parseLocalFunction(start)
            } else {
                try parseLocal(start)
            }
        case .doubleColon: try parseLabel(start)
        case .return: try parseReturn(start)
        case .break:
            try advance()
            addGoto(nil, line: line, offset: start)
            add(.breakLoop, from: start)
        case .goto:
            try advance()
            let nameLine = token.line
            let name = try expectName()
            addGoto(name.text, line: nameLine, offset: name.start)
            add(.goto(name.text), from: start)
        default: try parseExpressionStatement(start)
        }
        leaveLevel()
    }

    @inline(never) private mutating func parseIf(_ start: Int, _ line: Int) throws(LuaSyntaxError) {
        var arms: [IfArm] = []
        var otherwise: BlockID?
        repeat {
            try advance()
            let condition = try parseExpression()
            try expect(.then)
            arms.append(IfArm(condition: condition, block: try parseBlock()))
        } while token.kind == .elseif
        if try accept(.else) { otherwise = try parseBlock() }
        try expect(.end, closing: .if, line: line)
        add(.ifChain(arms, otherwise: otherwise), from: start)
    }

    @inline(never) private mutating func parseWhile(_ start: Int, _ line: Int) throws(LuaSyntaxError) {
        try advance()
        let condition = try parseExpression()
        try expect(.do)
        let block = try parseBlock(isLoop: true)
        try expect(.end, closing: .while, line: line)
        add(.whileLoop(condition, block), from: start)
    }

    @inline(never) private mutating func parseRepeat(_ start: Int, _ line: Int) throws(LuaSyntaxError) {
        try advance()
        let loop = openBlock(isLoop: true)
        // The condition sees the variables of the body, so the body's block closes after it.
        let body = openBlock(isLoop: false)
        try parseStatements(into: body)
        try expect(.until, closing: .repeat, line: line)
        let condition = try parseExpression()
        try closeBlock()
        try closeBlock()
        chunk.blocks[loop.index].range = chunk.blocks[body.index].range
        add(.repeatLoop(body, until: condition), from: start)
    }

    @inline(never) private mutating func parseFor(_ start: Int, _ line: Int) throws(LuaSyntaxError) {
        _ = openBlock(isLoop: true)
        try advance()
        let first = try expectName()
        let kind: Statement.Kind
        switch token.kind {
        case .assign: kind = try parseNumericFor(first, line)
        case .comma, .in: kind = try parseGenericFor(first, line)
        default: throw unexpected("'=' or 'in' expected")
        }
        try expect(.end, closing: .for, line: line)
        try closeBlock()
        add(kind, from: start)
    }

    @inline(never) private mutating func parseNumericFor(_ name: Token, _ line: Int) throws(LuaSyntaxError)
        -> Statement.Kind
    {
        try checkLocals(pending: 4)
        try advance()
        var bounds = [try parseExpression()]
        try expect(.comma)
        bounds.append(try parseExpression())
        if try accept(.comma) { bounds.append(try parseExpression()) }
        try activateHidden(3)
        let (variables, block) = try parseLoopBody([name])
        return .numericFor(variables[0], bounds: bounds, block)
    }

    @inline(never) private mutating func parseGenericFor(_ first: Token, _ line: Int) throws(LuaSyntaxError)
        -> Statement.Kind
    {
        var names = [first]
        try checkLocals(pending: 5)
        while try accept(.comma) {
            names.append(try expectName())
            try checkLocals(pending: 4 + names.count)
        }
        try expect(.in)
        let values = try parseExpressionList()
        try activateHidden(4)
        let (variables, block) = try parseLoopBody(names)
        return .genericFor(variables, in: values, block)
    }

    @inline(never) private mutating func parseLoopBody(_ names: [Token]) throws(LuaSyntaxError) -> (
        [VariableID], BlockID
    ) {
        try expect(.do)
        let block = openBlock(isLoop: false)
        var variables: [VariableID] = []
        for name in names { variables.append(try declare(name, .loop)) }
        activate(variables)
        // The compiler opens a second block for the statements, so that a label may bear the name of none outside.
        let inner = try parseBlock()
        try closeBlock()
        chunk.blocks[block.index].range = chunk.blocks[inner.index].range
        return (variables, inner)
    }

    @inline(never) private mutating func parseFunctionStatement(_ start: Int, _ line: Int) throws(LuaSyntaxError) {
        try advance()
        let name = try expectName()
        var target = add(try resolve(name), name.start..<name.end)
        var isMethod = false
        while !isMethod, token.kind == .dot || token.kind == .colon {
            isMethod = token.kind == .colon
            try advance()
            target = try addDotted(target)
        }
        let function = try parseFunctionBody(start: start, line: line, isMethod: isMethod)
        try checkAssignable(target)
        add(.function(target: target, function), from: start)
    }

    @inline(never) private mutating func parseLocalFunction(_ start: Int) throws(LuaSyntaxError) {
        let name = try expectName()
        let line = token.line
        let variable = try declare(name, .function)
        try checkLocals(pending: 1)
        activate([variable])
        let function = try parseFunctionBody(start: start, line: line, isMethod: false)
        chunk.functions[function.index].variable = variable
        add(.localFunction(variable, function), from: start)
    }

    @inline(never) private mutating func parseLocal(_ start: Int) throws(LuaSyntaxError) {
        var variables: [VariableID] = []
        var hasClose = false
        repeat {
            let name = try expectName()
            let variable = try declare(name, .local)
            variables.append(variable)
            try checkLocals(pending: variables.count)
            guard try accept(.less) else { continue }
            let spelled = try expectName()
            try expect(.greater)
            guard let attribute = Variable.Attribute(rawValue: spelled.text) else {
                throw misuse("unknown attribute '\(spelled.text)'", at: spelled.start)
            }
            if attribute == .close {
                guard !hasClose else {
                    throw misuse("multiple to-be-closed variables in local list", at: spelled.start)
                }
                hasClose = true
            }
            chunk.variables[variable.index].attribute = attribute
        } while try accept(.comma)
        let values = try accept(.assign) ? try parseExpressionList() : []
        for (variable, value) in zip(variables, values) {
            chunk.variables[variable.index].initialValue = value
        }
        activate(variables)
        add(.local(variables, values), from: start)
    }

    @inline(never) private mutating func parseLabel(_ start: Int) throws(LuaSyntaxError) {
        try advance()
        let name = try expectName()
        try expect(.doubleColon)
        add(.label(name.text), from: start)
        while token.kind == .semicolon || token.kind == .doubleColon { try parseStatement() }
        try addLabel(name, isLast: isBlockEnd(withUntil: false))
    }

    @inline(never) private mutating func parseReturn(_ start: Int) throws(LuaSyntaxError) {
        try advance()
        var values: [ExpressionID] = []
        if !isBlockEnd(withUntil: true), token.kind != .semicolon { values = try parseExpressionList() }
        _ = try accept(.semicolon)
        add(.returnValues(values), from: start)
    }

    @inline(never) private mutating func parseExpressionStatement(_ start: Int) throws(LuaSyntaxError) {
        let first = try parseSuffixed()
        guard token.kind == .assign || token.kind == .comma else {
            switch chunk[first].kind {
            case .call, .method: return add(.call(first), from: start)
            default: throw unexpected("syntax error")
            }
        }
        var targets = [first]
        try checkTarget(first)
        var levels = 0
        while try accept(.comma) {
            let target = try parseSuffixed()
            try enterLevel()
            levels += 1
            targets.append(target)
            try checkTarget(target)
        }
        try expect(.assign)
        let values = try parseExpressionList()
        for _ in 0..<levels { leaveLevel() }
        add(.assignment(targets, values), from: start)
    }

    @inline(never) private func checkTarget(_ target: ExpressionID) throws(LuaSyntaxError) {
        switch chunk[target].kind {
        case .local, .global, .index: try checkAssignable(target)
        default: throw unexpected("syntax error")
        }
    }

    @inline(never) private func checkAssignable(_ target: ExpressionID) throws(LuaSyntaxError) {
        guard case .local(let variable) = chunk[target].kind, chunk[variable].attribute != nil else { return }
        throw misuse(
            "attempt to assign to const variable '\(chunk[variable].name)'", at: chunk[target].range.lowerBound)
    }
}
