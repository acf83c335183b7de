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
