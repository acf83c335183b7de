/// A word of a shell script before its expansion.
struct ShellWord: Sendable, Equatable {
    /// A part of a word.
    enum Piece: Sendable, Equatable {
        case literal(String)
        /// `$NAME`, `${NAME}` or `${NAME:-default}`.
        case variable(String, fallback: String?)
        /// `$(…)`, or the same in backquotes.
        case command(String)
    }

    var pieces: [Piece] = []

    /// The word's text, when nothing in it is to be expanded.
    var plain: String? {
        var text = ""
        for piece in pieces {
            guard case .literal(let part) = piece else { return nil }
            text += part
        }
        return text
    }
}

/// Where a command's input or output goes instead.
struct ShellRedirection: Sendable, Equatable {
    /// What is done with the descriptor.
    enum Kind: Sendable, Equatable {
        case read
        case write
        case append
        case duplicate
    }

    let descriptor: Int
    let kind: Kind
    let target: ShellWord
}

/// A simple command.
struct ShellCommand: Sendable, Equatable {
    var words: [ShellWord] = []
    var redirections: [ShellRedirection] = []
}

/// Commands joined by pipes, and what joins them to the ones before.
struct ShellPipeline: Sendable, Equatable {
    /// When a pipeline is carried out.
    enum Condition: Sendable, Equatable {
        case always
        case afterSuccess
        case afterFailure
    }

    let condition: Condition
    var commands: [ShellCommand]
}

/// Reads scripts of simple commands: quotes, variables, substitutions, redirections, pipes, `;`, `&&`, `||`.
struct ShellParser {
    /// A construct that is not understood.
    struct Unsupported: Error {
        let construct: String
    }

    private static let keywords: Set<String> = [
        "while", "for", "until", "if", "case", "function", "trap", "exec", "{", "(", "select",
    ]

    private var rest: Substring.UnicodeScalarView
    private var word = ShellWord()
    private var isWord = false
    private var command = ShellCommand()
    private var pending: (descriptor: Int, kind: ShellRedirection.Kind)?
    private var condition = ShellPipeline.Condition.always
    private var commands: [ShellCommand] = []
    private var result: [ShellPipeline] = []

    /// The pipelines of a script.
    ///
    /// - Throws: `Unsupported` for loops, branches and other compound commands.
    static func parse(_ script: String) throws -> [ShellPipeline] {
        var parser = ShellParser(rest: script[...].unicodeScalars)
        try parser.run()
        return parser.result
    }

    private init(rest: Substring.UnicodeScalarView) { self.rest = rest }

    private mutating func run() throws {
        while let character = rest.popFirst() {
            switch character {
            case "'": literal(until: "'")
            case "\"": try quoted()
            case "\\":
                if let next = rest.popFirst(), next != "\n" { append(next) }
            case "$", "`": substitution(character)
            case " ", "\t", "\r": try endWord()
            case "#" where !isWord:
                while let next = rest.first, next != "\n" { rest.removeFirst() }
            case "<", ">": try redirection(character)
            case ";", "\n": try endPipeline(.always)
            case "&":
                if rest.first == "&" {
                    rest.removeFirst()
                    try endPipeline(.afterSuccess)
                } else {
                    try endPipeline(.always)
                }
            case "|":
                if rest.first == "|" {
                    rest.removeFirst()
                    try endPipeline(.afterFailure)
                } else {
                    try endCommand()
                }
            case "(" where !isWord: throw Unsupported(construct: "(")
            default: append(character)
            }
        }
        try endPipeline(.always)
    }

    private mutating func append(_ character: Unicode.Scalar) { append(.literal(String(character))) }

    private mutating func append(_ piece: ShellWord.Piece) {
        isWord = true
        if case .literal(let text) = piece, case .literal(let before) = word.pieces.last {
            word.pieces[word.pieces.count - 1] = .literal(before + text)
        } else {
            word.pieces.append(piece)
        }
    }

    private mutating func literal(until end: Unicode.Scalar) {
        append(.literal(take(until: end)))
    }

    private mutating func take(until end: Unicode.Scalar) -> String {
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst(), next != end { text.append(next) }
        return String(text)
    }

    private mutating func quoted() throws {
        append(.literal(""))
        while let character = rest.popFirst(), character != "\"" {
            switch character {
            case "\\":
                guard let next = rest.popFirst() else { return }
                if !["$", "`", "\"", "\\", "\n"].contains(next) { append("\\") }
                if next != "\n" { append(next) }
            case "$", "`": substitution(character)
            default: append(character)
            }
        }
    }

    private mutating func substitution(_ mark: Unicode.Scalar) {
        if mark == "`" {
            append(.command(take(until: "`")))
        } else if rest.first == "(" {
            rest.removeFirst()
            var depth = 1
            var text = String.UnicodeScalarView()
            while let next = rest.popFirst() {
                if next == "(" { depth += 1 }
                if next == ")" { depth -= 1 }
                if depth == 0 { break }
                text.append(next)
            }
            append(.command(String(text)))
        } else if rest.first == "{" {
            rest.removeFirst()
            let inner = take(until: "}")
            let end = inner.firstIndex { $0 == ":" || $0 == "-" } ?? inner.endIndex
            let fallback = inner[end...].drop { $0 == ":" || $0 == "-" }
            append(.variable(String(inner[..<end]), fallback: end == inner.endIndex ? nil : String(fallback)))
        } else if let first = rest.first, ["?", "$", "#", "@", "*", "0"].contains(first) {
            rest.removeFirst()
            append(.variable(String(first), fallback: nil))
        } else {
            var name = String.UnicodeScalarView()
            while let next = rest.first, next == "_" || next.properties.isAlphabetic || (48...57).contains(next.value) {
                name.append(next)
                rest.removeFirst()
            }
            append(name.isEmpty ? .literal("$") : .variable(String(name), fallback: nil))
        }
    }

    private mutating func redirection(_ mark: Unicode.Scalar) throws {
        var descriptor = mark == "<" ? 0 : 1
        if isWord, let text = word.plain, let number = Int(text) {
            descriptor = number
            word = ShellWord()
            isWord = false
        }
        try endWord()
        var kind: ShellRedirection.Kind = mark == "<" ? .read : .write
        if rest.first == mark {
            rest.removeFirst()
            if mark == "<" { throw Unsupported(construct: "<<") }
            kind = .append
        }
        if rest.first == "&" {
            rest.removeFirst()
            kind = .duplicate
        }
        pending = (descriptor, kind)
    }

    private mutating func endWord() throws {
        guard isWord else { return }
        if let (descriptor, kind) = pending {
            command.redirections.append(ShellRedirection(descriptor: descriptor, kind: kind, target: word))
            pending = nil
        } else {
            if command.words.isEmpty, let name = word.plain, Self.keywords.contains(name) {
                throw Unsupported(construct: name)
            }
            command.words.append(word)
        }
        word = ShellWord()
        isWord = false
    }

    private mutating func endCommand() throws {
        try endWord()
        if !command.words.isEmpty || !command.redirections.isEmpty { commands.append(command) }
        command = ShellCommand()
    }

    private mutating func endPipeline(_ next: ShellPipeline.Condition) throws {
        try endCommand()
        if !commands.isEmpty { result.append(ShellPipeline(condition: condition, commands: commands)) }
        // A line break after `&&` does not end what it joins.
        if !commands.isEmpty || next != .always { condition = next }
        commands = []
    }
}
