import RunbookLua

/// The docker engine of a simulated run in which docker is real: this machine's, and the simulated node's as well.
///
/// So `minikube docker-env` points at it, and what it builds needs no loading: as with a node whose engine is in reach.
struct RealEngine: Sendable {
    let base: any World

    /// What `minikube docker-env` gives: the way to the engine that docker itself would take.
    ///
    /// - Returns: Nil when docker cannot say where its engine is.
    func variables() async throws -> [(String, String)]? {
        let answer = try await base.read(
            Command(
                ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], timeout: .seconds(30),
                isQuiet: true, inherited: DockerCommand.inherited))
        guard answer.succeeded, !answer.text.isEmpty else { return nil }
        var variables = [("DOCKER_HOST", answer.text)]
        for name in ["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] {
            if let value = try await base.environment(name) { variables.append((name, value)) }
        }
        return variables
    }

    /// The image of this name, or nil when the engine has none.
    func image(_ name: String) async throws -> SimulatedImage? {
        try await inspect([name]).first.map { SimulatedImage(id: $0.id, size: $0.size, layers: []) }
    }

    /// Every image that has a name.
    func images() async throws -> [DockerImage] {
        let list = try await base.read(Self.command(["image", "ls", "--quiet", "--no-trunc", "--format", "{{.ID}}"]))
        let ids = Set(list.text.split(separator: "\n").map(String.init))
        return try await inspect(ids.sorted()).filter { !$0.tags.isEmpty }
    }

    private func inspect(_ names: [String]) async throws -> [DockerImage] {
        guard !names.isEmpty else { return [] }
        let command = Self.command(["image", "inspect"] + names)
        let result = try await base.read(command)
        return (try? ToolJSON.decode([DockerImage].self, result, of: command)) ?? []
    }

    private static func command(_ arguments: [String]) -> Command {
        Command(["docker"] + arguments, timeout: .seconds(30), isQuiet: true, inherited: DockerCommand.inherited)
    }
}
