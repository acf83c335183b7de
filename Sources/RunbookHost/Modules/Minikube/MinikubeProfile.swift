import RunbookLua

/// A profile as `minikube profile list` tells it.
struct MinikubeProfile: Decodable, Sendable {
    var name: String
    var status: String
    var isActive: Bool?
    var config: Config?

    struct Config: Decodable, Sendable {
        var driver: String?
        var kubernetes: Kubernetes?
        var nodes: [Node]?
        enum CodingKeys: String, CodingKey {
            case driver = "Driver"
            case kubernetes = "KubernetesConfig"
            case nodes = "Nodes"
        }
    }
    struct Kubernetes: Decodable, Sendable {
        var version: String?
        var runtime: String?
        enum CodingKeys: String, CodingKey {
            case version = "KubernetesVersion"
            case runtime = "ContainerRuntime"
        }
    }
    struct Node: Decodable, Sendable {
        var name: String?
        var ip: String?
        var isControlPlane: Bool?
        var isWorker: Bool?
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case ip = "IP"
            case isControlPlane = "ControlPlane"
            case isWorker = "Worker"
        }
    }
    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case status = "Status"
        case isActive = "Active"
        case config = "Config"
    }

    private struct Answer: Decodable {
        var valid: [MinikubeProfile]?
        var error: String?
    }

    /// All profiles.
    static func all(
        _ arguments: Arguments, in world: any World, _ call: CallContext, own: Bool = false
    ) async throws -> [MinikubeProfile] {
        let values = arguments.values.filter { $0.key != "profile" }
        let command = MinikubeCommand.query(
            ["profile", "list", "--output", "json"], Arguments(function: arguments.function, values: values),
            timeout: .seconds(60), own: own)
        let result = try await world.read(command)
        guard let answer = try? ToolJSON.decode(Answer.self, result, of: command) else {
            throw MinikubeCommand.failure(command, result, call)
        }
        if let valid = answer.valid { return valid }
        // Without a single profile it exits 80 with an error in place of the lists.
        if let error = answer.error, !error.lowercased().contains("no minikube profile") {
            throw RunbookError(
                .command, "minikube profile list exited \(result.status): \(error)", exit: result.status)
        }
        return []
    }

    /// The one that a call means.
    static func chosen(_ arguments: Arguments, among profiles: [MinikubeProfile]) -> MinikubeProfile? {
        if let name = arguments.optionalString("profile") { return profiles.first { $0.name == name } }
        return profiles.first { $0.isActive == true } ?? profiles.first { $0.name == "minikube" } ?? profiles.first
    }

    var value: LuaValue {
        func text(_ text: String?) -> LuaValue { text.map { .string($0) } ?? .nil }
        return [
            "name": .string(name), "status": .string(status), "active": .boolean(isActive ?? false),
            "driver": text(config?.driver), "runtime": text(config?.kubernetes?.runtime),
            "kubernetes": text(config?.kubernetes?.version),
            "nodes": .list(
                (config?.nodes ?? []).map { node in
                    [
                        // The first node has no name of its own in minikube's file.
                        "name": .string(node.name.flatMap { $0.isEmpty ? nil : $0 } ?? name), "ip": text(node.ip),
                        "control_plane": .boolean(node.isControlPlane ?? false),
                        "worker": .boolean(node.isWorker ?? false),
                    ]
                }),
        ]
    }
}
