import ClusterSim
import RunbookSecrets
import SimulatedCluster

@testable import RunbookHost

/// The simulated cluster and machine of a test.
enum TestArena {
    /// An empty cluster.
    static func start() async throws -> SimulatedArena {
        try await SimulatedArena.start(
            SimulatorConfiguration(apiDocuments: "\(RepositoryFiles.root)/share/kubernetes-1.36", speed: 50))
    }
}

/// Nobody is there, and no network.
struct NoNetwork: HTTPSender {
    func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
        throw RunbookError(.io, "no network here")
    }
}
