/// What the parser keeps for a function that it is in.
struct FunctionState {
    let id: FunctionID
    /// The line of `function`, or 0 for the chunk.
    let line: Int
    let isVararg: Bool
    /// Where its variables start among the active ones.
    let firstActive: Int
    let firstLabel: Int
    var blocks: [BlockState] = []
    /// The variables of outer functions that it uses.
    var upvalues: Set<VariableID> = []
    var usesGlobals = false
}

/// What the parser keeps for a block that it is in.
struct BlockState {
    let id: BlockID
    let isLoop: Bool
    let firstActive: Int
    let firstLabel: Int
    let firstGoto: Int
}

/// A label in scope.
struct LabelState {
    let name: String
    let line: Int
    /// The number of active variables at the label.
    let activeCount: Int
}

/// A jump whose label has not been seen.
struct GotoState {
    /// The label's name, or nil for `break`.
    let name: String?
    let line: Int
    let offset: Int
    var activeCount: Int
}

extension Parser {
    @inline(never) mutating func openFunction(start: Int, isVararg: Bool, line: Int) -> BlockID {
        let parent = functions.last
        let id = FunctionID(chunk.functions.count)
        let body = BlockID(chunk.blocks.count)
        chunk.functions.append(
            Function(
                isVararg: isVararg, body: body, parent: parent?.id,
                definitionBlock: parent.map { $0.blocks[$0.blocks.count - 1].id }, range: start..<start))
        chunk.blocks.append(Block(function: id, parent: nil, range: start..<start))
        var state = FunctionState(
            id: id, line: line, isVararg: isVararg, firstActive: active.count, firstLabel: labels.count)
        state.blocks = [
            BlockState(
                id: body, isLoop: false, firstActive: active.count, firstLabel: labels.count,
                firstGoto: pendingGotos.count)
        ]
        functions.append(state)
        return body
    }

    @inline(never) mutating func closeFunction() throws(LuaSyntaxError) {
        let body = functions[functions.count - 1].blocks[0]
        removeVariables(downTo: body.firstActive)
        labels.removeSubrange(body.firstLabel...)
        if pendingGotos.count > body.firstGoto {
            let jump = pendingGotos[body.firstGoto]
            guard let name = jump.name else {
                throw misuse("break outside loop at line \(jump.line)", at: jump.offset)
            }
            throw misuse("no visible label '\(name)' for <goto> at line \(jump.line)", at: jump.offset)
        }
        functions.removeLast()
    }

    @inline(never) mutating func openBlock(isLoop: Bool) -> BlockID {
        let id = BlockID(chunk.blocks.count)
        chunk.blocks.append(Block(function: currentFunction, parent: currentBlock, range: token.start..<token.start))
        functions[functions.count - 1].blocks.append(
            BlockState(
                id: id, isLoop: isLoop, firstActive: active.count, firstLabel: labels.count,
                firstGoto: pendingGotos.count))
        return id
    }

    @inline(never) mutating func closeBlock() throws(LuaSyntaxError) {
        guard let block = functions[functions.count - 1].blocks.popLast() else { return }
        let start = chunk.blocks[block.id.index].range.lowerBound
        chunk.blocks[block.id.index].range = start..<max(start, previousEnd)
        removeVariables(downTo: block.firstActive)
        if block.isLoop {
            try resolveGotos(
                from: block.firstGoto, to: LabelState(name: "", line: 0, activeCount: active.count), isBreak: true)
        }
        labels.removeSubrange(block.firstLabel...)
        for index in pendingGotos.indices[block.firstGoto...] {
            pendingGotos[index].activeCount = min(pendingGotos[index].activeCount, block.firstActive)
        }
    }

    // MARK: Variables

    /// Declares a variable that is not yet in scope.
    @inline(never) mutating func declare(_ name: Token, _ kind: Variable.Kind) throws(LuaSyntaxError) -> VariableID {
        declare(name.text, kind, name.start..<name.end)
    }

    @inline(never) mutating func declare(_ name: String, _ kind: Variable.Kind, _ range: Range<Int>) -> VariableID {
        let id = VariableID(chunk.variables.count)
        chunk.variables.append(
            Variable(name: name, kind: kind, range: range, function: currentFunction, shadows: scopes[name]?.last))
        return id
    }

    /// Refuses one more local variable where the function has all that it may have.
    @inline(never) func checkLocals(pending: Int) throws(LuaSyntaxError) {
        let used = active.count - functions[functions.count - 1].firstActive
        guard used + pending <= Self.localLimit else {
            throw limitError(Self.localLimit, "local variables")
        }
    }

    @inline(never) mutating func activate(_ variables: [VariableID]) {
        for variable in variables {
            active.append(variable)
            scopes[chunk[variable].name, default: []].append(variable)
        }
    }

    /// Counts the variables that a loop keeps for itself.
    @inline(never) mutating func activateHidden(_ count: Int) throws(LuaSyntaxError) {
        try checkLocals(pending: count)
        active.append(contentsOf: repeatElement(nil, count: count))
    }

    private mutating func removeVariables(downTo count: Int) {
        while active.count > count {
            guard let variable = active.removeLast() else { continue }
            scopes[chunk[variable].name]?.removeLast()
        }
    }

    /// The meaning of a name at this place.
    @inline(never) mutating func resolve(_ name: Token) throws(LuaSyntaxError) -> Expression.Kind {
        guard let variable = scopes[name.text]?.last else {
            if let environment = scopes["_ENV"]?.last {
                try capture(environment)
            } else {
                try captureGlobals()
            }
            return .global(name.text)
        }
        try capture(variable)
        return .local(variable)
    }

    private mutating func capture(_ variable: VariableID) throws(LuaSyntaxError) {
        let owner = chunk[variable].function
        for index in functions.indices.reversed() {
            guard functions[index].id != owner else { return }
            guard functions[index].upvalues.insert(variable).inserted else { return }
            try checkUpvalues(of: index)
        }
    }

    private mutating func captureGlobals() throws(LuaSyntaxError) {
        for index in functions.indices.reversed() {
            guard !functions[index].usesGlobals else { return }
            functions[index].usesGlobals = true
            try checkUpvalues(of: index)
        }
    }

    private func checkUpvalues(of index: Int) throws(LuaSyntaxError) {
        let count = functions[index].upvalues.count + (functions[index].usesGlobals ? 1 : 0)
        guard count <= Self.upvalueLimit else {
            let line = functions[index].line
            let place = line == 0 ? "main function" : "function at line \(line)"
            throw unexpected("too many upvalues (limit is \(Self.upvalueLimit)) in \(place)")
        }
    }

    // MARK: Labels

    @inline(never) mutating func addGoto(_ name: String?, line: Int, offset: Int) {
        let isBackward = name.map { name in
            labels[functions[functions.count - 1].firstLabel...].contains { $0.name == name }
        }
        guard isBackward != true else { return }
        pendingGotos.append(GotoState(name: name, line: line, offset: offset, activeCount: active.count))
    }

    @inline(never) mutating func addLabel(_ name: Token, isLast: Bool) throws(LuaSyntaxError) {
        let function = functions[functions.count - 1]
        if let other = labels[function.firstLabel...].first(where: { $0.name == name.text }) {
            throw misuse("label '\(name.text)' already defined on line \(other.line)", at: name.start)
        }
        let block = function.blocks[function.blocks.count - 1]
        // At the end of a block the block's variables count as out of scope already.
        let label = LabelState(
            name: name.text, line: name.line, activeCount: isLast ? block.firstActive : active.count)
        labels.append(label)
        try resolveGotos(from: block.firstGoto, to: label, isBreak: false)
    }

    private mutating func resolveGotos(from first: Int, to label: LabelState, isBreak: Bool) throws(LuaSyntaxError) {
        guard first < pendingGotos.count else { return }
        for jump in pendingGotos[first...] where isBreak ? jump.name == nil : jump.name == label.name {
            guard jump.activeCount >= label.activeCount else {
                let hidden = active[jump.activeCount].map { chunk[$0].name } ?? "(for state)"
                throw misuse(
                    "<goto \(label.name)> at line \(jump.line) jumps into the scope of local '\(hidden)'",
                    at: jump.offset)
            }
        }
        let kept = pendingGotos[first...].filter { isBreak ? $0.name != nil : $0.name != label.name }
        pendingGotos.replaceSubrange(first..., with: kept)
    }
}
