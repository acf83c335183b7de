import Synchronization

/// The versions of the tools, each read once a run.
final class ToolVersions: Sendable {
    private let known = Mutex<[String: Task<ToolVersion, any Error>]>([:])

    /// The version of a tool.
    ///
    /// - Throws: `RunbookError` with code `missing` when it is not there or does not say.
    func version(of tool: String, in world: any World) async throws -> ToolVersion {
        let task = known.withLock { known in
            if let task = known[tool] { return task }
            let task = Task { try await Self.read(tool, in: world) }
            known[tool] = task
            return task
        }
        return try await task.value
    }

    private static func read(_ tool: String, in world: any World) async throws -> ToolVersion {
        let result = try await world.read(Command(arguments(tool), timeout: .seconds(20), isQuiet: true))
        guard result.succeeded, let version = ToolVersion(result.text) else {
            let reason = OutputLines.last(1, of: result.stderr).first.map { ": \($0)" } ?? ""
            throw RunbookError(.missing, "\(tool) does not tell its version\(reason)")
        }
        return version
    }

    /// The command that tells a tool's version; none of these asks a server.
    static func arguments(_ tool: String) -> [String] {
        switch tool {
        case "helm": ["helm", "version", "--template", "{{.Version}}"]
        case "kubectl": ["kubectl", "version", "--client"]
        case "minikube": ["minikube", "version", "--short"]
        case "k6", "kind", "k3d", "kubectl-ai": [tool, "version"]
        default: [tool, "--version"]
        }
    }

    /// The versions that were read so far.
    func all() async -> [(tool: String, version: String)] {
        var list: [(tool: String, version: String)] = []
        for (tool, task) in known.withLock({ $0 }) {
            if let version = try? await task.value { list.append((tool, version.description)) }
        }
        return list.sorted { $0.tool < $1.tool }
    }
}
