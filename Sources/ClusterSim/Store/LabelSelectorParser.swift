/// Reads a label selector as the server does, with the server's words for what is wrong.
struct LabelSelectorParser {
    private enum Token: Equatable {
        case word(String)
        case sign(String)
        case end

        var text: String {
            switch self {
            case .word(let text), .sign(let text): text
            case .end: ""
            }
        }
    }

    private var tokens: [Token]
    private var place = 0

    init(_ text: String) { tokens = Self.tokens(of: text) }

    private static func tokens(of text: String) -> [Token] {
        var result: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
            } else if "=!(),><".contains(first) {
                let sign = ["==", "!="].first(where: rest.hasPrefix) ?? String(first)
                result.append(.sign(sign))
                rest = rest.dropFirst(sign.count)
            } else {
                let word = rest.prefix { !$0.isWhitespace && !"=!(),><".contains($0) }
                result.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return result + [.end]
    }

    private var next: Token { tokens[min(place, tokens.count - 1)] }

    private mutating func take() -> Token {
        defer { place += 1 }
        return next
    }

    private var isName: Bool {
        if case .word = next { return true }
        return next == .sign("!")
    }

    /// The requirements of the selector.
    ///
    /// - Throws: `APIError` 400 when the text is no selector.
    mutating func requirements() throws -> [LabelSelector.Test] {
        var result: [LabelSelector.Test] = []
        while next != .end {
            guard isName else {
                throw APIError.badRequest("found '\(next.text)', expected: !, identifier, or 'end of string'")
            }
            result.append(try requirement())
            let separator = take()
            if separator == .end { break }
            guard separator == .sign(",") else {
                throw APIError.badRequest("found '\(separator.text)', expected: ',' or 'end of string'")
            }
            guard isName else { throw APIError.badRequest("found '\(next.text)', expected: identifier after ','") }
        }
        return result
    }

    private func wrong(_ reason: String) -> APIError { .badRequest("unable to parse requirement: \(reason)") }

    private mutating func requirement() throws -> LabelSelector.Test {
        let isAbsent = next == .sign("!")
        if isAbsent { _ = take() }
        let first = take()
        guard case .word(let key) = first else { throw wrong("found '\(first.text)', expected: identifier") }
        if let problem = Formats.qualifiedName(key).first {
            throw wrong(FieldError.invalid("key", .string(key), problem).text)
        }
        if isAbsent { return .isAbsent(key) }
        if next == .end || next == .sign(",") { return .exists(key) }
        let sign = take()
        switch sign.text {
        case "in", "notin":
            let values = try list()
            if values.isEmpty {
                throw wrong("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")
            }
            try check(values, key)
            return sign.text == "in" ? .isIn(key, values) : .isNotIn(key, values)
        case "=", "==", "!=":
            let value = try self.value()
            try check([value], key)
            return sign.text == "!=" ? .isNotIn(key, [value]) : .isIn(key, [value])
        case ">", "<", "gt", "lt":
            let text = try value()
            guard let bound = Int(text) else {
                throw wrong(
                    FieldError.invalid(
                        "values[0]", .string(text), "for 'Gt', 'Lt' operators, the value must be an integer"
                    ).text)
            }
            return sign.text == ">" || sign.text == "gt" ? .isGreater(key, bound) : .isLess(key, bound)
        default: throw wrong("found '\(sign.text)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private func check(_ values: Set<String>, _ key: String) throws {
        for (index, value) in values.sorted().enumerated() {
            if let problem = Formats.labelValue(value).first {
                throw wrong(FieldError.invalid("values[\(index)][\(key)]", .string(value), problem).text)
            }
        }
    }

    private mutating func value() throws -> String {
        if next == .end || next == .sign(",") { return "" }
        let token = take()
        guard case .word(let text) = token else { throw wrong("found '\(token.text)', expected: identifier") }
        return text
    }

    private mutating func list() throws -> Set<String> {
        let opening = take()
        guard opening == .sign("(") else { throw wrong("found '\(opening.text)' expected: '('") }
        var values: Set<String> = []
        while true {
            let token = take()
            switch token {
            case .word(let text):
                values.insert(text)
                if next == .sign(",") || next == .sign(")") { continue }
                throw wrong("found '\(next.text)', expected: ',' or ')'")
            case .sign(","):
                // Two commas stand for an empty value.
                if next == .sign(",") || next == .sign(")") { values.insert("") }
            case .sign(")"): return values
            default: throw wrong("found '\(token.text)', expected: ',', ')' or identifier")
            }
        }
    }
}
