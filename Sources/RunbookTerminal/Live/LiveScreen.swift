/// The part of a terminal that is drawn anew, below what stays: from lines to what is sent, nothing else.
///
/// The cursor always rests at the start of the row below the region and is never hidden, so whatever ends the program
/// leaves a terminal that can be worked with.
struct LiveScreen {
    private var shown: [String] = []
    private var widths: [Int] = []
    private var columns = 0

    /// True when lines are on the screen that will be drawn anew.
    var isShown: Bool { !shown.isEmpty }

    /// What to send so that `above` stands where the region began and the region, as it is now, below it.
    ///
    /// - Parameters:
    ///   - above: Lines that stay.
    ///   - region: Lines narrower than the terminal, with colours only.
    mutating func frame(above: [String], region: [String], columns: Int) -> String {
        defer {
            shown = region
            widths = region.map(Self.width)
            self.columns = columns
        }
        let isSame = above.isEmpty && region.count == shown.count && columns == self.columns
        return isSame ? changed(region) : all(above, region, columns)
    }

    /// What is on the screen now belongs to others: the next frame begins where the cursor is.
    mutating func forget() {
        shown = []
        widths = []
    }

    private func changed(_ region: [String]) -> String {
        guard let first = region.indices.first(where: { region[$0] != shown[$0] }) else { return "" }
        var text = "\r\u{1B}[\(region.count - first)A"
        for index in first..<region.count {
            if region[index] != shown[index] { text += "\u{1B}[K" + region[index] }
            text += "\r\n"
        }
        return text
    }

    private func all(_ above: [String], _ region: [String], _ columns: Int) -> String {
        // A terminal that became narrower has broken the lines that it showed.
        let rows = widths.reduce(0) { $0 + max(1, (min($1, 4 * columns) + columns - 1) / max(1, columns)) }
        var text = rows > 0 ? "\r\u{1B}[\(rows)A\u{1B}[J" : ""
        for line in above + region { text += line.replacing("\n", with: "\r\n") + "\r\n" }
        return text
    }

    // The columns of a line with colours in it.
    private static func width(_ line: String) -> Int {
        var width = 0
        var rest = Substring(line)
        while let escape = rest.firstIndex(of: "\u{1B}") {
            width += CellWidth.of(String(rest[..<escape]))
            rest = rest[escape...].drop { $0 != "m" }.dropFirst()
        }
        return width + CellWidth.of(String(rest))
    }
}
