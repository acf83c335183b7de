import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `exec`: run any program.
enum ExecModule {
    static let module = LuaModule(
        "exec", summary: "Run any program",
        details:
            "No shell is between: each element of the list is one argument. A secret goes in `env` or `stdin`, never in the list.",
        [run])

    private static let run = ModuleFunction(
        FunctionSpec(
            "run", summary: "Run a program to its end",
            details: """
                A run counts as a write, which a preview only shows, unless `read = true` says that it changes nothing. An
                exit code other than 0 is an error, unless `check = false` asks for the result.
                """,
            effect: .write, style: .positional,
            parameters: [
                .required("argv", .list(.string), "the program and its arguments"),
                ParameterSpec(
                    "options",
                    .record([
                        ParameterSpec("env", .map(.text), "variables of its environment"),
                        ParameterSpec("stdin", .text, "what it reads on standard input"),
                        ParameterSpec("cwd", .path, "the folder that it starts in; the runbook's when left out"),
                        ParameterSpec("timeout", .duration, "how long it may take"),
                        ParameterSpec(
                            "grace", .duration,
                            "how long it may take to end when it is stopped; 1.5 s, and 30 s for a helm that changes something"
                        ),
                        ParameterSpec(
                            "check", .boolean, default: "true", "false: an exit code other than 0 is no error"),
                        ParameterSpec(
                            "read", .boolean, default: "false", "true: it changes nothing, so a preview runs it"),
                        ParameterSpec("quiet", .boolean, default: "false", "true: its output is not logged"),
                        ParameterSpec("idempotent", .boolean, default: "false", "true: running it twice does no harm"),
                        ParameterSpec("undo", .list(.string), "the program and arguments that take it back"),
                        ParameterSpec("title", .string, "what a preview calls it"),
                    ]), "options"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("status", .integer, "the exit code; 128 + n for signal n"),
                    .required("stdout", .string, "what it printed"),
                    .required("stderr", .string, "the end of its errors"),
                    .required("ms", .integer, "how long it took"),
                ])),
            examples: [
                ExampleSpec(
                    "local r = exec.run({ \"uname\", \"-s\" }, { read = true })\nassert(r.status == 0)", runs: [])
            ])
    ) { arguments, call in
        let options = arguments.record("options") ?? Arguments(function: call.function, values: [:])
        let argv = arguments.strings("argv")
        guard let program = argv.first, !program.isEmpty else {
            throw RunbookError(.argument, "`exec.run` needs the program as the first element of its list")
        }
        let command = Command(
            argv, input: options.text("stdin"),
            environment: KubeEnvironment.fixed(for: program).merging(
                options.texts("env").map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
            directory: options.optionalString("cwd"), timeout: options.duration("timeout"),
            grace: options.duration("grace"), isQuiet: options.boolean("quiet"), inherited: inherited(by: argv))
        let result: ProcessResult
        if options.boolean("read") {
            if CallSite.dependency != nil { return call.unknown("exec.run") }
            do {
                result = try await Guards.$isByHand.withValue(true) { try await call.world.read(command) }
            } catch let error as RunbookError where call.run.options.dryRun != nil {
                call.run.note(unread: error)
                return UnknownValue.make(call.function, from: 0)
            }
        } else {
            let undo = options.strings("undo")
            let change = Change(
                .run, "command", options.optionalString("title") ?? program,
                isIdempotent: options.boolean("idempotent"),
                capability: "exec",
                inverse: undo.isEmpty ? nil : inverse(undo, options.optionalString("cwd")))
            guard case .process(let made)? = try await call.write(.process(command), change) else {
                return [
                    "status": 0, "stdout": UnknownValue.make("output of \(program)", from: call.run.plan.lastNumber),
                    "stderr": "", "ms": 0,
                ]
            }
            result = made
        }
        if options.boolean("check", default: true) && !result.succeeded { throw call.failure(of: command, result) }
        return [
            "status": .integer(Int64(result.status)), "stdout": bytes(result.stdout), "stderr": bytes(result.stderr),
            "ms": .integer(Int64(result.milliseconds)),
        ]
    }

    private static func inverse(
        _ argv: [String], _ folder: String?
    ) -> @Sendable (any World) async throws -> Inverse? {
        { _ in Inverse(Command.display(argv), commands: [InverseCommand(argv, directory: folder)]) }
    }

    /// A tool that is run by hand gets what its binding would give it.
    static func inherited(by argv: [String]) -> [String] {
        switch argv.first?.split(separator: "/").last {
        case "kubectl", "helm", "kind", "k3d", "kustomize": KubeEnvironment.variables(for: argv)
        case "docker": Command.commonVariables + ["DOCKER_*", "BUILDKIT_*", "BUILDX_*", "COMPOSE_*"]
        case "minikube": KubeEnvironment.variables + ["MINIKUBE_*", "DOCKER_*"]
        default: Command.commonVariables + ["KUBECONFIG", "DOCKER_HOST"]
        }
    }

    private static func bytes(_ bytes: [UInt8]) -> LuaValue {
        String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    }
}
