import LuaSyntax

enum FormatArgumentsRule: Rule {
    static let description = RuleDescription(
        id: "format-arguments", severity: .error, summary: "A format has as many arguments as it asks for",
        rationale: """
            `string.format` raises an error when an argument is missing, often in a message about another failure.
            """,
        bad: """
            print(string.format("%s has %d pods", "todo"))
            """,
        good: """
            print(string.format("%s has %d pods", "todo", 3))
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.expressionIDs.compactMap { id in
            guard let (format, arguments) = parts(id, context), !isMultiple(arguments.last ?? format, chunk),
                let text = chunk.string(chunk.unwrapped(format))
            else { return nil }
            let wanted = directives(text)
            guard wanted != arguments.count else { return nil }
            return Violation(
                range: chunk[chunk.unwrapped(format)].range,
                message: "the format asks for \(wanted) values and is given \(arguments.count)",
                fix: wanted > arguments.count ? "add what is missing" : "remove what is not shown")
        }
    }

    private static func parts(_ id: ExpressionID, _ context: CheckContext) -> (ExpressionID, [ExpressionID])? {
        let chunk = context.chunk
        switch chunk[id].kind {
        case .call(_, let arguments):
            guard context.calledName(id) == "string.format", let format = arguments.first else { return nil }
            return (format, Array(arguments.dropFirst()))
        case .method(let object, let name, let arguments):
            return chunk.string(name) == "format" ? (object, arguments) : nil
        default: return nil
        }
    }

    private static func isMultiple(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        switch chunk[id].kind {
        case .call, .method, .vararg: true
        default: false
        }
    }

    /// The number of values that a format takes.
    private static func directives(_ text: String) -> Int {
        var count = 0
        var isOpen = false
        for byte in text.utf8 where byte == UInt8(ascii: "%") || isOpen {
            // `%%` closes the directive that its first sign opened.
            if isOpen, byte == UInt8(ascii: "%") { count -= 1 }
            if !isOpen { count += 1 }
            isOpen.toggle()
        }
        return count
    }
}
