import RunbookLua
import RunbookSpec

/// What docker is there: the client, the engine behind it, the plugins.
enum DockerStatus {
    static let version = ModuleFunction(
        FunctionSpec(
            "version", summary: "Tell the versions of docker's client and engine, and whether the engine answers",
            details: "An engine that does not answer is no error: `usable` is false, and `reason` says why.",
            effect: .read, parameters: DockerCommand.common(timeout: "20s"),
            returns: ReturnSpec(
                .record([
                    .required("usable", .boolean, "true when the engine answers"),
                    .required("client", .string, "the client's version"),
                    ParameterSpec("server", .string, "the engine's version"),
                    ParameterSpec("reason", .string, "why the engine cannot be used"),
                    ParameterSpec("buildx", .string, "the version of buildx, where it is there"),
                    ParameterSpec("compose", .string, "the version of compose, where it is there"),
                ])),
            examples: [ExampleSpec("if not docker.version().usable then log.warn(\"no engine\") end")])
    ) { arguments, call in
        let command = DockerCommand.make(
            ToolLine(["version", "--format", "{{json .}}"] + arguments.strings("args")), arguments,
            timeout: .seconds(20), isQuiet: true)
        // Without an engine it exits 1 and still prints the client's half.
        let result = try await call.world.read(command)
        let answer = try? ToolJSON.decode(Versions.self, result, of: command)
        let plugins = try await DockerPlugins.installed(arguments, call)
        let isUsable = result.succeeded && answer?.server != nil
        let reason = OutputLines.last(1, of: result.stderr).first ?? "it exited \(result.status)"
        return [
            "usable": .boolean(isUsable), "client": text(answer?.client?.version),
            "server": text(answer?.server?.version),
            "reason": isUsable ? .nil : .string(reason), "buildx": text(plugins["buildx"]),
            "compose": text(plugins["compose"]),
        ]
    }

    static let info = ModuleFunction(
        FunctionSpec(
            "info", summary: "Tell what docker's engine says of itself",
            details: """
                `docker info` exits 0 when only a part of the answer failed, and prints a full-looking answer without an engine:
                `usable` is true only when the engine answered without errors.
                """,
            effect: .read, parameters: DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(
                .record([
                    .required("usable", .boolean, "true when the engine answered in full"),
                    ParameterSpec("reason", .string, "why it cannot be used"),
                    .required("server", .string, "the engine's version"),
                    .required("driver", .string, "the storage driver"),
                    .required("containerd_store", .boolean, "true when images are kept by containerd: sizes differ"),
                    .required("cpus", .integer, "the engine's processors"),
                    .required("memory", .integer, "the engine's memory in bytes"),
                    .required("containers", .integer, "how many containers it has"),
                    .required("images", .integer, "how many images it has"),
                ])), examples: [ExampleSpec("docker.info()")])
    ) { arguments, call in
        let command = DockerCommand.make(
            ToolLine(["info", "--format", "{{json .}}"] + arguments.strings("args")), arguments,
            timeout: .seconds(30), isQuiet: true)
        let result = try await call.world.read(command)
        let answer = try? ToolJSON.decode(Information.self, result, of: command)
        let errors = answer?.errors ?? []
        let isUsable = result.succeeded && answer != nil && errors.isEmpty && !(answer?.server ?? "").isEmpty
        let reason = errors.first ?? OutputLines.last(1, of: result.stderr).first ?? "it exited \(result.status)"
        let store = (answer?.status ?? []).contains { $0.contains { $0.hasPrefix("io.containerd.snapshotter") } }
        func number(_ value: Int?) -> LuaValue { .integer(Int64(value ?? 0)) }
        return [
            "usable": .boolean(isUsable), "reason": isUsable ? .nil : .string(reason), "server": text(answer?.server),
            "driver": text(answer?.driver), "containerd_store": .boolean(store), "cpus": number(answer?.cpus),
            "memory": number(answer?.memory), "containers": number(answer?.containers),
            "images": number(answer?.images),
        ]
    }

    private static func text(_ text: String?) -> LuaValue { text.map { .string($0) } ?? .nil }

    private struct Versions: Decodable {
        struct Part: Decodable {
            var version: String?
            enum CodingKeys: String, CodingKey { case version = "Version" }
        }
        var client: Part?
        var server: Part?
        enum CodingKeys: String, CodingKey {
            case client = "Client"
            case server = "Server"
        }
    }

    private struct Information: Decodable {
        var server: String?
        var driver: String?
        var status: [[String]]?
        var errors: [String]?
        var cpus: Int?
        var memory: Int?
        var containers: Int?
        var images: Int?
        enum CodingKeys: String, CodingKey {
            case server = "ServerVersion"
            case driver = "Driver"
            case status = "DriverStatus"
            case errors = "ServerErrors"
            case cpus = "NCPU"
            case memory = "MemTotal"
            case containers = "Containers"
            case images = "Images"
        }
    }
}

/// The plugins of docker's client.
enum DockerPlugins {
    private struct Plugin: Decodable {
        var name: String
        var version: String?
        var failure: String?
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "Version"
            case failure = "Err"
        }
    }

    /// The versions of the plugins that work, by name; asks the client only.
    ///
    /// - Throws: `RunbookError` with code `missing` when docker is not installed.
    static func installed(_ arguments: Arguments, _ call: CallContext) async throws -> [String: String] {
        let command = DockerCommand.query(["info", "--format", "{{json .ClientInfo.Plugins}}"], arguments)
        let result = try await call.world.read(command)
        guard result.succeeded else { return [:] }
        let plugins = (try? ToolJSON.decode([Plugin]?.self, result, of: command)) ?? []
        return Dictionary(
            plugins.filter { $0.failure == nil }.map { ($0.name, $0.version ?? "") }, uniquingKeysWith: { $1 })
    }

    /// The error for a plugin that is not there, which docker tells as an unknown command, or as an unknown flag of its own.
    static func missing(_ command: Command, _ result: ProcessResult) -> RunbookError? {
        guard command.argv.first == "docker", let plugin = command.argv.dropFirst().first,
            ["compose", "buildx"].contains(plugin), [1, 125].contains(result.status)
        else { return nil }
        let text = result.errorText
        let signs = [
            "unknown command: docker \(plugin)", "'\(plugin)' is not a docker command", "unknown flag: --ansi",
        ]
        guard signs.contains(where: text.contains) else { return nil }
        return RunbookError(
            .missing, "docker has no \(plugin) plugin here", details: OutputLines.last(4, of: result.stderr),
            remedy: "install the docker-\(plugin) plugin")
    }

    /// What builds images here.
    static func builder(_ arguments: Arguments, _ call: CallContext) async throws -> BuildRequest.Builder {
        // DOCKER_BUILDKIT=0 is how a person asks for the legacy builder.
        if try await call.world.environment("DOCKER_BUILDKIT") == "0" { return .legacy }
        guard let version = try await installed(arguments, call)["buildx"] else { return .legacy }
        return .buildx(ToolVersion(version))
    }
}
