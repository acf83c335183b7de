/// Breaks texts between words, so that a terminal does not break them within.
package enum Wrapping {
    /// The lines of a text, each at most `width` columns wide; a word that is wider stands alone and is broken.
    package static func lines(_ text: String, width: Int) -> [String] {
        guard width > 0, CellWidth.of(text) > width else { return [text] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let size = CellWidth.of(String(word))
            if used > 0, used + 1 + size > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            if used > 0 {
                line += " "
                used += 1
            }
            for character in word {
                let next = CellWidth.of(character)
                if used + next > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(character)
                used += next
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }
}

/// A label with a text beside it whose further lines stand below the text: `Cause    …`.
package struct LabelledRow: Sendable {
    let label: String
    let text: String

    /// The lines of the row.
    ///
    /// - Parameters:
    ///   - width: The columns that there are.
    ///   - limit: How many lines it may take; what is more is cut.
    func lines(labelWidth: Int, indent: Int, width: Int, limit: Int = 3) -> [String] {
        let left = indent + labelWidth
        let blanks = String(repeating: " ", count: indent)
        // On a narrow terminal the text begins on a line of its own.
        let isNarrow = width - left < 24
        let room = isNarrow ? width - indent - 2 : width - left
        var wrapped = Wrapping.lines(text, width: room)
        if wrapped.count > limit {
            wrapped = Array(wrapped.prefix(limit))
            wrapped[limit - 1] = (wrapped[limit - 1] + " …").cut(to: room)
        }
        if isNarrow { return [blanks + label] + wrapped.map { blanks + "  " + $0 } }
        return wrapped.enumerated().map { index, line in
            blanks + (index == 0 ? label : "").padding(to: labelWidth) + line
        }
    }
}
