/// The programs that a simulated container has.
extension ContainerShell {
    /// Runs a program; nil when the container has none of that name.
    mutating func perform(_ argv: [String], input: [UInt8]) -> CommandOutput? {
        guard let first = argv.first, let name = first.split(separator: "/").last.map(String.init) else { return nil }
        let arguments = Array(argv.dropFirst())
        let operands = arguments.filter { !$0.hasPrefix("-") || $0 == "-" }
        switch name {
        case _ where Self.shells.contains(name): return shell(arguments, input)
        case "true", ":", "chmod", "chown", "sync", "set", "umask", "wait": return CommandOutput()
        case "false": return CommandOutput(status: 1)
        case "exit":
            exit(arguments.first.flatMap { Int($0) }.map { $0 & 255 } ?? status)
            return CommandOutput(status: status)
        case "echo": return .text(Self.echo(arguments))
        case "printf": return .text(Self.unescaped(arguments.first ?? "", arguments.dropFirst().map { $0 }))
        case "env", "printenv": return environment(name, arguments, input)
        case "export":
            for argument in arguments {
                if let (variable, value) = argument.split(around: "=") { contents.environment[variable] = value }
            }
            return CommandOutput()
        case "cd":
            let path = absolute(operands.first ?? "/root")
            guard contents.isFolder(path) else { return .failed("sh: cd: can't cd to \(operands.first ?? "")") }
            directory = path
            return CommandOutput()
        case "pwd": return .text(directory + "\n")
        case "hostname": return .text(contents.hostName + "\n")
        case "whoami": return .text((contents.user == 0 ? "root" : String(contents.user)) + "\n")
        case "id": return identity(arguments)
        case "uname":
            return .text((arguments.contains("-a") ? "Linux \(contents.hostName) 6.8.0 x86_64" : "Linux") + "\n")
        case "date": return .text(Timestamp.seconds(Timestamp.now) + "\n")
        case "sleep":
            let seconds = operands.first.flatMap { Fault.seconds($0) ?? Double($0) }
            return seconds.map { CommandOutput(seconds: $0) }
                ?? .failed("sleep: invalid number '\(operands.first ?? "")'")
        case "test", "[":
            return CommandOutput(status: holds(name == "[" ? Array(arguments.dropLast()) : arguments) ? 0 : 1)
        case "which", "command": return which(operands)
        case "wget", "curl": return fetch(name, arguments)
        case "nc": return connect(operands)
        case "kill":
            return .failed("sh: can't kill pid \(operands.first ?? ""): the simulated container has no such process")
        default: return fileProgram(name, arguments, operands, input)
        }
    }

    private mutating func shell(_ arguments: [String], _ input: [UInt8]) -> CommandOutput {
        guard let flag = arguments.firstIndex(where: { $0.hasPrefix("-") && $0.contains("c") }) else {
            if let path = arguments.first(where: { !$0.hasPrefix("-") }) {
                guard let file = contents.files[absolute(path)] else { return .failed("sh: can't open '\(path)'", 2) }
                return nested(String(decoding: file, as: UTF8.self), input)
            }
            return nested(String(decoding: input, as: UTF8.self), [])
        }
        guard flag + 1 < arguments.count else { return .failed("sh: -c requires an argument", 2) }
        return nested(arguments[flag + 1], input)
    }

    /// Runs a script in a shell of its own, whose variables and folder end with it.
    private mutating func nested(_ text: String, _ input: [UInt8]) -> CommandOutput {
        var inner = ContainerShell(contents)
        inner.directory = directory
        let output = inner.script(text, input: input)
        contents.files = inner.contents.files
        contents.folders = inner.contents.folders
        return output
    }

    private static func echo(_ arguments: [String]) -> String {
        let words = arguments.drop { $0 == "-n" || $0 == "-e" || $0 == "-ne" || $0 == "-en" }
        let flags = arguments.prefix(arguments.count - words.count).joined()
        let text = words.joined(separator: " ")
        return (flags.contains("e") ? unescaped(text, []) : text) + (flags.contains("n") ? "" : "\n")
    }

    private static func unescaped(_ format: String, _ values: [String]) -> String {
        var text = format
        for (escape, character) in [("\\n", "\n"), ("\\t", "\t"), ("\\\\", "\\")] {
            text = text.replacing(escape, with: character)
        }
        for value in values {
            guard let place = text.firstRange(of: /%[-0-9]*[sd]/) else { break }
            text.replaceSubrange(place, with: value)
        }
        return text.replacing("%%", with: "%")
    }

    private mutating func environment(_ name: String, _ arguments: [String], _ input: [UInt8]) -> CommandOutput? {
        if name == "printenv", let wanted = arguments.first {
            guard let value = contents.environment[wanted] else { return CommandOutput(status: 1) }
            return .text(value + "\n")
        }
        let settings = arguments.prefix { $0.contains("=") || $0.hasPrefix("-") }
        var inner = self
        for setting in settings {
            if let (variable, value) = setting.split(around: "=") { inner.contents.environment[variable] = value }
        }
        let program = Array(arguments.dropFirst(settings.count))
        if !program.isEmpty { return inner.perform(program, input: input) }
        return .text(
            inner.contents.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined())
    }

    private func identity(_ arguments: [String]) -> CommandOutput {
        let user = contents.user
        if arguments.contains("-u") || arguments.contains("-g") { return .text("\(user)\n") }
        return .text(
            user == 0 ? "uid=0(root) gid=0(root) groups=0(root)\n" : "uid=\(user) gid=\(user) groups=\(user)\n")
    }

    private func holds(_ words: [String]) -> Bool {
        switch words.count {
        case 0: return false
        case 1: return !words[0].isEmpty
        case 2 where words[0] == "!": return words[1].isEmpty
        case 2:
            let path = absolute(words[1])
            switch words[0] {
            case "-n": return !words[1].isEmpty
            case "-z": return words[1].isEmpty
            case "-d": return contents.isFolder(path)
            case "-f": return contents.files[path] != nil
            case "-s": return contents.files[path]?.isEmpty == false
            case "-e", "-r", "-w", "-x": return contents.files[path] != nil || contents.isFolder(path)
            default: return false
            }
        case 3:
            switch words[1] {
            case "=", "==": return words[0] == words[2]
            case "!=": return words[0] != words[2]
            case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
                guard let left = Int(words[0]), let right = Int(words[2]) else { return false }
                let order: [String: Bool] = [
                    "-eq": left == right, "-ne": left != right, "-lt": left < right, "-le": left <= right,
                    "-gt": left > right, "-ge": left >= right,
                ]
                return order[words[1]] ?? false
            default: return words[0] == "!" && !holds(Array(words.dropFirst()))
            }
        default: return words[0] == "!" && !holds(Array(words.dropFirst()))
        }
    }

    /// The names of all programs, for `which`.
    static let names: Set<String> = [
        "sh", "true", "false", "echo", "printf", "env", "printenv", "pwd", "hostname", "whoami", "id", "uname", "date",
        "sleep", "test", "which", "wget", "nc", "cat", "ls", "head", "tail", "wc", "grep", "sort", "tee", "touch", "rm",
        "mkdir", "cp", "mv", "tar", "base64", "basename", "dirname", "stat", "find", "curl",
    ]

    private func which(_ operands: [String]) -> CommandOutput {
        let found = operands.filter { Self.names.contains($0) }
        return .text(found.map { "/bin/\($0)\n" }.joined(), status: found.count == operands.count ? 0 : 1)
    }

    private mutating func fetch(_ name: String, _ arguments: [String]) -> CommandOutput {
        guard let address = arguments.last(where: { !$0.hasPrefix("-") }) else { return .failed("\(name): no URL", 1) }
        let bare = address.replacing("http://", with: "")
        let host = bare.prefix { $0 != "/" }
        let path = String(bare.dropFirst(host.count))
        let port = host.split(separator: ":").dropFirst().first.flatMap { Int($0) } ?? 80
        let machine = host.prefix { $0 != ":" }
        let isHere = ["localhost", "127.0.0.1", "0.0.0.0", contents.hostName[...]].contains(machine)
        guard isHere else {
            return name == "curl"
                ? .failed("curl: (6) Could not resolve host: \(machine)", 6)
                : .failed("wget: bad address '\(host)'")
        }
        switch contents.ask(port, path.isEmpty ? "/" : path) {
        case .refused:
            return name == "curl"
                ? .failed(
                    "curl: (7) Failed to connect to \(machine) port \(port) after 0 ms: Could not connect to server", 7)
                : .failed("wget: can't connect to remote host (127.0.0.1): Connection refused")
        case .response(let status, _, let body):
            if status >= 400, name == "wget" {
                return .failed("wget: server returned error: HTTP/1.1 \(status) \(PodAnswer.reason(status))")
            }
            if status >= 400,
                arguments.contains(where: { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("f") })
            {
                return .failed("curl: (22) The requested URL returned error: \(status)", 22)
            }
            return CommandOutput(out: body)
        }
    }

    private func connect(_ operands: [String]) -> CommandOutput {
        guard operands.count == 2, let port = Int(operands[1]) else {
            return .failed("nc: a host and a port are needed")
        }
        if case .refused = contents.ask(port, "/") { return CommandOutput(status: 1) }
        return CommandOutput()
    }
}
