/// Makes what a tool answered safe to show and to keep: data that no terminal obeys, and that hides nothing.
enum VisibleText {
    /// The text with control characters and invisible Unicode written out: an escape becomes `⟨U+001B⟩`.
    ///
    /// Line feeds and tabs stay; a carriage return before a line feed goes.
    static func of(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\r", rest.first == "\n" { continue }
            if isVisible(scalar) {
                result.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let name = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                result.append(contentsOf: "⟨U+\(name)⟩".unicodeScalars)
            }
        }
        return String(result)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F..<0xA0: false
        // What changes the direction of text, joins or separates without a glyph, or carries hidden letters.
        case 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1D173...0x1D17A,
            0xE0000...0xE0FFF:
            false
        default: true
        }
    }

    /// The text without the sequences by which terminals colour and move; for tools that print such for a person.
    static func withoutColours(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1B}", rest.first == "[" else {
                result.append(scalar)
                continue
            }
            let body = rest.dropFirst().drop { (0x20...0x3F).contains($0.value) }
            rest = body.dropFirst()
        }
        return String(result)
    }
}

/// Blocks of code in an answer in Markdown.
enum CodeBlocks {
    /// A fenced block.
    struct Block: Equatable {
        /// The word after the fence, in lower case; may be empty.
        var language: String
        var text: String
    }

    /// The fenced blocks of a text, in order; one that is not closed ends with the text.
    static func of(_ text: String) -> [Block] {
        var blocks: [Block] = []
        var open: (fence: Substring, indent: Int, block: Block)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.drop { $0 == " " }
            let indent = line.count - trimmed.count
            if let current = open {
                let isFence = trimmed.hasPrefix(current.fence) && trimmed.allSatisfy { $0 == current.fence.first }
                if isFence {
                    blocks.append(current.block)
                    open = nil
                } else {
                    let cut = line.prefix(current.indent).allSatisfy { $0 == " " } ? current.indent : 0
                    open?.block.text += line.dropFirst(cut) + "\n"
                }
            } else if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                let fence = trimmed.prefix { $0 == trimmed.first }
                let word = trimmed.dropFirst(fence.count).drop { $0 == " " }.prefix { !$0.isWhitespace }
                open = (fence, indent, Block(language: word.lowercased(), text: ""))
            }
        }
        if let open { blocks.append(open.block) }
        return blocks
    }

    /// The one text that an answer is meant to be: its only block or the longest one, or all of it where it has none.
    static func main(of text: String) -> String {
        guard let block = of(text).max(by: { $0.text.count < $1.text.count }) else { return text }
        return block.text
    }
}
