import RunbookLua
import RunbookSecrets
import RunbookSpec

/// Builds and makes the calls of kubectl for one call of a function: context and namespace are on every one of them.
struct Kubectl: Sendable {
    let call: CallContext
    /// The context that is fixed for the run, or the one that a read asks for.
    let context: String
    /// The namespace.
    let namespace: String
    /// What the script adds to the command line.
    let extra: [String]

    /// Finds out which context and namespace a call is for.
    ///
    /// - Throws: `RunbookError` with code `missing` when no context is set.
    init(_ arguments: Arguments, _ call: CallContext) async throws {
        self.call = call
        extra = try ExtraArguments.checked(arguments, of: call.function)
        if let given = arguments.optionalString("context") {
            context = given
        } else {
            context = try await call.run.target.context(in: call.world)
        }
        if let given = arguments.optionalString("namespace") {
            namespace = try Self.plainName(given, "namespace", of: call)
        } else if arguments.has("context") {
            namespace = "default"
        } else {
            namespace = try await call.run.target.namespace(in: call.world)
        }
    }

    private init(_ other: Kubectl, namespace: String) {
        call = other.call
        context = other.context
        extra = other.extra
        self.namespace = namespace
    }

    /// The same for another namespace.
    func inNamespace(_ name: String) -> Kubectl { Kubectl(self, namespace: name) }

    /// The options that end every command line.
    var ending: [String] { ["--namespace", namespace, "--context", context] }

    /// The command line of a verb; `tail` stands after everything else, such as `--` and a command.
    func argv(_ verb: [String], allNamespaces: Bool = false, extra: [String]? = nil, tail: [String] = []) -> [String] {
        ["kubectl"] + verb + (extra ?? self.extra)
            + (allNamespaces ? ["--all-namespaces", "--context", context] : ending) + tail
    }

    /// A command with kubectl's surroundings: no preferences of the user change what it does.
    static func command(
        _ argv: [String], input: SensitiveText? = nil, timeout: Duration? = .seconds(60), isQuiet: Bool = true,
        secretOutput: String? = nil
    ) -> Command {
        Command(
            argv, input: input, environment: KubeEnvironment.fixed(for: "kubectl"), timeout: timeout, isQuiet: isQuiet,
            inherited: KubeEnvironment.variables(for: argv), secretOutput: secretOutput)
    }

    /// Makes a read.
    ///
    /// - Throws: `RunbookError` with code `missing` for a cluster that cannot be used, else `command`.
    func read(_ command: Command, accepting: Set<Int> = [0]) async throws -> ProcessResult {
        try await call.kubeRead(command, accepting: accepting)
    }

    /// Makes a write; nil when a preview stood in for it.
    func write(_ command: Command, _ change: Change, accepting: Set<Int> = [0]) async throws -> ProcessResult? {
        try await call.kubeWrite(command, change, accepting: accepting)
    }

    /// A name that stands in the command line by itself.
    ///
    /// - Throws: `RunbookError` with code `argument` for one that kubectl would take as an option.
    static func plainName(_ text: String, _ option: String, of call: CallContext) throws -> String {
        if text.isEmpty || text.hasPrefix("-") || text.contains(where: { $0.isWhitespace || $0 == "\0" }) {
            throw RunbookError(.argument, "`\(call.function)`: `\(option)` is \"\(text)\", which is no name")
        }
        return text
    }

    /// What `resource` and `name` mean together: `deployment/backend`, `pods`, `pods a b`.
    func target(_ arguments: Arguments) throws -> [String] {
        let resource = try Self.plainName(arguments.string("resource"), "resource", of: call)
        let names = try arguments.strings("name").map { try Self.plainName($0, "name", of: call) }
        guard !names.isEmpty else { return [resource] }
        if resource.contains("/") {
            throw RunbookError(
                .argument, "`\(call.function)`: `resource` is \"\(resource)\" and `name` is given too",
                remedy: "write resource = \"\(resource.prefix { $0 != "/" })\", name = …, or the two joined by a slash")
        }
        return names.count == 1 ? ["\(resource)/\(names[0])"] : [resource] + names
    }

    /// One object as `kind/name`.
    ///
    /// - Throws: `RunbookError` with code `argument` when no name is given.
    func object(_ arguments: Arguments) throws -> String {
        let target = try target(arguments)
        guard target.count == 1, target[0].contains("/") else {
            throw RunbookError(
                .argument, "`\(call.function)`: `resource` is \"\(target[0])\", which names no object",
                remedy: "write it as \"deployment/backend\", or give `name` too")
        }
        return target[0]
    }
}

extension CallContext {
    /// Runs kubectl or helm to look.
    func kubeRead(_ command: Command, accepting: Set<Int> = [0]) async throws -> ProcessResult {
        let result = try await world.read(command)
        guard accepting.contains(result.status) else {
            throw KubeFailure.error(command, result, redactor: run.vault.redactor)
        }
        return result
    }

    /// Runs kubectl or helm to change something; nil when a preview stood in for it.
    func kubeWrite(_ command: Command, _ change: Change, accepting: Set<Int> = [0]) async throws -> ProcessResult? {
        guard case .process(let result)? = try await write(.process(command), change) else { return nil }
        guard accepting.contains(result.status) else {
            throw KubeFailure.error(command, result, redactor: run.vault.redactor)
        }
        return result
    }

    /// Makes reads that a write prepares itself with: what fails in a preview is noted there, and the preview goes on.
    func prepare<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value? {
        do { return try await work() } catch let error as RunbookError where run.options.dryRun != nil {
            switch error.code {
            case .missing, .command, .timeout, .io:
                run.note(unread: error)
                return nil
            default: throw error
            }
        }
    }

    /// Whether nothing is carried out.
    var isPreview: Bool { run.options.dryRun != nil }
}

/// What a script may add to a command line.
enum ExtraArguments {
    /// The `args` of a call.
    ///
    /// - Throws: `RunbookError` with code `refused` for options that would take the call elsewhere than the run is fixed to.
    static func checked(_ arguments: Arguments, of function: String) throws -> [String] {
        let extra = arguments.strings("args")
        for argument in extra {
            var name = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first.map(
                String.init)
            // A short option may have its value at its end: `-nother`.
            if argument.hasPrefix("-"), !argument.hasPrefix("--"), argument.count > 2 {
                name = String(argument.prefix(2))
            }
            if let name, let instead = reserved[name] {
                throw RunbookError(
                    .refused, "`\(function)`: `args` may not hold \(name), which would take the call elsewhere",
                    remedy: instead)
            }
        }
        return extra
    }

    private static let fixed = "the context is fixed for the run: start it with --context"
    private static let reserved = [
        "--context": fixed, "--kube-context": fixed, "--kubeconfig": fixed, "--cluster": fixed, "--server": fixed,
        "-s": fixed, "--kube-apiserver": fixed, "--namespace": "use the option `namespace`",
        "-n": "use the option `namespace`", "--token": "a token in an argument can be read by everyone on the machine",
        "--kube-token": "a token in an argument can be read by everyone on the machine",
        "--password": "a password in an argument can be read by everyone on the machine",
    ]
}
