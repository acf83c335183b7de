import LuaSyntax

/// The comments `-- runbook: ignore RULE[, RULE]` of a file.
struct Suppressions {
    /// The rules named on each line, with the line that the comment stands on.
    private var ignored: [Int: Set<String>] = [:]

    init(_ chunk: Chunk) {
        for comment in chunk.comments {
            guard let directive = Self.directive(comment, chunk.source) else { continue }
            let rules = Set(directive.rules.map(\.id))
            ignored[comment.line, default: []].formUnion(rules)
            if directive.isAlone { ignored[comment.lastLine + 1, default: []].formUnion(rules) }
        }
    }

    /// The findings that no comment takes away.
    func kept(_ findings: [Finding]) -> [Finding] {
        findings.filter { !(ignored[$0.line]?.contains($0.rule) ?? false) }
    }

    /// What one comment asks for.
    struct Directive {
        /// The rules that it names, with their bytes in the source.
        var rules: [(id: String, range: Range<Int>)]
        /// Whether nothing else stands on its first line, so that it speaks of the next one.
        var isAlone: Bool
    }

    /// The directive in a comment, or nil where the comment is an ordinary one.
    static func directive(_ comment: Comment, _ source: SourceText) -> Directive? {
        let bytes = source.bytes
        var offset = comment.range.lowerBound + 2
        func skipSpaces() { while offset < comment.range.upperBound, isSpace(bytes[offset]) { offset += 1 } }
        func take(_ word: String) -> Bool {
            guard bytes[offset..<comment.range.upperBound].starts(with: word.utf8) else { return false }
            offset += word.utf8.count
            return true
        }
        if take("[") {
            while take("=") {}
            _ = take("[")
        }
        skipSpaces()
        guard take("runbook:") else { return nil }
        skipSpaces()
        guard take("ignore") else { return nil }
        var rules: [(id: String, range: Range<Int>)] = []
        repeat {
            skipSpaces()
            let start = offset
            while offset < comment.range.upperBound, !isSpace(bytes[offset]), bytes[offset] != UInt8(ascii: ",") {
                offset += 1
            }
            if start < offset { rules.append((source.text(start..<offset), start..<offset)) }
            skipSpaces()
        } while take(",")
        let lineStart = source.lineStarts[comment.line - 1]
        let isAlone = bytes[lineStart..<comment.range.lowerBound].allSatisfy(isSpace)
        return Directive(rules: rules, isAlone: isAlone)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
