/// The commands that change the shell itself.
extension ContainerShell {
    /// Runs a built-in command; nil for every other.
    mutating func builtIn(_ words: [String]) -> CommandOutput? {
        let arguments = Array(words.dropFirst())
        switch words[0] {
        case "exit":
            exit(arguments.first.flatMap { Int($0) }.map { $0 & 255 } ?? status)
            return CommandOutput(status: status)
        case "return":
            leaving = .function
            return CommandOutput(status: arguments.first.flatMap { Int($0) }.map { $0 & 255 } ?? status)
        case "break", "continue":
            let count = max(1, arguments.first.flatMap { Int($0) } ?? 1)
            leaving = words[0] == "break" ? .loop(count) : .round(count)
            return CommandOutput()
        case "set":
            for flag in arguments where flag.hasPrefix("-") || flag.hasPrefix("+") {
                if flag.dropFirst().contains("e") { endsOnFailure = flag.hasPrefix("-") }
            }
            return CommandOutput()
        case "umask", "wait", "ulimit", "hash": return CommandOutput()
        case "export", "local", "readonly":
            for argument in arguments {
                if let (variable, value) = argument.split(around: "=") { contents.environment[variable] = value }
            }
            return CommandOutput()
        case "unset":
            for argument in arguments {
                contents.environment[argument] = nil
                functions[argument] = nil
            }
            return CommandOutput()
        case "shift":
            let count = arguments.first.flatMap { Int($0) } ?? 1
            guard count >= 0, count < parameters.count else { return CommandOutput(status: 1) }
            parameters.removeSubrange(1..<(1 + count))
            return CommandOutput()
        case "cd":
            let path = absolute(arguments.first { !$0.hasPrefix("-") } ?? "/root")
            guard contents.isFolder(path) else { return .failed("sh: cd: can't cd to \(arguments.first ?? "")") }
            directory = path
            return CommandOutput()
        case "read": return readLine(into: arguments.filter { !$0.hasPrefix("-") })
        case "exec" where !arguments.isEmpty:
            let output = perform(arguments, input: input) ?? .failed("sh: exec: \(arguments[0]): not found", 127)
            exit(output.status)
            return output
        case "exec": return CommandOutput()
        case ".", "source":
            let path = absolute(arguments.first ?? "")
            guard let file = contents.files[path] else {
                return .failed("sh: .: can't open '\(arguments.first ?? "")'", 2)
            }
            return script(String(decoding: file, as: UTF8.self), input: input)
        default: return nil
        }
    }

    private mutating func readLine(into names: [String]) -> CommandOutput {
        guard !input.isEmpty else { return CommandOutput(status: 1) }
        let line = input.prefix { $0 != 0x0A }
        let isWhole = line.count < input.count
        input = Array(input.dropFirst(line.count + 1))
        var rest = String(decoding: line, as: UTF8.self).trimmingBlanks()
        for (index, name) in (names.isEmpty ? ["REPLY"] : names).enumerated() {
            if index >= names.count - 1 {
                contents.environment[name] = rest
            } else {
                let word = rest.prefix { !$0.isWhitespace }
                contents.environment[name] = String(word)
                rest = String(rest.dropFirst(word.count)).trimmingBlanks()
            }
        }
        return CommandOutput(status: isWhole ? 0 : 1)
    }
}
