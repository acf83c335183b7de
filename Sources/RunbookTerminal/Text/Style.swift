/// Colours of a terminal, or none.
package struct Style: Sendable {
    /// True when there are colours.
    package let isColored: Bool

    /// Makes a style.
    package init(isColored: Bool) { self.isColored = isColored }

    /// It went well.
    package func green(_ text: String) -> String { wrap(text, "32") }
    /// It went wrong.
    package func red(_ text: String) -> String { wrap(text, "31") }
    /// It needs a look.
    package func yellow(_ text: String) -> String { wrap(text, "33") }
    /// It is under way.
    package func cyan(_ text: String) -> String { wrap(text, "36") }
    /// It is beside the point.
    package func dim(_ text: String) -> String { wrap(text, "2") }
    /// It is a title.
    package func bold(_ text: String) -> String { wrap(text, "1") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
