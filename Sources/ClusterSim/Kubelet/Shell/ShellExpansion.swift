/// Words of a script become arguments: variables, substitutions, arithmetic, blanks, names of files.
extension ContainerShell {
    /// A part of a word after its expansion.
    private struct Part {
        var text: String
        let isQuoted: Bool
        /// Whether blanks in it part arguments.
        var isSplit = false
    }

    /// The arguments that a word stands for.
    mutating func expand(_ word: ShellWord) -> [String] {
        if word.pieces.count == 1, case .variable(let name, nil, let isQuoted)? = word.pieces.first,
            name == "@" || (name == "*" && !isQuoted)
        {
            return Array(parameters.dropFirst())
        }
        var fields: [[Part]] = [[]]
        for part in word.pieces.map({ expand($0) }) {
            guard part.isSplit else {
                fields[fields.count - 1].append(part)
                continue
            }
            let text = part.text
            let pieces = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" }).map(String.init)
            if let first = text.first, " \t\n".contains(first), !(fields.last ?? []).isEmpty { fields.append([]) }
            for (index, piece) in pieces.enumerated() {
                if index > 0 { fields.append([]) }
                fields[fields.count - 1].append(Part(text: piece, isQuoted: false))
            }
            if let last = text.last, " \t\n".contains(last), !pieces.isEmpty { fields.append([]) }
        }
        return fields.filter { parts in parts.contains { $0.isQuoted || !$0.text.isEmpty } }.flatMap { names($0) }
    }

    /// The pattern that a word of a `case` is: what is quoted in it stands for itself.
    mutating func pattern(_ word: ShellWord) -> [ShellPattern.Element] {
        word.pieces.map { expand($0) }.flatMap { part -> [ShellPattern.Element] in
            part.isQuoted ? part.text.map { .character($0) } : ShellPattern.elements(part.text)
        }
    }

    /// The names of files that a pattern stands for; the text itself when it is none or fits none.
    private func names(_ parts: [Part]) -> [String] {
        let text = parts.map(\.text).joined()
        guard parts.contains(where: { !$0.isQuoted && $0.text.contains { "*?[".contains($0) } }) else { return [text] }
        let elements = parts.flatMap { $0.isQuoted ? $0.text.map { .character($0) } : ShellPattern.elements($0.text) }
        let isAbsolute = text.hasPrefix("/")
        let pattern = ShellPattern(elements)
        let known = Set(contents.files.keys).union(contents.folders)
        let prefix = directory == "/" ? "/" : directory + "/"
        let found = known.compactMap { path -> String? in
            if isAbsolute { return path }
            return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
        }.filter { !$0.isEmpty && $0.count { $0 == "/" } == text.count { $0 == "/" } && pattern.matches($0) }
        return found.isEmpty ? [text] : found.filter { !$0.hasPrefix(".") }.sorted()
    }

    private mutating func expand(_ piece: ShellWord.Piece) -> Part {
        switch piece {
        case .literal(let text): return Part(text: text, isQuoted: false)
        case .quoted(let text): return Part(text: text, isQuoted: true)
        case .variable(let name, let change, let isQuoted):
            return Part(text: value(name, change), isQuoted: isQuoted, isSplit: !isQuoted)
        case .command(let script, let isQuoted):
            var inner = self
            let output = inner.script(script, input: input)
            status = inner.status
            contents.files = inner.contents.files
            var made = String(decoding: output.out, as: UTF8.self)
            while made.hasSuffix("\n") { made.removeLast() }
            return Part(text: made, isQuoted: isQuoted, isSplit: !isQuoted)
        case .arithmetic(let text):
            var calculation = ShellArithmetic(text) { [contents] in Int(contents.environment[$0] ?? "") ?? 0 }
            return Part(text: String(calculation.value()), isQuoted: true)
        }
    }

    private func plain(_ name: String) -> String? {
        switch name {
        case "?": return String(status)
        case "$": return "7"
        case "#": return String(parameters.count - 1)
        case "!": return ""
        case "@", "*": return parameters.dropFirst().joined(separator: " ")
        default:
            if let index = Int(name) { return parameters.indices.contains(index) ? parameters[index] : nil }
            return contents.environment[name]
        }
    }

    private mutating func value(_ name: String, _ change: ShellWord.Change?) -> String {
        let known = plain(name)
        guard let change else { return known ?? "" }
        let isThere = change.mark.hasPrefix(":") ? known?.isEmpty == false : known != nil
        func operand() -> String {
            let script = "\"\(change.operand.replacing("\"", with: ""))\""
            guard case .word(let word)? = try? ShellLexer.tokens(script).first else { return change.operand }
            var inner = self
            return inner.expand(word).first ?? ""
        }
        switch change.mark {
        case "#length": return String((known ?? "").count)
        case ":-", "-": return isThere ? known ?? "" : operand()
        case ":=", "=":
            if isThere { return known ?? "" }
            let value = operand()
            contents.environment[name] = value
            return value
        case ":+", "+": return isThere ? operand() : ""
        case ":?", "?":
            if isThere { return known ?? "" }
            exit(2)
            return ""
        case "%", "%%", "#", "##":
            return ShellPattern(ShellPattern.elements(operand())).trimmed(
                from: known ?? "", atEnd: change.mark.hasPrefix("%"), longest: change.mark.count == 2)
        default: return known ?? ""
        }
    }
}

/// A pattern of a shell: `*`, `?` and `[…]`.
struct ShellPattern {
    /// A part of a pattern.
    enum Element: Equatable {
        case character(Character)
        case any
        case all
        case oneOf(Set<Character>, isNegated: Bool)
    }

    private let elements: [Element]

    init(_ elements: [Element]) { self.elements = elements }

    /// The parts of an unquoted text.
    static func elements(_ text: String) -> [Element] {
        var result: [Element] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "*": result.append(.all)
            case "?": result.append(.any)
            case "[":
                guard let end = rest.dropFirst().firstIndex(of: "]") else {
                    result.append(.character("["))
                    continue
                }
                var inner = rest[..<end]
                rest = rest[rest.index(after: end)...]
                let isNegated = inner.first == "!" || inner.first == "^"
                if isNegated { inner.removeFirst() }
                result.append(.oneOf(set(Array(inner)), isNegated: isNegated))
            default: result.append(.character(character))
            }
        }
        return result
    }

    private static func set(_ characters: [Character]) -> Set<Character> {
        var result: Set<Character> = []
        for (index, character) in characters.enumerated() {
            if character == "-", index > 0, index + 1 < characters.count,
                let low = characters[index - 1].asciiValue, let high = characters[index + 1].asciiValue, low <= high
            {
                for value in low...high { result.insert(Character(UnicodeScalar(value))) }
            } else {
                result.insert(character)
            }
        }
        return result
    }

    /// Whether the pattern fits a whole text.
    func matches(_ text: String) -> Bool { matches(Array(text)[...], elements[...]) }

    private func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Element>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == .all { return (text.startIndex...text.endIndex).contains { matches(text[$0...], rest) } }
        guard let character = text.first else { return false }
        let fits =
            switch first {
            case .character(let wanted): wanted == character
            case .oneOf(let set, let isNegated): set.contains(character) != isNegated
            case .any, .all: true
            }
        return fits && matches(text.dropFirst(), rest)
    }

    /// A text without the part that fits the pattern at one end.
    func trimmed(from text: String, atEnd: Bool, longest: Bool) -> String {
        let places = Array(text.indices) + [text.endIndex]
        let ordered = atEnd != longest ? places.reversed() : places
        for place in ordered {
            let part = atEnd ? text[place...] : text[..<place]
            if matches(String(part)) { return String(atEnd ? text[..<place] : text[place...]) }
        }
        return text
    }
}

/// Whole numbers in `$((…))`.
struct ShellArithmetic {
    private var rest: Substring
    private let variable: (String) -> Int

    private static let levels = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"]]

    init(_ text: String, variable: @escaping (String) -> Int) {
        rest = text[...]
        self.variable = variable
    }

    /// The value; what cannot be read counts as 0.
    mutating func value() -> Int { value(level: 0) }

    private mutating func skipBlanks() { rest = rest.drop { $0.isWhitespace } }

    private mutating func value(level: Int) -> Int {
        guard level < Self.levels.count else { return operand() }
        var left = value(level: level + 1)
        while true {
            skipBlanks()
            guard let mark = Self.levels[level].first(where: { rest.hasPrefix($0) }) else { return left }
            rest = rest.dropFirst(mark.count)
            let right = value(level: level + 1)
            switch mark {
            case "+": left &+= right
            case "-": left &-= right
            case "*": left &*= right
            case "/": left = right == 0 ? 0 : left / right
            case "%": left = right == 0 ? 0 : left % right
            case "==": left = left == right ? 1 : 0
            case "!=": left = left != right ? 1 : 0
            case "<": left = left < right ? 1 : 0
            case ">": left = left > right ? 1 : 0
            case "<=": left = left <= right ? 1 : 0
            case ">=": left = left >= right ? 1 : 0
            case "&&": left = left != 0 && right != 0 ? 1 : 0
            default: left = left != 0 || right != 0 ? 1 : 0
            }
        }
    }

    private mutating func operand() -> Int {
        skipBlanks()
        guard let first = rest.first else { return 0 }
        if first == "(" {
            rest.removeFirst()
            let inner = value(level: 0)
            skipBlanks()
            if rest.first == ")" { rest.removeFirst() }
            return inner
        }
        if first == "-" || first == "!" {
            rest.removeFirst()
            let inner = operand()
            return first == "-" ? -inner : inner == 0 ? 1 : 0
        }
        let word = rest.drop { $0 == "$" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.drop { $0 == "$" }.dropFirst(word.count)
        if word.isEmpty {
            rest = ""
            return 0
        }
        return Int(word) ?? variable(String(word))
    }
}
