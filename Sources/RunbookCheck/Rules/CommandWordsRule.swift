import LuaSyntax

enum CommandWordsRule: Rule {
    static let description = RuleDescription(
        id: "command-words", severity: .error, summary: "Every word of a command is an item of its list",
        rationale: """
            No shell takes the text apart: a program whose name is the whole line is looked for, and not found.
            """,
        bad: """
            local result = exec.run({ "kubectl get pods" }, { read = true })
            print(result.stdout)
            """,
        good: """
            local result = exec.run({ "kubectl", "get", "pods" }, { read = true })
            print(result.stdout)
            """)

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return context.calls.flatMap { call -> [Violation] in
            lists(of: call, chunk).compactMap { list in
                guard case .table(let items) = chunk[list].kind, let first = items.first, first.key == nil,
                    let text = chunk.string(first.value), isLine(text)
                else { return nil }
                return Violation(
                    range: chunk[first.value].range, message: "`\(call.name)`: the program is the first item alone",
                    fix: "write \(Self.list(text, isOpen: items.count > 1))")
            }
        }
    }

    /// The arguments of a call that are commands.
    private static func lists(of call: APICall, _ chunk: Chunk) -> [ExpressionID] {
        switch call.function.style {
        case .positional:
            return call.function.parameters.first?.name == "argv" ? call.arguments.prefix(1).map { $0 } : []
        case .options:
            guard call.function.parameters.contains(where: { $0.name == "command" && $0.type == .list(.string) }),
                let options = call.arguments.first
            else { return [] }
            return Header.named(options, chunk)["command"].map { [$0] } ?? []
        }
    }

    // A path may have blanks, a name of a program has none.
    private static func isLine(_ text: String) -> Bool {
        text.contains(" ") && !text.prefix { $0 != " " }.contains("/")
    }

    /// A command line as a list; one with quotes is left to the reader.
    static func list(_ text: String, isOpen: Bool = false) -> String {
        guard !text.contains(where: { "\"'\\|<>&;$`".contains($0) }) else {
            return "`{ \"…\", \"…\" }`, a word an item"
        }
        let words = text.split(separator: " ").map { "\"\($0)\"" } + (isOpen ? ["…"] : [])
        return "`{ \(words.joined(separator: ", ")) }`"
    }
}
