import RunbookHost

/// The lines of a step that has ended and of the steps in it: the outer one first, remarks in one column.
struct FinishedTree {
    let line: StepLine

    func lines(_ nodes: [StepNode]) -> [String] {
        let width =
            nodes.compactMap { node in node.record?.detail == nil ? nil : node.record }
            .map { CellWidth.of(ScreenText.line($0.name)) }.filter { $0 <= 30 }.max() ?? 0
        return nodes.flatMap { node -> [String] in
            guard let record = node.record else { return [] }
            return line.ended(record, nameWidth: width) + lines(node.children)
        }
    }
}
