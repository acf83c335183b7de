/// Puts scripts together: commands, pipes, lists, groups, branches, loops, choices and functions.
struct ShellParser {
    private static let unsupported: Set<String> = ["function", "select", "coproc", "trap", "eval", "getopts", "[["]
    private static let closing: Set<String> = ["then", "elif", "else", "fi", "do", "done", "esac", "}", "in"]

    private var tokens: ArraySlice<ShellToken>

    /// The pipelines of a script.
    ///
    /// - Throws: `ShellUnsupported` for what is not followed, `ShellIncomplete` for a script that ends too soon.
    static func parse(_ script: String) throws -> [ShellPipeline] {
        var parser = ShellParser(tokens: try ShellLexer.tokens(script)[...])
        let result = try parser.list()
        if let token = parser.tokens.first { throw ShellUnsupported(construct: Self.text(token)) }
        return result
    }

    private init(tokens: ArraySlice<ShellToken>) { self.tokens = tokens }

    private static func text(_ token: ShellToken) -> String {
        switch token {
        case .word(let word): word.plain ?? "$"
        case .mark(let mark): mark == "\n" ? "line break" : mark
        case .redirection(_, let kind): kind == .read ? "<" : ">"
        }
    }

    // MARK: - Tokens

    /// The reserved word, or the mark, that comes next.
    private var next: String? {
        switch tokens.first {
        case .word(let word)?: word.bare
        case .mark(let mark)?: mark
        default: nil
        }
    }

    private var nextMark: String? {
        if case .mark(let mark)? = tokens.first { mark } else { nil }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard next == text else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func expect(_ text: String) throws {
        if skip(text) { return }
        guard let token = tokens.first else { throw ShellIncomplete(missing: text) }
        throw ShellUnsupported(construct: Self.text(token))
    }

    private mutating func skipSeparators() {
        while let mark = nextMark, mark == ";" || mark == "\n" { tokens.removeFirst() }
    }

    private mutating func skipLines() {
        while nextMark == "\n" { tokens.removeFirst() }
    }

    // MARK: - Lists

    /// Pipelines up to the end of the script or to a word that closes what holds them.
    private mutating func list() throws -> [ShellPipeline] {
        var result: [ShellPipeline] = []
        var condition = ShellPipeline.Condition.always
        while true {
            if condition == .always { skipSeparators() } else { skipLines() }
            guard let token = tokens.first else {
                if condition != .always { throw ShellIncomplete(missing: "command") }
                return result
            }
            if case .mark(let mark) = token, mark == ")" || mark == ";;" { return result }
            if let word = next, Self.closing.contains(word) { return result }
            result.append(try pipeline(condition))
            switch nextMark {
            case "&&"?: condition = .afterSuccess
            case "||"?: condition = .afterFailure
            case ";"?, "\n"?, "&"?: condition = .always
            default: return result
            }
            tokens.removeFirst()
        }
    }

    private mutating func pipeline(_ condition: ShellPipeline.Condition) throws -> ShellPipeline {
        var result = ShellPipeline(condition: condition, commands: [])
        while skip("!") { result.isNegated.toggle() }
        repeat {
            if !result.commands.isEmpty { skipLines() }
            result.commands.append(try command())
        } while skip("|")
        return result
    }

    private mutating func command() throws -> ShellCommand {
        guard let token = tokens.first else { throw ShellIncomplete(missing: "command") }
        var result = ShellCommand()
        if let compound = try compound() {
            result.compound = compound
            try redirections(of: &result)
            return result
        }
        while let token = tokens.first {
            if case .word(let word) = token {
                tokens.removeFirst()
                if result.words.isEmpty, let name = word.bare {
                    if Self.unsupported.contains(name) { throw ShellUnsupported(construct: name) }
                    if nextMark == "(" { return try function(name) }
                }
                result.words.append(word)
            } else if case .redirection = token {
                try redirections(of: &result)
            } else {
                break
            }
        }
        if result.words.isEmpty, result.redirections.isEmpty { throw ShellUnsupported(construct: Self.text(token)) }
        return result
    }

    private mutating func redirections(of command: inout ShellCommand) throws {
        while case .redirection(let descriptor, let kind)? = tokens.first {
            tokens.removeFirst()
            guard case .word(let target)? = tokens.popFirst() else { throw ShellIncomplete(missing: "file") }
            command.redirections.append(ShellRedirection(descriptor: descriptor, kind: kind, target: target))
        }
    }

    private mutating func function(_ name: String) throws -> ShellCommand {
        try expect("(")
        try expect(")")
        skipLines()
        return ShellCommand(compound: .function(name, try command()))
    }

    // MARK: - Commands that are made of others

    private mutating func compound() throws -> ShellCompound? {
        switch next {
        case "{"?:
            tokens.removeFirst()
            let body = try list()
            try expect("}")
            return .group(body)
        case "("?:
            tokens.removeFirst()
            let body = try list()
            try expect(")")
            return .subshell(body)
        case "if"?: return try branch()
        case "while"?, "until"?:
            let isUntil = next == "until"
            tokens.removeFirst()
            let condition = try list()
            return .loop(condition: condition, isUntil: isUntil, body: try body())
        case "for"?: return try each()
        case "case"?: return try choice()
        default: return nil
        }
    }

    private mutating func body() throws -> [ShellPipeline] {
        try expect("do")
        let body = try list()
        try expect("done")
        return body
    }

    private mutating func branch() throws -> ShellCompound {
        var branches: [ShellCompound.Branch] = []
        repeat {
            tokens.removeFirst()
            let condition = try list()
            try expect("then")
            branches.append(ShellCompound.Branch(condition: condition, body: try list()))
        } while next == "elif"
        let otherwise = skip("else") ? try list() : []
        try expect("fi")
        return .branch(branches, otherwise: otherwise)
    }

    private mutating func each() throws -> ShellCompound {
        tokens.removeFirst()
        guard case .word(let word)? = tokens.popFirst(), let name = word.bare else {
            throw ShellIncomplete(missing: "name")
        }
        skipLines()
        var words: [ShellWord] = []
        if skip("in") {
            while case .word(let word)? = tokens.first {
                words.append(word)
                tokens.removeFirst()
            }
        } else {
            words = [ShellWord(pieces: [.variable("@", nil, isQuoted: true)])]
        }
        skipSeparators()
        return .each(name, words, body: try body())
    }

    private mutating func choice() throws -> ShellCompound {
        tokens.removeFirst()
        guard case .word(let subject)? = tokens.popFirst() else { throw ShellIncomplete(missing: "word") }
        skipLines()
        try expect("in")
        var alternatives: [ShellCompound.Alternative] = []
        skipSeparators()
        while !skip("esac") {
            _ = skip("(")
            var patterns: [ShellWord] = []
            repeat {
                guard case .word(let pattern)? = tokens.popFirst() else { throw ShellIncomplete(missing: "esac") }
                patterns.append(pattern)
            } while skip("|")
            try expect(")")
            alternatives.append(ShellCompound.Alternative(patterns: patterns, body: try list()))
            if !skip(";;"), next != "esac" { try expect(";;") }
            skipSeparators()
        }
        return .choice(subject, alternatives)
    }
}
