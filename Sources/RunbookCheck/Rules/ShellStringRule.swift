import LuaSyntax

enum ShellStringRule: Rule {
    static let description = RuleDescription(
        id: "shell-string", severity: .warning, summary: "No command line for a shell is put together from values",
        rationale: """
            A value with a space, a quote or a `;` changes what the shell runs. An argument list passes every value whole.
            """,
        bad: """
            local function show(path)
              return exec.run({ "sh", "-c", "cat " .. path }, { read = true })
            end
            return { show = show }
            """,
        good: """
            local function show(path)
              return exec.run({ "cat", path }, { read = true })
            end
            return { show = show }
            """)

    private static let shells: Set<String> = ["sh", "bash", "ash", "dash", "zsh", "ksh"]

    static func violations(in context: CheckContext) -> [Violation] {
        let chunk = context.chunk
        return chunk.expressions.compactMap { expression in
            guard case .table(let fields) = expression.kind else { return nil }
            let items = fields.filter { $0.key == nil }.map(\.value)
            guard let shellIndex = items.prefix(3).firstIndex(where: { isShell($0, chunk) }),
                shellIndex + 2 < items.count,
                let flag = chunk.string(items[shellIndex + 1]), flag.hasPrefix("-"), flag.hasSuffix("c")
            else { return nil }
            let script = items[shellIndex + 2]
            guard isAssembled(script, chunk) else { return nil }
            return Violation(
                range: chunk[script].range, message: "a command line for a shell is put together from values",
                fix:
                    "pass the values as arguments: `{ \"sh\", \"-c\", \"cat \\\"$1\\\"\", \"sh\", path }`, or leave the shell out"
            )
        }
    }

    private static func isShell(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        guard let name = chunk.string(id)?.split(separator: "/").last else { return false }
        return shells.contains(String(name))
    }

    /// Whether a text is joined or formatted from something other than literals.
    private static func isAssembled(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        switch chunk[id].kind {
        case .parenthesized(let content): return isAssembled(content, chunk)
        case .binary(.concat, let left, let right): return !isConstant(left, chunk) || !isConstant(right, chunk)
        case .method(_, let name, _): return chunk.string(name) == "format"
        case .call(let callee, _):
            guard case .index(_, let key, _) = chunk[callee].kind else { return false }
            return chunk.string(key) == "format"
        default: return false
        }
    }

    private static func isConstant(_ id: ExpressionID, _ chunk: Chunk) -> Bool {
        switch chunk[id].kind {
        case .string, .integer, .float: return true
        case .binary(.concat, let left, let right): return isConstant(left, chunk) && isConstant(right, chunk)
        case .local(let variable):
            let declaration = chunk[variable]
            guard declaration.writes.isEmpty, let value = declaration.initialValue else { return false }
            return chunk.string(value) != nil
        default: return false
        }
    }
}
