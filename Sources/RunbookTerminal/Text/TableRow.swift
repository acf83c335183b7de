/// A row of a list for a person: cells of equal width, and a last one that is broken between words where there is no room.
package struct TableRow {
    private let cells: [String]
    private let last: String

    /// Makes a row.
    ///
    /// - Parameter cells: Texts that were padded to their columns.
    package init(_ cells: [String], _ last: String) {
        self.cells = cells
        self.last = last
    }

    /// The lines of the row.
    ///
    /// - Parameter width: The columns that there are; nil: those of standard output, and no limit where that is no terminal.
    package func lines(indent: Int = 0, width: Int? = nil) -> [String] {
        let head = String(repeating: " ", count: indent) + cells.map { $0 + "  " }.joined()
        let left = CellWidth.of(head)
        let room = (width ?? Terminal.size(1)?.columns).map { max(20, $0 - left) } ?? .max
        let texts = room == .max ? [last] : Wrapping.lines(last, width: room)
        return texts.enumerated().map { index, text in
            ((index == 0 ? head : String(repeating: " ", count: left)) + text).trimmingEnd()
        }
    }
}
