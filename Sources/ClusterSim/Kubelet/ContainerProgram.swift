/// What a container does when it runs: what it writes, whether and how it ends, and what it serves.
///
/// Images are not run. A command that is a shell script of simple commands is followed word by word, so that
/// `echo …; exit 1` crashes and `httpd -p 8000 -h /tmp/www` answers probes; every other program runs for ever, or ends
/// well where the pod is to end (a Job, an init container).
struct ContainerProgram: Sendable {
    /// How a run ends.
    struct Exit: Sendable {
        let code: Int
        let after: Double
        var reason: String?
    }

    var lines: [String] = []
    var exit: Exit?
    /// The port of a simple web server, and the paths that it has; nil when any probe succeeds.
    var serverPort: Int?
    var serverRoot = ""
    /// The files that its script wrote, with their contents.
    var files: [String: String] = [:]
    var servesAnything = true

    /// Follows a container's command.
    ///
    /// - Parameters:
    ///   - environment: the container's variables.
    ///   - endsByItself: whether an unknown program is one that ends, as in a Job.
    init(container: JSON, environment: @autoclosure () -> [String: String], endsByItself: Bool) {
        let command = container["command"].array.compactMap(\.string)
        let arguments = container["args"].array.compactMap(\.string)
        let words = command + arguments
        let isShell = ["sh", "bash", "/bin/sh", "/bin/bash", "ash"].contains(words.first ?? "")
        if isShell, let flag = words.dropFirst().first, flag.hasPrefix("-"), flag.contains("c"), words.count > 2 {
            var shell = ShellScript(
                environment: environment(), memory: Quantity(container["resources"]["limits"]["memory"].text))
            shell.run(words[2])
            lines = shell.lines
            serverPort = shell.serverPort
            serverRoot = shell.serverRoot
            files = shell.files
            servesAnything = shell.serverPort == nil
            if let code = shell.exitCode {
                exit = Exit(code: code, after: max(0.3, shell.elapsed), reason: shell.isKilled ? "OOMKilled" : nil)
            } else if shell.isUnknown, endsByItself {
                exit = Exit(code: 0, after: max(1, shell.elapsed))
            }
        } else if let first = command.first, let simple = Self.simple(first, Array(words.dropFirst())) {
            exit = simple
            if first.hasSuffix("echo") { lines = [words.dropFirst().joined(separator: " ")] }
        } else if endsByItself {
            exit = Exit(code: 0, after: 1)
        }
    }

    /// Runs the command of a pod that a client made to run once, such as `kubectl run … -- wget -qO- http://web`.
    ///
    /// Nil when the simulator does not have the program, or does not follow the script.
    init?(once container: JSON, in pod: ObjectVersion, _ cluster: isolated Cluster) {
        let argv = (container["command"].array + container["args"].array).compactMap(\.string)
        guard !argv.isEmpty else { return nil }
        var contents = ContainerEnvironment.contents(pod, container, cluster)
        contents.reach = cluster.network(of: pod, naming: argv.joined(separator: " "), contents.environment)
        var shell = ContainerShell(contents)
        shell.directory = container["workingDir"].string ?? "/"
        guard let output = try? shell.run(argv), !shell.isLost else { return nil }
        let text = String(decoding: output.out + output.errors, as: UTF8.self)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        exit = Exit(code: output.status, after: max(0.3, output.seconds))
    }

    /// Whether a container's program is a shell that does what somebody types who attaches to it.
    static func listens(_ container: JSON) -> Bool {
        guard container["stdin"].bool == true else { return false }
        let argv = (container["command"].array + container["args"].array).compactMap(\.string)
        if !argv.isEmpty { return ContainerShell.isShell(argv) }
        // What an image runs by itself is known of those that are made to look around with.
        let name =
            Images.canonical(container["image"].text).split(separator: "/").last?.split(separator: ":").first ?? ""
        return ["busybox", "alpine", "bash", "debian", "ubuntu", "netshoot"].contains(name)
    }

    private static func simple(_ name: String, _ arguments: [String]) -> Exit? {
        switch name.split(separator: "/").last {
        case "false": Exit(code: 1, after: 0.3)
        case "true", "echo": Exit(code: 0, after: 0.3)
        case "sleep": arguments.first.flatMap { Fault.seconds($0) ?? Double($0) }.map { Exit(code: 0, after: $0) }
        default: nil
        }
    }

    /// The status that an HTTP probe gets; nil when nothing answers on the port.
    func answer(port: Int, path: String) -> Int? {
        if servesAnything { return 200 }
        guard port == serverPort else { return nil }
        let clean = path.split(separator: "?").first.map(String.init) ?? "/"
        let file = serverRoot + clean + (clean.hasSuffix("/") ? "index.html" : "")
        return files[file] != nil ? 200 : 404
    }

    /// The file that the container's web server has for a path.
    func page(_ path: String) -> String? {
        let clean = path.split(separator: "?").first.map(String.init) ?? "/"
        return files[serverRoot + clean + (clean.hasSuffix("/") ? "index.html" : "")]
    }
}

/// Follows a shell script of simple commands.
struct ShellScript {
    var lines: [String] = []
    var exitCode: Int?
    var elapsed = 0.0
    var serverPort: Int?
    var serverRoot = ""
    var files: [String: String] = [:]
    var isUnknown = false
    var isKilled = false
    private var environment: [String: String]
    private let memory: Quantity?
    private var status = 0

    init(environment: [String: String], memory: Quantity? = nil) {
        self.environment = environment
        self.memory = memory
    }

    mutating func run(_ script: String) {
        guard let pipelines = try? ShellParser.parse(script) else {
            isUnknown = true
            return
        }
        run(pipelines)
        if isUnknown, script.contains("while true") || script.contains("while :") {
            isUnknown = false
            runsForever = true
        }
        if exitCode == nil, serverPort == nil, !isUnknown, !runsForever { exitCode = status }
    }

    private mutating func run(_ pipelines: [ShellPipeline]) {
        for pipeline in pipelines {
            if exitCode != nil || serverPort != nil || isUnknown || runsForever { return }
            if pipeline.condition == .afterSuccess, status != 0 { continue }
            if pipeline.condition == .afterFailure, status == 0 { continue }
            for command in pipeline.commands where exitCode == nil { perform(command) }
            if pipeline.isNegated { status = status == 0 ? 1 : 0 }
        }
    }

    private var runsForever = false

    private mutating func perform(_ command: ShellCommand) {
        switch command.compound {
        case nil: break
        case .group(let body)?: return run(body)
        case .branch(let branches, let otherwise)?:
            for branch in branches {
                run(branch.condition)
                if exitCode != nil || isUnknown { return }
                if status == 0 { return run(branch.body) }
            }
            status = 0
            return run(otherwise)
        case .each(let name, let words, let body)? where words.allSatisfy({ $0.plain != nil }):
            for word in words where exitCode == nil && !isUnknown {
                environment[name] = expanded(word)
                run(body)
            }
            return
        default:
            // What a loop waits for is not known: it goes on for ever, or ends where the program is to end.
            isUnknown = true
            return
        }
        let words = command.words.map(expanded)
        let target = command.redirections.last { $0.descriptor == 1 && $0.kind != .duplicate }
        let path = target.map { expanded($0.target) }
        func file(_ text: String) {
            guard let path, let target else { return }
            files[path] = (target.kind == .append ? files[path] ?? "" : "") + text
        }
        guard var name = words.first?.split(separator: "/").last.map(String.init) else { return }
        var arguments = Array(words.dropFirst())
        let before = status
        status = 0
        if name == "exec", let program = arguments.first {
            name = program.split(separator: "/").last.map(String.init) ?? program
            arguments.removeFirst()
        }
        if name.contains("="), let (variable, value) = name.split(around: "=") {
            environment[variable] = value
            return
        }
        switch name {
        case "echo":
            let text = arguments.drop { $0 == "-n" || $0 == "-e" }.joined(separator: " ")
            if path != nil {
                file(text + (arguments.first == "-n" ? "" : "\n"))
            } else {
                lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            }
        case "printf":
            if path != nil {
                file((arguments.first ?? "").replacing("\\n", with: "\n"))
            } else if let text = arguments.first {
                lines.append(text.replacing("\\n", with: ""))
            }
        case "touch": for name in arguments where files[name] == nil { files[name] = "" }
        case "exit": exitCode = arguments.first.flatMap { Int($0) } ?? before
        case "false": status = 1
        case "sleep":
            if arguments.first == "infinity" {
                runsForever = true
            } else {
                elapsed += arguments.first.flatMap { Fault.seconds($0) ?? Double($0) } ?? 0
            }
        case "tail" where arguments.contains("-f"): runsForever = true
        case "head":
            // A command that holds more than the container may take, as `head -c 200m /dev/zero | tail` does.
            let amount = arguments.firstIndex(of: "-c").flatMap {
                arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil
            }
            let scaled = amount.flatMap { Quantity($0.hasSuffix("m") ? "\($0.dropLast())Mi" : $0) }
            if let scaled, let memory, scaled > memory {
                lines.append("Killed")
                exitCode = 137
                isKilled = true
            }
        case "httpd":
            func value(_ flag: String) -> String? {
                arguments.firstIndex(of: flag).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
            }
            serverPort = value("-p").flatMap { Int($0) } ?? 80
            serverRoot = value("-h") ?? "."
        case "export":
            for case let (variable, value)? in arguments.map({ $0.split(around: "=") }) {
                environment[variable] = value
            }
        case "date", "env", "printenv", "hostname", "id", "whoami", "pwd", "uname":
            let output = run(words)
            status = output.status
            let text = String(decoding: output.out, as: UTF8.self)
            if path != nil {
                file(text)
            } else {
                lines += text.split(separator: "\n").map(String.init)
            }
        // The files of an image are not known, so a test of one holds.
        case "test", "[":
            status = arguments.contains { ["-f", "-d", "-e", "-r", "-s", "-x"].contains($0) } ? 0 : run(words).status
        case "mkdir", "cp", "mv", "rm", "cd", "set", "true", "cat", "ls", "chmod", "chown", ":", "ln", "wget", "curl",
            "nslookup", "nc", "grep", "sync", "tail":
            break
        default: isUnknown = true
        }
    }

    /// Runs a small program whose output and status depend on variables only.
    private mutating func run(_ words: [String]) -> CommandOutput {
        var contents = ContainerContents()
        contents.environment = environment
        contents.hostName = environment["HOSTNAME"] ?? ""
        var shell = ContainerShell(contents)
        return (try? shell.run(words)) ?? CommandOutput()
    }

    private func expanded(_ word: ShellWord) -> String {
        word.pieces.map { piece in
            switch piece {
            case .literal(let text), .quoted(let text): text
            case .variable("?", _, _): String(status)
            case .variable(let name, let change, _):
                environment[name].flatMap { $0.isEmpty && change?.mark == ":-" ? nil : $0 }
                    ?? (change?.mark.hasSuffix("-") == true ? change?.operand : nil) ?? ""
            case .command, .arithmetic: ""
            }
        }.joined()
    }
}
