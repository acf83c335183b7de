/// The programs that a simulated container has.
extension ContainerShell {
    /// Runs a program; nil when the container has none of that name.
    mutating func perform(_ argv: [String], input: [UInt8]) -> CommandOutput? {
        guard let first = argv.first, let name = first.split(separator: "/").last.map(String.init) else { return nil }
        let arguments = Array(argv.dropFirst())
        let operands = arguments.filter { !$0.hasPrefix("-") || $0 == "-" }
        switch name {
        case _ where Self.shells.contains(name): return shell(arguments, input)
        case "true", ":", "chmod", "chown", "sync": return CommandOutput()
        case "false": return CommandOutput(status: 1)
        case "echo": return .text(Self.echo(arguments))
        case "printf": return .text(Self.unescaped(arguments.first ?? "", arguments.dropFirst().map { $0 }))
        case "env", "printenv": return environment(name, arguments, input)
        case "pwd": return .text(directory + "\n")
        case "hostname": return .text(contents.hostName + "\n")
        case "whoami": return .text((contents.user == 0 ? "root" : String(contents.user)) + "\n")
        case "id": return identity(arguments)
        case "uname":
            return .text((arguments.contains("-a") ? "Linux \(contents.hostName) 6.8.0 x86_64" : "Linux") + "\n")
        case "date": return Self.date(operands)
        case "seq": return Self.sequence(operands.compactMap { Int($0) })
        case "sleep":
            let seconds = operands.first.flatMap { Fault.seconds($0) ?? Double($0) }
            return seconds.map { CommandOutput(seconds: $0.isNaN ? 0 : min(max(0, $0), 1e9)) }
                ?? .failed("sleep: invalid number '\(operands.first ?? "")'")
        case "test", "[":
            return CommandOutput(status: holds(name == "[" ? Array(arguments.dropLast()) : arguments) ? 0 : 1)
        case "which", "command": return which(operands)
        case "wget", "curl": return fetch(name, arguments)
        case "nc": return connect(operands)
        case "nslookup": return lookUp(operands.first ?? "")
        case "kill":
            return .failed("sh: can't kill pid \(operands.first ?? ""): the simulated container has no such process")
        default: return fileProgram(name, arguments, operands, input)
        }
    }

    private mutating func shell(_ arguments: [String], _ input: [UInt8]) -> CommandOutput {
        guard let flag = arguments.firstIndex(where: { $0.hasPrefix("-") && $0.contains("c") }) else {
            if let place = arguments.firstIndex(where: { !$0.hasPrefix("-") }) {
                let path = arguments[place]
                guard let file = contents.files[absolute(path)] else { return .failed("sh: can't open '\(path)'", 2) }
                return nested(String(decoding: file, as: UTF8.self), input, Array(arguments[place...]))
            }
            return nested(String(decoding: input, as: UTF8.self), [], ["sh"])
        }
        guard flag + 1 < arguments.count else { return .failed("sh: -c requires an argument", 2) }
        let rest = arguments[(flag + 2)...]
        return nested(
            arguments[flag + 1], input, rest.isEmpty ? ["sh"] : Array(rest),
            endsOnFailure: arguments[flag].contains("e"))
    }

    /// Runs a script in a shell of its own, whose variables and folder end with it.
    private mutating func nested(
        _ text: String, _ input: [UInt8], _ parameters: [String], endsOnFailure: Bool = false
    ) -> CommandOutput {
        var inner = ContainerShell(contents)
        inner.directory = directory
        inner.parameters = parameters
        inner.endsOnFailure = endsOnFailure
        let output = inner.script(text, input: input)
        contents.files = inner.contents.files
        contents.folders = inner.contents.folders
        isLost = isLost || inner.isLost
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
        default:
            if words[0] == "!" { return !holds(Array(words.dropFirst())) }
            for (mark, isBoth) in [("-o", false), ("-a", true)] {
                guard let place = words.firstIndex(of: mark) else { continue }
                let left = holds(Array(words[..<place]))
                let right = holds(Array(words[(place + 1)...]))
                return isBoth ? left && right : left || right
            }
            return false
        }
    }

    /// The names of all programs, for `which`.
    static let names: Set<String> = [
        "sh", "true", "false", "echo", "printf", "env", "printenv", "pwd", "hostname", "whoami", "id", "uname", "date",
        "sleep", "test", "which", "wget", "nc", "cat", "ls", "head", "tail", "wc", "grep", "sort", "tee", "touch", "rm",
        "mkdir", "cp", "mv", "tar", "base64", "basename", "dirname", "stat", "find", "curl", "seq", "cut", "tr", "uniq",
        "nslookup",
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
        guard let reached = self.host(String(machine)) else {
            return name == "curl"
                ? .failed("curl: (6) Could not resolve host: \(machine)", 6)
                : .failed("wget: bad address '\(host)'")
        }
        switch reached.ask(port, path.isEmpty ? "/" : path) {
        case .refused:
            return name == "curl"
                ? .failed(
                    "curl: (7) Failed to connect to \(machine) port \(port) after 0 ms: Could not connect to server", 7)
                : .failed("wget: can't connect to remote host (\(reached.address)): Connection refused")
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
        guard let reached = host(operands[0]) else { return .failed("nc: bad address '\(operands[0])'") }
        if case .refused = reached.ask(port, "/") { return CommandOutput(status: 1) }
        return CommandOutput()
    }

    /// A host by its name: the container's own, or one of the cluster's network.
    private func host(_ name: String) -> ReachedHost? {
        if ["localhost", "127.0.0.1", "0.0.0.0", contents.hostName].contains(name) {
            return ReachedHost(address: "127.0.0.1", ask: contents.ask)
        }
        return contents.reach(name)
    }

    private func lookUp(_ name: String) -> CommandOutput {
        let server = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
        guard let reached = host(name) else {
            return .text(server + "** server can't find \(name): NXDOMAIN\n\n", status: 1)
        }
        return .text(server + "Name:\t\(name)\nAddress: \(reached.address)\n\n")
    }

    private static func date(_ operands: [String]) -> CommandOutput {
        let now = Timestamp.seconds(Timestamp.now)
        guard let format = operands.first, format.hasPrefix("+") else { return .text(now + "\n") }
        let parts = now.split { "-T:Z".contains($0) }.map(String.init)
        var text = String(format.dropFirst())
        for (mark, value) in [
            ("%s", String(Int(Timestamp.now))), ("%F", String(now.prefix(10))),
            ("%T", String(now.dropFirst(11).prefix(8))),
            ("%Y", parts[0]), ("%m", parts[1]), ("%d", parts[2]), ("%H", parts[3]), ("%M", parts[4]), ("%S", parts[5]),
        ] { text = text.replacing(mark, with: value) }
        return .text(text + "\n")
    }

    private static func sequence(_ numbers: [Int]) -> CommandOutput {
        let first = numbers.count > 1 ? numbers[0] : 1
        let step = numbers.count > 2 ? numbers[1] : 1
        guard let last = numbers.last, step != 0, abs(last - first) / abs(step) < ContainerShell.rounds else {
            return .failed("seq: invalid number of operands")
        }
        return .text(stride(from: first, through: last, by: step).map { "\($0)\n" }.joined())
    }
}
