import LuaSyntax

/// Tells which statements never hand over to the next one.
struct Leaving {
    private let context: CheckContext
    private var chunk: Chunk { context.chunk }

    init(_ context: CheckContext) {
        self.context = context
    }

    func leaves(_ id: StatementID) -> Bool {
        switch chunk[id].kind {
        case .returnValues, .breakLoop, .goto: true
        case .call(let call): context.calledName(call).map(Catalogue.endingFunctions.contains) ?? false
        case .doBlock(let block): leaves(block)
        case .ifChain(let arms, let otherwise):
            (otherwise.map(leaves) ?? false) && arms.allSatisfy { leaves($0.block) }
        default: false
        }
    }

    /// A block leaves when its last statement does; an earlier one that does is reported by itself.
    private func leaves(_ block: BlockID) -> Bool {
        let last = chunk[block].statements.last { if case .empty = chunk[$0].kind { false } else { true } }
        return last.map(leaves) ?? false
    }
}
