import RunbookHost
import RunbookTerminal
import Synchronization

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
    /// The live view, which leaves the terminal to a question.
    let live: LiveRenderer?
    private let turns = Turnstile()

    init(options: RunOptions, live: LiveRenderer?) {
        self.options = options
        self.live = live
    }

    func ask(_ prompt: Prompt) async throws -> String {
        if prompt.kind == .confirm && options.assumesYes { return "yes" }
        guard options.isInteractive else {
            throw RunbookError(
                .declined, "\"\(prompt.text)\" needs a person to answer it",
                remedy: prompt.kind == .confirm ? "run it on a terminal, or with --yes" : "run it on a terminal")
        }
        // Branches ask one after the other.
        try await turns.enter()
        live?.pause()
        defer {
            if Task.isCancelled { Terminal.write("\n", to: 2) }
            live?.resume()
            turns.leave()
        }
        let answer = answer(to: prompt)
        try Task.checkCancellation()
        return answer
    }

    private func answer(to prompt: Prompt) -> String {
        let question = ScreenText.lines(prompt.text).joined(separator: "\n")
        switch prompt.kind {
        case .confirm: return Self.isYes(Self.line(question + " [y/N] ", hidden: false)) ? "yes" : "no"
        case .type, .line: return Self.line(question + " ", hidden: false) ?? ""
        case .hidden: return Self.line(question + " ", hidden: true) ?? ""
        case .choose(let choices):
            let width = String(choices.count).count
            for (index, choice) in choices.enumerated() {
                let number = String(index + 1).padding(toLeft: width)
                Terminal.error("  \(number)  \(ScreenText.line(choice))")
            }
            while let answer = Self.line(question + " [1] ", hidden: false), !answer.isEmpty {
                if let number = Int(answer), choices.indices.contains(number - 1) { return choices[number - 1] }
                if choices.contains(answer) { return answer }
                // What was mistyped must not count as the first.
                Terminal.error("  \(ScreenText.line(answer)) is none of them; give a number from 1 to \(choices.count)")
            }
            return choices.first ?? ""
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
        let answer = TerminalLine.read()
        // The end of input leaves the cursor behind the question.
        if answer == nil, !hidden, !Task.isCancelled { Terminal.write("\n", to: 2) }
        return answer
    }
}

/// Lets one at a time through.
private final class Turnstile: Sendable {
    private let isTaken = Atomic<Bool>(false)

    /// Waits for a turn.
    ///
    /// - Throws: `CancellationError`.
    func enter() async throws {
        while !isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func leave() { isTaken.store(false, ordering: .releasing) }
}

/// Answers nothing: for verbs that run no body.
struct NoPrompter: Prompter {
    func ask(_ prompt: Prompt) async throws -> String {
        throw RunbookError(.declined, "nobody is asked while only a header is read")
    }
}
