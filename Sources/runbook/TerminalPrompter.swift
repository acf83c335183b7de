import RunbookHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks the person at the terminal.
struct TerminalPrompter: Prompter {
    let options: RunOptions

    func ask(_ prompt: Prompt) async throws -> String {
        if prompt.kind == .confirm && options.assumesYes { return "yes" }
        guard options.isInteractive else {
            throw RunbookError(
                .declined, "\"\(prompt.text)\" needs a person to answer it",
                remedy: "run it on a terminal, or with --yes")
        }
        defer { if Task.isCancelled { Terminal.write("\n", to: 2) } }
        let answer = answer(to: prompt)
        try Task.checkCancellation()
        return answer
    }

    private func answer(to prompt: Prompt) -> String {
        switch prompt.kind {
        case .confirm: return Self.isYes(Self.line(prompt.text + " [y/N] ", hidden: false)) ? "yes" : "no"
        case .type, .line: return Self.line(prompt.text + " ", hidden: false) ?? ""
        case .hidden: return Self.line(prompt.text + " ", hidden: true) ?? ""
        case .choose(let choices):
            for (index, choice) in choices.enumerated() { Terminal.error("  \(index + 1)  \(choice)") }
            let answer = Self.line(prompt.text + " [1] ", hidden: false) ?? ""
            if let number = Int(answer), choices.indices.contains(number - 1) { return choices[number - 1] }
            return choices.contains(answer) ? answer : choices.first ?? ""
        }
    }

    private static func isYes(_ answer: String?) -> Bool {
        ["y", "yes"].contains(answer?.lowercased())
    }

    private static func line(_ question: String, hidden: Bool) -> String? {
        var saved = termios()
        let isTerminal = tcgetattr(0, &saved) == 0
        if hidden && isTerminal {
            // Before the question stands there: what is pasted at its sight must not be shown, nor be thrown away.
            var quiet = saved
            quiet.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(0, TCSADRAIN, &quiet)
        }
        Terminal.write(question, to: 2)
        defer {
            if hidden && isTerminal {
                tcsetattr(0, TCSADRAIN, &saved)
                Terminal.write("\n", to: 2)
            }
        }
        return TerminalLine.read()
    }
}

/// Answers nothing: for verbs that run no body.
struct NoPrompter: Prompter {
    func ask(_ prompt: Prompt) async throws -> String {
        throw RunbookError(.declined, "nobody is asked while only a header is read")
    }
}
