import ClusterSim
import Foundation
import Synchronization

@testable import RunbookHost

/// Runs runbooks with the real kubectl and helm against a simulated cluster.
struct ClusterRun {
    var run: ModuleRun
    let simulator: ClusterSimulator

    /// Where the real tools are; nil when the machine has none.
    static let tools: String? = {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            (environment["RUNBOOK_TOOLS_BIN"] ?? "").split(separator: ":").map(String.init)
            + ["\(RepositoryFiles.root)/.tools/bin"]
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { folder in
            ["kubectl", "helm"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
    }()

    /// Starts a cluster, gives a body the way to run texts against it, and stops it.
    static func with(metrics: Bool = false, _ body: (ClusterRun) async throws -> Void) async throws {
        guard let tools else { return }
        let simulator = try ClusterSimulator(
            SimulatorConfiguration(
                apiDocuments: "\(RepositoryFiles.root)/share/kubernetes-1.36", speed: 20, metrics: metrics))
        _ = try await simulator.start()
        var run = try ModuleRun(path: [tools])
        try run.write("kubeconfig", simulator.kubeconfig(), mode: 0o600)
        run.environment["KUBECONFIG"] = run.folder + "/kubeconfig"
        do {
            try await body(ClusterRun(run: run, simulator: simulator))
        } catch {
            await simulator.stop()
            run.remove()
            throw error
        }
        await simulator.stop()
        run.remove()
    }

    /// Runs a text for real.
    func callAsFunction(_ lua: String, dryRun: RunOptions.DryRun? = nil) async -> ModuleRun.Outcome {
        await run(lua, dryRun: dryRun)
    }
}
