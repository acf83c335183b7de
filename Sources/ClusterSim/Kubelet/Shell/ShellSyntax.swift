/// A word of a shell script before its expansion.
struct ShellWord: Sendable, Equatable {
    /// What is done with a variable's value: `${NAME:-word}`, `${NAME%word}` and so on.
    struct Change: Sendable, Equatable {
        let mark: String
        let operand: String
    }

    /// A part of a word.
    enum Piece: Sendable, Equatable {
        /// Text that stands outside quotes, where `*` and `?` stand for names of files.
        case literal(String)
        case quoted(String)
        /// `$NAME`, `${NAME}` or `${NAME:-default}`.
        case variable(String, Change?, isQuoted: Bool)
        /// `$(…)`, or the same in backquotes.
        case command(String, isQuoted: Bool)
        /// `$((…))`.
        case arithmetic(String)
    }

    var pieces: [Piece] = []

    /// The word's text, when nothing in it is to be expanded.
    var plain: String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let part), .quoted(let part): text += part
            default: return nil
            }
        }
        return text
    }

    /// The text of a word that may be a reserved one: nothing of it is quoted.
    var bare: String? {
        if case .literal(let text)? = pieces.first, pieces.count == 1 { text } else { nil }
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

/// A simple command, or one that is made of others.
struct ShellCommand: Sendable, Equatable {
    var words: [ShellWord] = []
    var redirections: [ShellRedirection] = []
    var compound: ShellCompound?
}

/// A command that is made of others.
indirect enum ShellCompound: Sendable, Equatable {
    /// `{ …; }`
    case group([ShellPipeline])
    /// `( … )`
    case subshell([ShellPipeline])
    /// `if …; then …; elif …; then …; else …; fi`
    case branch([Branch], otherwise: [ShellPipeline])
    /// `while …; do …; done`, or `until`.
    case loop(condition: [ShellPipeline], isUntil: Bool, body: [ShellPipeline])
    /// `for NAME in …; do …; done`
    case each(String, [ShellWord], body: [ShellPipeline])
    /// `case … in …) …;; esac`
    case choice(ShellWord, [Alternative])
    /// `NAME() { …; }`
    case function(String, ShellCommand)

    /// A condition, and what is done when it holds.
    struct Branch: Sendable, Equatable {
        let condition: [ShellPipeline]
        let body: [ShellPipeline]
    }

    /// Patterns, and what is done when one of them fits.
    struct Alternative: Sendable, Equatable {
        let patterns: [ShellWord]
        let body: [ShellPipeline]
    }
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
    /// Whether a `!` turns its status round.
    var isNegated = false
    var commands: [ShellCommand]
}

/// What a script is made of, before it is put together.
enum ShellToken: Sendable, Equatable {
    case word(ShellWord)
    /// `;`, a line break, `&`, `&&`, `||`, `|`, `(`, `)` or `;;`.
    case mark(String)
    case redirection(descriptor: Int, kind: ShellRedirection.Kind)
}

/// Something that the simulated shell does not follow.
struct ShellUnsupported: Error {
    let construct: String
}

/// A script that ends before what it began is complete.
struct ShellIncomplete: Error {
    let missing: String
}

/// Takes a script apart into words and marks.
struct ShellLexer {
    private var rest: Substring.UnicodeScalarView
    private var word = ShellWord()
    private var isWord = false
    private var result: [ShellToken] = []

    /// - Throws: `ShellUnsupported`, `ShellIncomplete`.
    static func tokens(_ script: String) throws -> [ShellToken] {
        var lexer = ShellLexer(rest: script[...].unicodeScalars)
        try lexer.run()
        return lexer.result
    }

    private init(rest: Substring.UnicodeScalarView) { self.rest = rest }

    private mutating func run() throws {
        while let character = rest.popFirst() {
            switch character {
            case "'": append(.quoted(try take(until: "'")))
            case "\"": try quoted()
            case "\\":
                if let next = rest.popFirst(), next != "\n" { append(.quoted(String(next))) }
            case "$", "`": try substitution(character, isQuoted: false)
            case " ", "\t", "\r": endWord()
            case "#" where !isWord:
                while let next = rest.first, next != "\n" { rest.removeFirst() }
            case "<", ">": try redirection(character)
            case ";", "&", "|":
                var mark = String(character)
                if rest.first == character {
                    rest.removeFirst()
                    mark += mark
                }
                end(mark)
            case "\n", "(", ")": end(String(character))
            default: append(.literal(String(character)))
            }
        }
        endWord()
    }

    private mutating func end(_ mark: String) {
        endWord()
        result.append(.mark(mark))
    }

    private mutating func endWord() {
        guard isWord else { return }
        result.append(.word(word))
        word = ShellWord()
        isWord = false
    }

    private mutating func append(_ piece: ShellWord.Piece) {
        isWord = true
        switch (piece, word.pieces.last) {
        case (.literal(let text), .literal(let before)?):
            word.pieces[word.pieces.count - 1] = .literal(before + text)
        case (.quoted(let text), .quoted(let before)?):
            word.pieces[word.pieces.count - 1] = .quoted(before + text)
        default: word.pieces.append(piece)
        }
    }

    private mutating func take(until end: Unicode.Scalar) throws -> String {
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == end { return String(text) }
            text.append(next)
        }
        throw ShellIncomplete(missing: String(end))
    }

    private mutating func quoted() throws {
        append(.quoted(""))
        while let character = rest.popFirst() {
            switch character {
            case "\"": return
            case "\\":
                guard let next = rest.popFirst() else { throw ShellIncomplete(missing: "\"") }
                if !["$", "`", "\"", "\\", "\n"].contains(next) { append(.quoted("\\")) }
                if next != "\n" { append(.quoted(String(next))) }
            case "$", "`": try substitution(character, isQuoted: true)
            default: append(.quoted(String(character)))
            }
        }
        throw ShellIncomplete(missing: "\"")
    }

    private mutating func substitution(_ mark: Unicode.Scalar, isQuoted: Bool) throws {
        if mark == "`" {
            append(.command(try take(until: "`"), isQuoted: isQuoted))
        } else if rest.first == "(" {
            rest.removeFirst()
            let text = try enclosed()
            if text.hasPrefix("("), text.hasSuffix(")") {
                append(.arithmetic(String(text.dropFirst().dropLast())))
            } else {
                append(.command(text, isQuoted: isQuoted))
            }
        } else if rest.first == "{" {
            rest.removeFirst()
            append(try braced(try take(until: "}"), isQuoted: isQuoted))
        } else if let first = rest.first,
            ["?", "$", "#", "@", "*", "!"].contains(first) || (48...57).contains(first.value)
        {
            rest.removeFirst()
            append(.variable(String(first), nil, isQuoted: isQuoted))
        } else {
            var name = String.UnicodeScalarView()
            while let next = rest.first, next == "_" || next.properties.isAlphabetic || (48...57).contains(next.value) {
                name.append(next)
                rest.removeFirst()
            }
            let text = String(name)
            append(text.isEmpty ? (isQuoted ? .quoted("$") : .literal("$")) : .variable(text, nil, isQuoted: isQuoted))
        }
    }

    /// The text up to the parenthesis that closes the one before it.
    private mutating func enclosed() throws -> String {
        var depth = 1
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == "(" { depth += 1 }
            if next == ")" { depth -= 1 }
            if depth == 0 { return String(text) }
            text.append(next)
        }
        throw ShellIncomplete(missing: ")")
    }

    private func braced(_ inner: String, isQuoted: Bool) throws -> ShellWord.Piece {
        if inner.hasPrefix("#"), inner.count > 1 {
            return .variable(
                String(inner.dropFirst()), ShellWord.Change(mark: "#length", operand: ""), isQuoted: isQuoted)
        }
        let name = inner.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = inner.dropFirst(name.count)
        if rest.isEmpty { return .variable(String(name), nil, isQuoted: isQuoted) }
        for mark in [":-", ":=", ":+", ":?", "##", "%%", "-", "=", "+", "?", "#", "%"] where rest.hasPrefix(mark) {
            let operand = String(rest.dropFirst(mark.count))
            return .variable(String(name), ShellWord.Change(mark: mark, operand: operand), isQuoted: isQuoted)
        }
        throw ShellUnsupported(construct: "${\(inner)}")
    }

    private mutating func redirection(_ mark: Unicode.Scalar) throws {
        var descriptor = mark == "<" ? 0 : 1
        if isWord, let number = word.bare.flatMap({ Int($0) }) {
            descriptor = number
            word = ShellWord()
            isWord = false
        }
        endWord()
        var kind: ShellRedirection.Kind = mark == "<" ? .read : .write
        if rest.first == mark {
            rest.removeFirst()
            if mark == "<" { throw ShellUnsupported(construct: "<<") }
            kind = .append
        }
        if rest.first == "&" {
            rest.removeFirst()
            kind = .duplicate
        }
        result.append(.redirection(descriptor: descriptor, kind: kind))
    }
}
