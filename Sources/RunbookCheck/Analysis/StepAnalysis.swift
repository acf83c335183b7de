import LuaSyntax

/// Tells which functions run outside every step.
///
/// A function passed to `step` or `parallel` runs inside. One that is called at once, or handed to a function that
/// calls it at once, runs where that happens. Of what is stored or handed to code that is not seen nothing is claimed.
struct StepAnalysis {
    private let context: CheckContext
    /// The local variable that each function value is given to by its declaration.
    private let holders: [ExpressionID: Variable]
    /// For each function that runs outside a step, the call that makes it run, or nil for the chunk.
    private(set) var outside: [FunctionID: ExpressionID?] = [:]

    init(_ context: CheckContext) {
        self.context = context
        let chunk = context.chunk
        var holders: [ExpressionID: Variable] = [:]
        for variable in chunk.variables {
            if let value = variable.initialValue { holders[value] = variable }
        }
        self.holders = holders
        var starts: [FunctionID: [(FunctionID, ExpressionID)]] = [:]
        for id in chunk.functionIDs.dropFirst() {
            for place in places(of: id) { starts[chunk.function(of: place), default: []].append((id, place)) }
        }
        var open = [FunctionID(of: chunk)]
        outside[open[0]] = .some(nil)
        while let function = open.popLast() {
            for (started, place) in starts[function] ?? [] where outside[started] == nil {
                outside[started] = place
                open.append(started)
            }
        }
    }

    /// The expressions that make a function run where they stand.
    private func places(of id: FunctionID) -> [ExpressionID] {
        let chunk = context.chunk
        let function = chunk[id]
        if let variable = function.variable { return uses(of: chunk[variable]) }
        guard let expression = function.expression else { return [] }
        if isRunInPlace(expression) { return [expression] }
        return holders[expression].map(uses) ?? []
    }

    private func uses(of variable: Variable) -> [ExpressionID] {
        variable.writes.isEmpty ? variable.reads.filter(isRunInPlace) : []
    }

    /// Whether a function value is called where it stands, outside the arguments of a step.
    private func isRunInPlace(_ id: ExpressionID) -> Bool {
        let chunk = context.chunk
        var value = id
        while let parent = chunk[value].parent, case .parenthesized = chunk[parent].kind { value = parent }
        if let parent = chunk[value].parent, case .call(let callee, _) = chunk[parent].kind, callee == value {
            return true
        }
        guard let call = context.enclosingArgument(value), let name = context.calledName(call) else { return false }
        return !Catalogue.stepFunctions.contains(name)
    }
}

extension FunctionID {
    /// The function that stands for a whole chunk.
    fileprivate init(of chunk: Chunk) {
        self = chunk.body.function
    }
}
