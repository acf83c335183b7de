import ClusterSim
import Foundation
import RunbookHost

/// A simulated cluster for the time of a run.
final class SimulatorSession: Sendable {
    private let simulator: ClusterSimulator
    private let kubeconfig: String

    /// Starts a cluster and points a run at it.
    ///
    /// - Throws: `RunbookError` with code `usage` for a snapshot, fault or port that cannot be had.
    init(_ configuration: SimulatorConfiguration, _ options: inout RunOptions) async throws {
        do {
            simulator = try ClusterSimulator(configuration)
            _ = try await simulator.start()
            kubeconfig = try SimulatorFiles.write(try simulator.kubeconfig())
        } catch let error as SimulatorError {
            throw RunbookError(.usage, "the simulator: \(error)")
        }
        options.environment["KUBECONFIG"] = kubeconfig
        options.context = ClusterSimulator.contextName
    }

    /// Puts what only a real machine has behind the simulator's stand-ins.
    func wrap(_ world: any World) -> any World { world }

    /// Ends the cluster.
    func stop() async {
        await simulator.stop()
        SimulatorFiles.remove(kubeconfig)
    }
}

/// Where a simulated cluster's kubeconfig stands.
enum SimulatorFiles {
    /// Writes the text to a private file and gives its path.
    static func write(_ text: String) throws -> String {
        let folder = NSTemporaryDirectory() + "runbook-sim-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = folder + "/kubeconfig"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw RunbookError(.io, "the simulator's kubeconfig cannot be written to \(path)")
        }
        return path
    }

    /// Removes the file and its folder.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
}
