import RunbookHost

/// Where a renderer's texts go, and how they may look there.
package struct Console: Sendable {
    /// One of the two streams.
    package enum Stream: Sendable {
        /// The run's product: what scripts print, previews.
        case product
        /// All else.
        case progress
    }

    /// A line and where it goes.
    package struct Line: Sendable, Equatable {
        package var text: String
        package var stream: Stream
    }

    /// The style of each stream.
    package var productStyle: Style
    package var progressStyle: Style
    /// The columns of each stream's terminal; nil: it is none.
    package var productColumns: Int?
    package var progressColumns: Int?
    /// True when standard output is kept for one JSON document, so that everything else goes to standard error.
    package var isJSON: Bool
    /// True when the product goes to a terminal: what scripts print is then made safe for it.
    package var isProductOnTerminal: Bool

    /// Describes the two streams of the program.
    package init(environment: [String: String], isJSON: Bool) {
        self.init(
            productStyle: Style(isColored: Terminal.usesColor(isJSON ? 2 : 1, environment: environment)),
            progressStyle: Style(isColored: Terminal.usesColor(2, environment: environment)), isJSON: isJSON)
        productColumns = Terminal.size(isJSON ? 2 : 1)?.columns
        progressColumns = Terminal.size(2)?.columns
        isProductOnTerminal = productColumns != nil
    }

    /// Describes two streams that are no terminals.
    package init(productStyle: Style, progressStyle: Style, isJSON: Bool) {
        self.productStyle = productStyle
        self.progressStyle = progressStyle
        self.isJSON = isJSON
        isProductOnTerminal = false
    }

    /// The file descriptor of a stream.
    func descriptor(_ stream: Stream) -> Int32 { stream == .product && !isJSON ? 1 : 2 }

    /// The style of a stream.
    func style(_ stream: Stream) -> Style { stream == .product ? productStyle : progressStyle }

    /// The columns that texts are laid out in; in a pipe a line is as long as it is.
    func width(_ stream: Stream) -> Int { (stream == .product ? productColumns : progressColumns) ?? 1000 }

    /// Writes lines at once.
    package func write(_ lines: [Line]) {
        var index = 0
        while index < lines.count {
            let target = descriptor(lines[index].stream)
            var text = ""
            while index < lines.count, descriptor(lines[index].stream) == target {
                text += lines[index].text + "\n"
                index += 1
            }
            Terminal.write(text, to: target)
        }
    }
}
