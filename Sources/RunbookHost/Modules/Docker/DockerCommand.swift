import RunbookLua
import RunbookSecrets
import RunbookSpec

/// What every verb of `docker` takes, and how its command is made.
enum DockerCommand {
    /// The options of every verb.
    static func common(timeout: String) -> [ParameterSpec] {
        [
            engine,
            ParameterSpec("timeout", .duration, default: "\"\(timeout)\"", "how long it may take"),
            ParameterSpec("args", .list(.string), "further arguments, added as they are before the names"),
        ]
    }

    /// The option that chooses the engine.
    static let engine = ParameterSpec(
        "env", .map(.text),
        "variables for docker itself, such as `minikube.docker_env()` gives: they choose the engine")

    /// A docker command for a call.
    static func make(
        _ line: ToolLine, _ arguments: Arguments, timeout: Duration, input: SensitiveText? = nil,
        environment: [String: SensitiveText] = [:], isQuiet: Bool = false
    ) -> Command {
        let given = arguments.texts("env")
        var variables: [String: SensitiveText] = ["NO_COLOR": "1", "DOCKER_CLI_HINTS": "false"]
        for (name, value) in given { variables[name] = value }
        for (name, value) in environment { variables[name] = value }
        let choosesEngine = given.contains { $0.name == "DOCKER_HOST" }
        return Command(
            ["docker"] + line.argv, input: input, environment: variables,
            timeout: arguments.duration("timeout") ?? timeout, isQuiet: isQuiet,
            inherited: choosesEngine ? withoutEngine : inherited)
    }

    /// A command that reads a few lines for the engine itself.
    static func query(_ argv: [String], _ arguments: Arguments) -> Command {
        var command = make(ToolLine(argv), arguments, timeout: .seconds(30), isQuiet: true)
        command.timeout = .seconds(30)
        return command
    }

    /// The start of a command line that reaches the same engine without the environment: for what undoes a call later.
    static func reaching(_ arguments: Arguments) -> [String] {
        var values: [String: String] = [:]
        for (name, value) in arguments.map("env") { values[name] = value }
        guard let host = values["DOCKER_HOST"], !host.isEmpty else { return ["docker"] }
        var argv = ["docker", "--host", host]
        if let folder = values["DOCKER_CERT_PATH"], values["DOCKER_TLS_VERIFY"].map({ !$0.isEmpty }) ?? false {
            argv += [
                "--tlsverify", "--tlscacert", "\(folder)/ca.pem", "--tlscert", "\(folder)/cert.pem", "--tlskey",
                "\(folder)/key.pem",
            ]
        }
        return argv
    }

    private static let settings = [
        "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "DOCKER_API_VERSION", "DOCKER_DEFAULT_PLATFORM", "BUILDKIT_*",
        "BUILDX_*", "COMPOSE_*",
    ]

    // DOCKER_CONTEXT wins over DOCKER_HOST: a call that names an engine must not inherit it.
    private static let withoutEngine = Command.commonVariables + settings
    static let inherited =
        withoutEngine + ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"]

    /// True when docker says that what was asked for is not there, which is no failure of docker.
    ///
    /// A missing socket is told as "no such file or directory" by docker 29, so the object's kind must be in the text.
    static func saysMissing(_ result: ProcessResult) -> Bool {
        let text = result.errorText.lowercased()
        return ["image", "object", "container", "volume", "network"].contains { text.contains("no such \($0)") }
            || text.contains("network") && text.contains("not found")
    }

    /// True when a program in a container did not run at all: docker's own failures have the exit code 1, too.
    static func hasNotRun(_ result: ProcessResult) -> Bool {
        guard [1, 125, 255].contains(result.status), let last = OutputLines.last(1, of: result.stderr).first else {
            return false
        }
        let own = [
            "Error response from daemon:", "Error: No such container", "failed to connect to the docker API",
            "Cannot connect to the Docker daemon", "error during connect:", "no such service:",
        ]
        return own.contains(where: last.hasPrefix)
            || last.hasPrefix("service \"") && last.hasSuffix("is not running")
    }
}

/// An image as `docker image inspect` tells it.
struct DockerImage: Decodable, Sendable {
    let id: String
    let tags: [String]
    let digests: [String]
    let size: Int
    let created: String
    let architecture: String
    let system: String

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case size = "Size"
        case created = "Created"
        case architecture = "Architecture"
        case system = "Os"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        tags = try fields.decodeIfPresent([String].self, forKey: .tags) ?? []
        digests = try fields.decodeIfPresent([String].self, forKey: .digests) ?? []
        size = try fields.decodeIfPresent(Int.self, forKey: .size) ?? 0
        created = try fields.decodeIfPresent(String.self, forKey: .created) ?? ""
        architecture = try fields.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        system = try fields.decodeIfPresent(String.self, forKey: .system) ?? ""
    }

    /// The image of this name, or nil when the engine has none.
    ///
    /// - Throws: `RunbookError` with code `command` when the engine does not answer.
    static func find(_ name: String, _ arguments: Arguments, in world: any World, _ call: CallContext) async throws
        -> DockerImage?
    {
        let command = DockerCommand.query(["image", "inspect", name], arguments)
        let result = try await world.read(command)
        // A failed inspect prints `[]` too: that its output can be read says nothing.
        guard result.succeeded else {
            if DockerCommand.saysMissing(result) { return nil }
            throw call.failure(of: command, result)
        }
        return try ToolJSON.decode([DockerImage].self, result, of: command).first
    }

    /// What a script sees.
    func fields(named name: String) -> [(String, LuaValue)] {
        [
            ("image", .string(name)), ("id", .string(id)), ("size", .integer(Int64(size))),
            ("tags", .list(tags.map { .string($0) })), ("digests", .list(digests.map { .string($0) })),
            ("created", .string(created)), ("platform", .string("\(system)/\(architecture)")),
        ]
    }
}
