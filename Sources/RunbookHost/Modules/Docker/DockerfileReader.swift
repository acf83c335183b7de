/// Takes instruction after instruction from the text of a Dockerfile: comments, continuation lines, here-documents.
struct DockerfileReader {
    private let lines: [Substring]
    private var index = 0
    private var escape: Character = "\\"

    init(_ text: String) {
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : Substring(text)
        lines = body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        readDirectives()
    }

    /// `# escape=` changes what continues a line; such directives stand before everything else.
    private mutating func readDirectives() {
        for line in lines {
            let text = Self.trim(line)
            guard text.hasPrefix("#") else { return }
            let parts = text.dropFirst().split(separator: "=", maxSplits: 1).map { Self.trim($0) }
            guard parts.count == 2, !parts[0].contains(" ") else { return }
            if parts[0].lowercased() == "escape", let character = parts[1].first { escape = character }
        }
    }

    /// The next instruction, or nil at the end.
    mutating func next() throws -> Dockerfile.Instruction? {
        while index < lines.count {
            let text = Self.trim(lines[index])
            if text.isEmpty || text.hasPrefix("#") {
                index += 1
                continue
            }
            let line = index + 1
            let joined = logicalLine()
            let word = joined.prefix { !$0.isWhitespace }
            var rest = Self.trim(joined.dropFirst(word.count))
            var flags: [String: String] = [:]
            while rest.hasPrefix("--") {
                let flag = rest.prefix { !$0.isWhitespace }
                let parts = flag.dropFirst(2).split(separator: "=", maxSplits: 1)
                if let name = parts.first { flags[String(name)] = parts.count > 1 ? String(parts[1]) : "" }
                rest = Self.trim(rest.dropFirst(flag.count))
            }
            try skipDocuments(of: rest, from: line)
            return Dockerfile.Instruction(
                line: line, name: word.uppercased(), flags: flags, arguments: String(rest))
        }
        return nil
    }

    private mutating func logicalLine() -> String {
        var joined = ""
        while index < lines.count {
            let text = Self.trim(lines[index])
            index += 1
            // Comments and blank lines inside a continued instruction do not end it.
            if !joined.isEmpty, text.hasPrefix("#") || text.isEmpty { continue }
            guard text.last == escape else { return joined + text }
            joined += text.dropLast() + " "
        }
        return joined
    }

    private mutating func skipDocuments(of text: Substring, from line: Int) throws {
        for mark in Self.documentMarks(text) {
            var isClosed = false
            while index < lines.count, !isClosed {
                isClosed = Self.trim(lines[index]) == mark
                index += 1
            }
            if !isClosed { throw Dockerfile.ParseError(line: line, message: "unterminated heredoc") }
        }
    }

    private static func documentMarks(_ text: Substring) -> [String] {
        text.split(whereSeparator: \.isWhitespace).compactMap { word in
            guard word.hasPrefix("<<"), !word.hasPrefix("<<<") else { return nil }
            let name = word.dropFirst(2).drop { $0 == "-" }.filter { $0 != "\"" && $0 != "'" }
            let isName = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            return isName ? name : nil
        }
    }

    static func trim(_ text: some StringProtocol) -> Substring {
        var rest = Substring(text).drop(while: \.isWhitespace)
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return rest
    }
}
