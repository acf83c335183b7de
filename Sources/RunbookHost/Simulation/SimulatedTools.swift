import RunbookSecrets

/// Answers docker and minikube in place of the real tools, with believable results that are kept for the run.
///
/// It wraps another world, to which everything else goes; builds read the real context through it.
public struct SimulatedTools: World {
    private let base: any World
    private let machine: SimulatedMachine
    private let real: Set<String>
    private let vault: SecretVault

    /// Puts the simulated tools before a world.
    ///
    /// - Parameters:
    ///   - base: Where everything else goes.
    ///   - machine: What the tools know; share it with the cluster's simulator for `imageIsPresent`.
    ///   - real: Tools that are not simulated: `docker`, whose engine is then the simulated node's too, and `minikube`.
    ///   - vault: The secrets that their output must not show; as with real tools, the script sees masks.
    public init(
        base: any World, machine: SimulatedMachine, real: Set<String> = [], vault: SecretVault = SecretVault()
    ) {
        self.vault = vault
        self.base = base
        self.machine = machine
        self.real = real
    }

    /// Answers a command of a simulated tool, and passes on everything else.
    public func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .process(let command), .terminal(let command):
            guard let answer = try await answer(command) else { return try await base.perform(request) }
            return .process(show(answer, of: command))
        default: return try await base.perform(request)
        }
    }

    private func answer(_ command: Command) async throws -> ToolAnswer? {
        let shell = SimulatedShell(base: base, directory: command.directory, input: command.input)
        switch command.argv.first?.split(separator: "/").last.map(String.init) {
        case "docker":
            let docker = SimulatedDocker(machine: machine, shell: shell, command: command)
            if real.contains("docker") && !docker.meansNode { return nil }
            return try await docker.answer()
        case "minikube" where !real.contains("minikube"):
            return try await SimulatedMinikube(
                machine: machine, shell: shell, engine: real.contains("docker") ? RealEngine(base: base) : nil
            ).answer(Array(command.argv.dropFirst()))
        default: return nil
        }
    }

    /// Gives the lines to those who follow the run, as the real world does.
    private func show(_ answer: ToolAnswer, of command: Command) -> ProcessResult {
        let redactor = vault.redactor
        var answer = answer
        answer.stdout = redactor.redact(answer.stdout)
        answer.stderr = redactor.redact(answer.stderr)
        if let tap = OutputTap.current {
            for line in answer.stderr.split(whereSeparator: \.isNewline) { tap.emit(.stderr, String(line)) }
            if !command.isQuiet {
                for line in answer.stdout.split(whereSeparator: \.isNewline) { tap.emit(.stdout, String(line)) }
            }
        }
        return ProcessResult(
            status: answer.status, stdout: Array(answer.stdout.utf8), stderr: Array(answer.stderr.utf8), milliseconds: 1
        )
    }
}

/// What a simulated tool printed, and how it exited.
struct ToolAnswer: Sendable, Equatable {
    var status = 0
    var stdout = ""
    var stderr = ""

    /// It did what it was asked, and printed this.
    static func ok(_ stdout: String = "", stderr: String = "") -> ToolAnswer {
        ToolAnswer(stdout: stdout, stderr: stderr)
    }

    /// It failed, with this on standard error.
    static func failed(_ status: Int, _ stderr: String, stdout: String = "") -> ToolAnswer {
        ToolAnswer(status: status, stdout: stdout, stderr: stderr + "\n")
    }

    /// Lines on standard output.
    static func lines(_ lines: [String]) -> ToolAnswer {
        ok(lines.map { $0 + "\n" }.joined())
    }
}

/// What a simulated tool has of its surroundings: files, the folder it was started in, its input.
struct SimulatedShell: Sendable {
    let base: any World
    let directory: String?
    let input: SensitiveText?

    /// A path as the world takes it, for one that was given relative to the command's folder.
    func path(_ path: String) -> String {
        guard let directory, !path.hasPrefix("/") else { return path }
        return "\(directory)/\(path)"
    }

    /// The content of a file, or nil when there is none.
    func read(_ path: String) async throws -> [UInt8]? {
        guard let status = try await base.status(of: self.path(path)), !status.isFolder else { return nil }
        return try await base.contents(of: self.path(path))
    }

    /// Writes a file, as part of the write that is being simulated.
    func write(_ path: String, _ bytes: [UInt8]) async throws {
        let change = Change(.create, "file", path, capability: "docker")
        _ = try await base.perform(
            .write(.file(.write(self.path(path), SensitiveText(bytes: bytes), mode: 0o644)), change))
    }
}
