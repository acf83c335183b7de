/// What the commands that are run in a container find there.
struct ContainerContents: Sendable {
    var environment: [String: String] = [:]
    /// The contents of the files that are known, by path.
    var files: [String: [UInt8]] = [:]
    /// Folders that exist without a known file in them.
    var folders: Set<String> = ["/", "/bin", "/dev", "/etc", "/home", "/root", "/tmp", "/usr", "/var"]
    var user = 0
    var hostName = ""
    /// What a server in the pod answers on a port to a request for a path.
    var ask: @Sendable (Int, String) -> PodAnswer = { _, _ in .refused }

    /// Whether a path is a folder: a known one, or one that holds a file.
    func isFolder(_ path: String) -> Bool {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return folders.contains(path) || files.keys.contains { $0.hasPrefix(path == "/" ? "/" : path + "/") }
    }

    /// The names in a folder.
    func names(in folder: String) -> [String] {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        let inside = (Array(files.keys) + folders).filter { $0.hasPrefix(prefix) && $0.count > prefix.count }
        return Set(inside.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }).sorted()
    }
}

/// What a command in a container gave.
struct CommandOutput: Sendable {
    var out: [UInt8] = []
    var errors: [UInt8] = []
    var status = 0
    /// How long it takes, in seconds of the simulated cluster.
    var seconds = 0.0

    static func text(_ text: String, status: Int = 0) -> CommandOutput {
        CommandOutput(out: Array(text.utf8), status: status)
    }

    static func failed(_ message: String, _ status: Int = 1) -> CommandOutput {
        CommandOutput(errors: Array((message + "\n").utf8), status: status)
    }

    fileprivate mutating func add(_ other: CommandOutput) {
        out += other.out
        errors += other.errors
        seconds += other.seconds
    }
}

/// Runs the commands that clients send into a container: a shell of simple commands and the small programs of busybox.
struct ContainerShell {
    /// A program that no container of the simulator has.
    struct NotFound: Error {
        let name: String
    }

    static let shells: Set<String> = ["sh", "bash", "ash", "dash"]

    var contents: ContainerContents
    /// The working directory.
    var directory = "/"
    var status = 0
    private(set) var hasExited = false
    private var depth = 0

    init(_ contents: ContainerContents) { self.contents = contents }

    /// Runs a program with its arguments, as `kubectl exec` asks for it.
    ///
    /// - Throws: `NotFound` when the container has no such program.
    mutating func run(_ argv: [String], input: [UInt8] = []) throws -> CommandOutput {
        guard let output = perform(argv, input: input) else { throw NotFound(name: argv.first ?? "") }
        return output
    }

    /// Whether a program reads what the client sends; nothing is waited for where it does not.
    static func readsInput(_ argv: [String]) -> Bool {
        guard let name = argv.first?.split(separator: "/").last.map(String.init) else { return false }
        let operands = argv.dropFirst().filter { !$0.hasPrefix("-") || $0 == "-" }
        switch name {
        case "cat", "wc", "head", "tail", "sort", "base64", "md5sum", "sha256sum":
            return operands.isEmpty || operands.contains("-")
        case "tee": return true
        case "grep": return operands.count < 2
        case "tar": return argv.dropFirst().first?.contains("x") == true
        case _ where shells.contains(name):
            guard let flag = argv.firstIndex(where: { $0.hasPrefix("-") && $0.contains("c") }), flag + 1 < argv.count
            else { return argv.count == 1 || operands.isEmpty }
            let pipelines = (try? ShellParser.parse(argv[flag + 1])) ?? []
            return pipelines.contains { readsInput($0.commands.first?.words.compactMap(\.plain) ?? []) }
        case "env": return operands.contains { !$0.contains("=") } && readsInput(Array(argv.dropFirst()))
        default: return false
        }
    }

    // MARK: - Scripts

    /// Runs a script.
    mutating func script(_ text: String, input: [UInt8] = []) -> CommandOutput {
        guard depth < 16 else { return .failed("sh: too deep", 2) }
        let pipelines: [ShellPipeline]
        do {
            pipelines = try ShellParser.parse(text)
        } catch {
            let construct = (error as? ShellParser.Unsupported)?.construct ?? ""
            return .failed("sh: the simulated shell does not follow \"\(construct)\"", 2)
        }
        depth += 1
        defer { depth -= 1 }
        var output = CommandOutput()
        for pipeline in pipelines where !hasExited {
            if pipeline.condition == .afterSuccess, status != 0 { continue }
            if pipeline.condition == .afterFailure, status == 0 { continue }
            output.add(run(pipeline, input: input))
        }
        output.status = status
        return output
    }

    private mutating func run(_ pipeline: ShellPipeline, input: [UInt8]) -> CommandOutput {
        var passed = input
        var total = CommandOutput()
        for (index, command) in pipeline.commands.enumerated() {
            var output = run(command, input: passed)
            passed = output.out
            if index < pipeline.commands.count - 1 { output.out = [] }
            total.add(output)
        }
        return total
    }

    private mutating func run(_ command: ShellCommand, input: [UInt8]) -> CommandOutput {
        var words = command.words.flatMap { expand($0) }
        while let first = words.first, let (name, value) = first.split(around: "="), Self.isName(name) {
            contents.environment[name] = value
            words.removeFirst()
        }
        var input = input
        for redirection in command.redirections where redirection.kind == .read {
            let path = absolute(expand(redirection.target).first ?? "")
            guard path == "/dev/null" || contents.files[path] != nil else {
                status = 1
                return .failed("sh: can't open \(path): no such file")
            }
            input = contents.files[path] ?? []
        }
        var output = CommandOutput()
        if !words.isEmpty {
            if let made = perform(words, input: input) {
                output = made
            } else {
                output = .failed("sh: \(words[0]): not found", 127)
            }
        }
        status = output.status
        redirect(&output, command.redirections)
        return output
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

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && text.first?.isNumber == false
    }

    /// A word's text.
    ///
    /// An unquoted variable is not split at its blanks: no runbook was seen to count on that.
    private mutating func expand(_ word: ShellWord) -> [String] {
        var text = ""
        var isMade = false
        for piece in word.pieces {
            switch piece {
            case .literal(let part):
                text += part
                isMade = true
            case .variable(let name, let fallback): text += value(name, fallback)
            case .command(let script):
                var inner = self
                inner.depth += 1
                var made = String(decoding: inner.script(script).out, as: UTF8.self)
                while made.hasSuffix("\n") { made.removeLast() }
                text += made
            }
        }
        return text.isEmpty && !isMade ? [] : [text]
    }

    private func value(_ name: String, _ fallback: String?) -> String {
        switch name {
        case "?": return String(status)
        case "$": return "7"
        case "#": return "0"
        case "0": return "sh"
        default:
            let known = contents.environment[name] ?? ""
            return known.isEmpty ? fallback ?? "" : known
        }
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
