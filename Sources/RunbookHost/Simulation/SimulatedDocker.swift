import RunbookLua

/// Answers a docker command as docker 29 with buildx 0.30 prints it; compose is not installed there.
struct SimulatedDocker: Sendable {
    let machine: SimulatedMachine
    let shell: SimulatedShell
    let command: Command

    static let version = "29.1.3"
    static let buildxVersion = "v0.30.1"

    /// True when the command is for the engine in the node: by the variables of `minikube docker-env`, or by `--host`.
    var meansNode: Bool {
        let variable = command.environment["DOCKER_HOST"]?.plainBytes.map { String(decoding: $0, as: UTF8.self) }
        let host = hostFlag ?? variable ?? ""
        return host.contains(SimulatedMachine.address)
    }

    private var hostFlag: String? {
        guard let index = command.argv.firstIndex(where: { $0 == "--host" || $0 == "-H" }), index == 1 else {
            return nil
        }
        return command.argv.dropFirst(index + 1).first
    }

    func answer() async throws -> ToolAnswer {
        var rest = command.argv.dropFirst()
        let valued: Set<String> = [
            "--host", "-H", "--context", "-c", "--config", "--log-level", "-l", "--tlscacert", "--tlscert", "--tlskey",
        ]
        while let first = rest.first, first.hasPrefix("-") {
            if first == "--version" || first == "-v" { return .ok("Docker version \(Self.version), build f52814d\n") }
            rest = rest.dropFirst(valued.contains(first) ? 2 : 1)
        }
        guard let verb = rest.first else { return .ok("\nUsage:  docker [OPTIONS] COMMAND\n") }
        do {
            return try await answer(to: verb, Array(rest.dropFirst()))
        } catch let error as ToolFlags.Unknown {
            return .failed(
                125,
                "\(error.message)\n\nUsage:  docker \(verb) [OPTIONS]\n\nRun 'docker \(verb) --help' for more information"
            )
        } catch let error as ToolTemplate.Failure {
            return .failed(verb == "version" ? 64 : 1, error.message)
        } catch let error as NoEngine {
            return .failed(1, error.message)
        }
    }

    private func answer(to verb: String, _ arguments: [String]) async throws -> ToolAnswer {
        let images = SimulatedDockerImages(docker: self)
        let containers = SimulatedDockerContainers(docker: self)
        switch verb {
        case "version": return try versions(arguments)
        case "info": return try information(arguments)
        case "build": return try await SimulatedBuild(docker: self).answer(arguments)
        case "buildx" where arguments.first == "version":
            return .ok("github.com/docker/buildx \(Self.buildxVersion) 9e66234aa13328a5e75b75aa5574e1ca6d6d9c01\n")
        case "buildx" where arguments.first == "build":
            return try await SimulatedBuild(docker: self).answer(Array(arguments.dropFirst()))
        case "images": return try images.list(arguments)
        case "tag": return try images.tag(arguments)
        case "rmi": return try images.remove(arguments)
        case "pull": return try await images.pull(arguments)
        case "push": return try images.push(arguments)
        case "save": return try await images.save(arguments)
        case "load": return try await images.load(arguments)
        case "history": return try images.history(arguments)
        case "image": return try await image(arguments)
        case "inspect": return try inspect(arguments)
        case "login": return .ok("Login Succeeded\n")
        case "logout":
            return .ok("Removing login credentials for \(arguments.first ?? "https://index.docker.io/v1/")\n")
        case "context" where arguments.first == "show": return .ok("default\n")
        case "compose", "ai", "scout":
            return .failed(1, "docker: unknown command: docker \(verb)\n\nRun 'docker --help' for more information")
        default: return try await containers.answer(to: verb, arguments)
        }
    }

    private func image(_ arguments: [String]) async throws -> ToolAnswer {
        let rest = Array(arguments.dropFirst())
        let images = SimulatedDockerImages(docker: self)
        switch arguments.first {
        case "ls", "list": return try images.list(rest)
        case "inspect": return try images.inspect(rest)
        case "rm", "remove": return try images.remove(rest)
        case "tag": return try images.tag(rest)
        case "history": return try images.history(rest)
        case "build": return try await SimulatedBuild(docker: self).answer(rest)
        case "pull": return try await images.pull(rest)
        case "push": return try images.push(rest)
        case "save": return try await images.save(rest)
        case "load": return try await images.load(rest)
        case "prune": return try images.prune(rest)
        default:
            return .failed(
                1,
                "docker: unknown command: docker image \(arguments.first ?? "")\n\nUsage:  docker image\n\nRun 'docker image --help' for more information"
            )
        }
    }

    private func inspect(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["type", "format"], plain: ["size"], short: ["f": "format", "s": "size"])
        switch flags["type"] {
        case "image": return try SimulatedDockerImages(docker: self).inspect(arguments)
        case "container": return try SimulatedDockerContainers(docker: self).inspect(flags)
        default:
            let found = try SimulatedDockerContainers(docker: self).inspect(flags)
            return found.status == 0 ? found : try SimulatedDockerImages(docker: self).inspect(arguments)
        }
    }

    /// The command names an engine that does not run.
    struct NoEngine: Error {
        let message: String
    }

    /// Works on the engine that the command means.
    func withEngine<Value: Sendable>(_ body: (inout SimulatedMachine.Engine) -> Value) throws -> Value {
        let isNode = meansNode
        let profile = command.environment["MINIKUBE_ACTIVE_DOCKERD"]?.plainBytes.map {
            String(decoding: $0, as: UTF8.self)
        }
        let value: Value? = machine.withState { state in
            guard isNode else { return body(&state.host) }
            let name = profile ?? state.active
            guard state.profiles[name]?.isRunning == true else { return nil }
            return state.profiles[name].map { current in
                var changed = current
                let value = body(&changed.node)
                state.profiles[name] = changed
                return value
            }
        }
        guard let value else {
            throw NoEngine(
                message:
                    "Cannot connect to the Docker daemon at tcp://\(SimulatedMachine.address):2376. Is the docker daemon running?"
            )
        }
        return value
    }

    private func versions(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: ["format"], short: ["f": "format"])
        let part: LuaValue = [
            "Version": .string(Self.version), "ApiVersion": "1.52", "Os": "linux", "Arch": "amd64",
            "GitCommit": "f52814d", "GoVersion": "go1.25.5",
        ]
        _ = try withEngine { _ in true }
        if let format = flags["format"] {
            return .ok(try ToolTemplate.render(format, ["Client": part, "Server": part]) + "\n")
        }
        func block(_ title: String) -> String {
            "\(title)\n Version:           \(Self.version)\n API version:       1.52\n"
        }
        return .ok(block("Client: Docker Engine - Community") + "\n" + block("Server: Docker Engine - Community"))
    }

    private func information(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: ["format"], short: ["f": "format"])
        let (images, containers) = try withEngine { ($0.images.count, $0.containers.count) }
        let plugins: LuaValue = [
            [
                "Name": "buildx", "Version": .string(Self.buildxVersion),
                "Path": "/usr/libexec/docker/cli-plugins/docker-buildx",
            ]
        ]
        let row: LuaValue = [
            "ClientInfo": ["Version": .string(Self.version), "Plugins": plugins, "Warnings": .null],
            "ServerVersion": .string(Self.version), "Driver": "overlayfs",
            "DriverStatus": [["driver-type", "overlay"]],
            "ServerErrors": .list([]), "NCPU": 8, "MemTotal": 16_777_216_000, "Containers": .integer(Int64(containers)),
            "Images": .integer(Int64(images)), "Name": "simulated", "OperatingSystem": "runbook simulator",
        ]
        if let format = flags["format"] { return .ok(try ToolTemplate.render(format, row) + "\n") }
        return .ok(
            "Client: Docker Engine - Community\n Version:    \(Self.version)\n\nServer:\n Containers: \(containers)\n Images: \(images)\n Server Version: \(Self.version)\n"
        )
    }
}
