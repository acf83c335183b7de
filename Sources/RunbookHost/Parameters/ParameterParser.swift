import RunbookLua

/// Turns `-p key=value` into typed values, or says what is wrong with them.
struct ParameterParser {
    let declarations: [ParameterDeclaration]
    let runbook: String
    let workingDirectory: String

    /// The values in the order of the declarations.
    ///
    /// - Throws: `RunbookError` with code `usage`.
    func parse(_ given: [(name: String, value: String)]) throws -> [(name: String, value: LuaValue)] {
        var values: [String: LuaValue] = [:]
        for (name, text) in given {
            guard let declaration = declarations.first(where: { $0.name == name }) else { throw unknown(name) }
            guard values[name] == nil else {
                throw RunbookError(.usage, "parameter `\(name)` is given twice")
            }
            values[name] = try value(text, declaration)
        }
        return try declarations.map { declaration in
            if let value = values[declaration.name] { return (declaration.name, value) }
            if declaration.isRequired {
                throw RunbookError(
                    .usage,
                    "parameter `\(declaration.name)` is missing\(declaration.help.isEmpty ? "" : ": " + declaration.help)",
                    remedy: "give it with -p \(declaration.name)=…; `runbook show \(runbook)` lists all")
            }
            return (declaration.name, declaration.fallback)
        }
    }

    private func unknown(_ name: String) -> RunbookError {
        let near = NearestName.of(name, among: declarations.map(\.name))
        let all = declarations.map { "`\($0.name)`" }.joined(separator: ", ")
        return RunbookError(
            .usage, "\(runbook) has no parameter `\(name)`" + (near.map { "; did you mean `\($0)`?" } ?? ""),
            remedy: declarations.isEmpty ? "it takes none" : "it takes \(all)")
    }

    func value(_ text: String, _ declaration: ParameterDeclaration) throws -> LuaValue {
        let value: LuaValue
        switch declaration.kind {
        case .string: value = .string(text)
        case .integer:
            guard let number = Int64(text) else { throw wrong(text, declaration, "is no whole number") }
            value = .integer(number)
        case .number:
            guard let number = Double(text), number.isFinite else { throw wrong(text, declaration, "is no number") }
            value = .number(number)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on", "1": value = .boolean(true)
            case "false", "no", "off", "0": value = .boolean(false)
            default: throw wrong(text, declaration, "is neither true nor false")
            }
        case .enum: value = .string(text)
        case .list:
            value = .list(
                text.isEmpty
                    ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
        case .path: value = .string(text.hasPrefix("/") || text.isEmpty ? text : workingDirectory + "/" + text)
        case .duration:
            guard DurationText.parse(text) != nil else {
                throw wrong(text, declaration, "is no duration such as 90s or 2m")
            }
            value = .string(text)
        case .size:
            guard SizeText.parse(text) != nil else {
                throw wrong(text, declaration, "is no size such as 500MB or 2GiB")
            }
            value = .string(text)
        }
        try check(value, declaration)
        return value
    }

    /// Checks a value against the declaration's bounds.
    func check(_ value: LuaValue, _ declaration: ParameterDeclaration) throws {
        let shown = Arguments.plain(value) ?? ""
        if declaration.kind == .enum, !declaration.values.contains(shown) {
            let near = NearestName.of(shown, among: declaration.values)
            throw wrong(
                shown, declaration,
                "is none of \(declaration.values.joined(separator: ", "))"
                    + (near.map { "; did you mean `\($0)`?" } ?? ""))
        }
        if let number = value.numberValue {
            if let minimum = declaration.minimum, number < minimum {
                throw wrong(shown, declaration, "is below \(Self.number(minimum)), the least value")
            }
            if let maximum = declaration.maximum, number > maximum {
                throw wrong(shown, declaration, "is above \(Self.number(maximum)), the greatest value")
            }
        }
        if let pattern = declaration.pattern, let text = value.stringValue {
            guard let expression = try? Regex(pattern) else {
                throw RunbookError(.usage, "parameter `\(declaration.name)`: `\(pattern)` is no regular expression")
            }
            if text.wholeMatch(of: expression) == nil {
                throw wrong(shown, declaration, "does not match \(pattern)")
            }
        }
    }

    private func wrong(_ text: String, _ declaration: ParameterDeclaration, _ complaint: String) -> RunbookError {
        RunbookError(
            .usage, "parameter `\(declaration.name)`: \"\(text)\" \(complaint)",
            remedy: "-p \(declaration.name)=… takes \(Self.wanted(declaration))"
                + (declaration.help.isEmpty ? "" : ": \(declaration.help)"))
    }

    private static func wanted(_ declaration: ParameterDeclaration) -> String {
        switch declaration.kind {
        case .string: declaration.pattern.map { "text that matches \($0)" } ?? "text"
        case .integer: "a whole number" + range(declaration)
        case .number: "a number" + range(declaration)
        case .boolean: "true or false"
        case .enum:
            declaration.values.dropLast().joined(separator: ", ")
                + (declaration.values.count > 1 ? " or " : "") + (declaration.values.last ?? "")
        case .list: "words with commas between them"
        case .path: "a path"
        case .duration: "a duration such as 90s or 2m"
        case .size: "a size such as 500MB or 2GiB"
        }
    }

    private static func range(_ declaration: ParameterDeclaration) -> String {
        switch (declaration.minimum, declaration.maximum) {
        case (let least?, let most?): " from \(number(least)) to \(number(most))"
        case (let least?, nil): " of at least \(number(least))"
        case (nil, let most?): " of at most \(number(most))"
        case (nil, nil): ""
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int64(value)) : String(value)
    }
}
