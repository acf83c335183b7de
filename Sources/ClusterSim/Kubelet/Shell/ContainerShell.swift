/// Runs the commands that clients send into a container: a shell and the small programs of busybox.
struct ContainerShell {
    /// A program that no container of the simulator has.
    struct NotFound: Error {
        let name: String
    }

    static let shells: Set<String> = ["sh", "bash", "ash", "dash"]
    /// How many rounds a loop may take: what it waits for cannot come while it runs.
    static let rounds = 10_000

    /// What leaves a loop or a function before its end.
    enum Leaving: Equatable {
        case loop(Int)
        case round(Int)
        case function
    }

    var contents: ContainerContents
    /// The working directory.
    var directory = "/"
    var status = 0
    /// `$0` and what follows.
    var parameters = ["sh"]
    var functions: [String: ShellCommand] = [:]
    /// Whether a failing command ends the script (`set -e`).
    var endsOnFailure = false
    var leaving: Leaving?
    /// What the commands read that ask for input.
    var input: [UInt8] = []
    private(set) var hasExited = false
    /// Whether something was asked for that the simulator does not have or does not follow.
    var isLost = false
    private var depth = 0
    /// Whether the status of what runs decides something, so that a failure is none.
    private var isAsked = false

    init(_ contents: ContainerContents) { self.contents = contents }

    /// Runs a program with its arguments, as `kubectl exec` asks for it.
    ///
    /// - Throws: `NotFound` when the container has no such program.
    mutating func run(_ argv: [String], input: [UInt8] = []) throws -> CommandOutput {
        guard let output = perform(argv, input: input) else { throw NotFound(name: argv.first ?? "") }
        return output
    }

    /// Whether a command is a shell that is to read what it does.
    static func isShell(_ argv: [String]) -> Bool {
        argv.count == 1 && shells.contains(argv[0].split(separator: "/").last.map(String.init) ?? "")
    }

    /// Whether a program reads what the client sends; nothing is waited for where it does not.
    static func readsInput(_ argv: [String]) -> Bool {
        guard let name = argv.first?.split(separator: "/").last.map(String.init) else { return false }
        let operands = argv.dropFirst().filter { !$0.hasPrefix("-") || $0 == "-" }
        switch name {
        case "cat", "wc", "head", "tail", "sort", "uniq", "base64", "md5sum", "sha256sum":
            return operands.isEmpty || operands.contains("-")
        case "tee", "read", "tr", "cut": return true
        case "grep": return operands.count < 2
        case "tar": return argv.dropFirst().first?.contains("x") == true
        case _ where shells.contains(name):
            guard let flag = argv.firstIndex(where: { $0.hasPrefix("-") && $0.contains("c") }), flag + 1 < argv.count
            else { return argv.count == 1 || operands.isEmpty }
            return ((try? ShellParser.parse(argv[flag + 1])) ?? []).contains(where: readsInput)
        case "env": return operands.contains { !$0.contains("=") } && readsInput(Array(argv.dropFirst()))
        default: return false
        }
    }

    private static func readsInput(_ pipeline: ShellPipeline) -> Bool {
        guard let first = pipeline.commands.first, !first.redirections.contains(where: { $0.kind == .read }) else {
            return false
        }
        switch first.compound {
        case nil: return readsInput(first.words.compactMap(\.plain))
        case .group(let body)?, .subshell(let body)?: return body.contains(where: readsInput)
        case .branch(let branches, let otherwise)?:
            return (branches.flatMap { $0.condition + $0.body } + otherwise).contains(where: readsInput)
        case .loop(let condition, _, let body)?: return (condition + body).contains(where: readsInput)
        case .each(_, _, let body)?: return body.contains(where: readsInput)
        case .choice(_, let alternatives)?: return alternatives.flatMap(\.body).contains(where: readsInput)
        case .function?: return false
        }
    }

    // MARK: - Scripts

    /// What is said of a script that is not followed: 2, as a real shell ends with a syntax error.
    static func notUnderstood(_ construct: String) -> CommandOutput {
        .failed(
            "sim: not understood: \"\(construct)\" (the simulator runs no image, and its shell follows simple scripts)",
            2)
    }

    /// Runs a script.
    mutating func script(_ text: String, input: [UInt8] = []) -> CommandOutput {
        do {
            let pipelines = try ShellParser.parse(text)
            self.input = input
            return run(pipelines)
        } catch let error as ShellIncomplete {
            status = 2
            return .failed("sh: syntax error: unexpected end of file (expecting \"\(error.missing)\")", 2)
        } catch {
            status = 2
            isLost = true
            return Self.notUnderstood((error as? ShellUnsupported)?.construct ?? text)
        }
    }

    /// Whether a script ends before what it began is complete, so that a person goes on typing it.
    func isIncomplete(_ text: String) -> Bool {
        do { _ = try ShellParser.parse(text) } catch is ShellIncomplete { return true } catch {}
        return false
    }

    /// Runs a list of pipelines.
    mutating func run(_ list: [ShellPipeline]) -> CommandOutput {
        guard depth < 64 else { return .failed("sh: too deep", 2) }
        depth += 1
        defer { depth -= 1 }
        var output = CommandOutput()
        for (index, pipeline) in list.enumerated() {
            if hasExited || leaving != nil { break }
            if pipeline.condition == .afterSuccess, status != 0 { continue }
            if pipeline.condition == .afterFailure, status == 0 { continue }
            let isJoined = index + 1 < list.count && list[index + 1].condition != .always
            output.add(run(pipeline, isJoined: isJoined))
        }
        output.status = status
        return output
    }

    /// Runs what decides a branch or a loop.
    private mutating func holds(_ condition: [ShellPipeline], _ output: inout CommandOutput) -> Bool {
        let before = isAsked
        isAsked = true
        output.add(run(condition))
        isAsked = before
        return status == 0
    }

    private mutating func run(_ pipeline: ShellPipeline, isJoined: Bool) -> CommandOutput {
        let before = isAsked
        isAsked = isAsked || isJoined || pipeline.isNegated
        var total = CommandOutput()
        let outer = input
        for (index, command) in pipeline.commands.enumerated() {
            var output = run(command)
            if index < pipeline.commands.count - 1 {
                input = output.out
                output.out = []
            }
            total.add(output)
        }
        // What a pipe carried is used up; what came from outside is read on by the commands that follow.
        if pipeline.commands.count > 1 { input = outer }
        isAsked = before
        if pipeline.isNegated { status = status == 0 ? 1 : 0 }
        if endsOnFailure, !isAsked, !isJoined, !pipeline.isNegated, status != 0 { hasExited = true }
        return total
    }

    private mutating func run(_ command: ShellCommand) -> CommandOutput {
        let outer = input
        var isRedirected = false
        for redirection in command.redirections where redirection.kind == .read {
            let path = absolute(expand(redirection.target).first ?? "")
            guard path == "/dev/null" || contents.files[path] != nil else {
                status = 1
                return .failed("sh: can't open \(path): no such file")
            }
            input = contents.files[path] ?? []
            isRedirected = true
        }
        var output: CommandOutput
        if let compound = command.compound {
            output = run(compound)
        } else {
            output = simple(command)
            status = output.status
        }
        if isRedirected { input = outer }
        redirect(&output, command.redirections)
        return output
    }

    private mutating func simple(_ command: ShellCommand) -> CommandOutput {
        var words = command.words.flatMap { expand($0) }
        var settings: [(String, String)] = []
        while let first = words.first, let (name, value) = first.split(around: "="), Self.isName(name) {
            settings.append((name, value))
            words.removeFirst()
        }
        guard let name = words.first else {
            for (name, value) in settings { contents.environment[name] = value }
            return CommandOutput(status: status(ofSubstitutionIn: command))
        }
        // Settings before a command are that command's own.
        let environment = contents.environment
        for (name, value) in settings { contents.environment[name] = value }
        defer {
            for (name, _) in settings { contents.environment[name] = environment[name] }
        }
        if let function = functions[name] { return call(function, words) }
        if let output = builtIn(words) { return output }
        let given = input
        if Self.readsInput(words) { input = [] }
        if let output = perform(words, input: given) { return output }
        isLost = true
        return .failed(
            "sh: \(name): not found\nsim: not understood: the simulator runs no image; its containers have no \"\(name)\"",
            127)
    }

    /// `a=$(false)` has the status of what it ran.
    private func status(ofSubstitutionIn command: ShellCommand) -> Int {
        let isMade = command.words.contains { word in
            word.pieces.contains { if case .command = $0 { true } else { false } }
        }
        return isMade ? status : 0
    }

    private mutating func call(_ function: ShellCommand, _ words: [String]) -> CommandOutput {
        guard depth < 64 else { return .failed("sh: too deep", 2) }
        depth += 1
        let outer = parameters
        parameters = [outer.first ?? "sh"] + words.dropFirst()
        var output = run(function)
        parameters = outer
        depth -= 1
        if leaving == .function { leaving = nil }
        output.status = status
        return output
    }

    // MARK: - Commands that are made of others

    private mutating func run(_ compound: ShellCompound) -> CommandOutput {
        var output = CommandOutput()
        switch compound {
        case .group(let body): return run(body)
        case .subshell(let body):
            var inner = self
            output = inner.run(body)
            contents.files = inner.contents.files
            contents.folders = inner.contents.folders
            input = inner.input
            status = inner.status
        case .branch(let branches, let otherwise):
            for branch in branches where holds(branch.condition, &output) {
                status = 0
                output.add(run(branch.body))
                return output
            }
            status = 0
            if !hasExited { output.add(run(otherwise)) }
        case .loop(let condition, let isUntil, let body):
            var last = 0
            for round in 0... {
                guard round < Self.rounds else {
                    hasExited = true
                    isLost = true
                    output.add(Self.notUnderstood("a loop that goes on after \(Self.rounds) rounds"))
                    last = 2
                    break
                }
                if holds(condition, &output) == isUntil || hasExited { break }
                output.add(run(body))
                last = status
                if endsLoop() { break }
            }
            status = last
        case .each(let name, let words, let body):
            status = 0
            for value in words.flatMap({ expand($0) }) {
                contents.environment[name] = value
                output.add(run(body))
                if endsLoop() { break }
            }
        case .choice(let subject, let alternatives):
            let text = expand(subject).joined(separator: " ")
            status = 0
            let fit = alternatives.first { alternative in
                alternative.patterns.contains { ShellPattern(pattern($0)).matches(text) }
            }
            if let fit { output.add(run(fit.body)) }
        case .function(let name, let body):
            functions[name] = body
            status = 0
        }
        return output
    }

    /// Whether a `break`, a `continue`, a `return` or an `exit` in its body ends a loop.
    private mutating func endsLoop() -> Bool {
        switch leaving {
        case nil: return hasExited
        case .loop(let count):
            leaving = count > 1 ? .loop(count - 1) : nil
            return true
        case .round(let count):
            leaving = count > 1 ? .round(count - 1) : nil
            return count > 1
        case .function: return true
        }
    }

    private mutating func redirect(_ output: inout CommandOutput, _ redirections: [ShellRedirection]) {
        for redirection in redirections where redirection.kind != .read {
            let target = expand(redirection.target).first ?? ""
            if redirection.kind == .duplicate {
                if redirection.descriptor == 2, target == "1" {
                    output.out += output.errors
                    output.errors = []
                } else if redirection.descriptor == 1, target == "2" {
                    output.errors += output.out
                    output.out = []
                }
                continue
            }
            let bytes = redirection.descriptor == 2 ? output.errors : output.out
            if redirection.descriptor == 2 { output.errors = [] } else { output.out = [] }
            let path = absolute(target)
            if path == "/dev/null" { continue }
            if path == "/dev/stderr" {
                output.errors += bytes
            } else if path == "/dev/stdout" {
                output.out += bytes
            } else {
                contents.files[path] = (redirection.kind == .append ? contents.files[path] ?? [] : []) + bytes
            }
        }
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && text.first?.isNumber == false
    }

    /// A path from the root on.
    func absolute(_ path: String) -> String {
        let joined = path.hasPrefix("/") ? path : directory + (directory.hasSuffix("/") ? "" : "/") + path
        var parts: [Substring] = []
        for part in joined.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Ends the script, as `exit` does.
    mutating func exit(_ code: Int) { hasExited = true; status = code }
}
