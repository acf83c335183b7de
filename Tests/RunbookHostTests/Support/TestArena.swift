import ClusterSim
import Foundation
import RunbookSecrets

@testable import RunbookHost

/// A simulated cluster and machine for one run of a test.
final class TestArena: RehearsalArena {
    let machine: SimulatedMachine
    private let simulator: ClusterSimulator
    private let kubeconfig = NSTemporaryDirectory() + "runbook-arena-\(UUID().uuidString.lowercased())"

    private init(_ simulator: ClusterSimulator, _ machine: SimulatedMachine) async throws {
        self.simulator = simulator
        self.machine = machine
        _ = try await simulator.start()
        try Data(try simulator.kubeconfig().utf8).write(to: URL(fileURLWithPath: kubeconfig))
    }

    /// An empty cluster.
    static func start() async throws -> TestArena {
        let machine = SimulatedMachine()
        let simulator = try ClusterSimulator(
            SimulatorConfiguration(
                apiDocuments: "\(RepositoryFiles.root)/share/kubernetes-1.36", speed: 50,
                imageIsPresent: { machine.imageCanBeHad($0) }))
        return try await TestArena(simulator, machine)
    }

    func wrap(_ world: any World, _ vault: SecretVault) -> any World {
        SimulatedTools(base: world, machine: machine, vault: vault)
    }

    func point(_ options: inout RunOptions) {
        options.environment["KUBECONFIG"] = kubeconfig
        options.context = ClusterSimulator.contextName
    }

    func settle() async {
        var last = -1
        for _ in 0..<40 {
            let version = await simulator.version()
            if version == last { return }
            last = version
            try? await Task.sleep(for: .milliseconds(60))
        }
    }

    func objects() async -> [RehearsalObject] {
        await simulator.objects().map {
            RehearsalObject(kind: $0.kind, namespace: $0.namespace, name: $0.name, json: $0.json)
        }
    }

    func copy() async throws -> any RehearsalArena {
        let machine = machine.copy()
        return try await TestArena(
            try await simulator.copy(imageIsPresent: { machine.imageCanBeHad($0) }), machine)
    }

    func age() async { await simulator.skipVersions(1000) }

    func stop() async {
        await simulator.stop()
        try? FileManager.default.removeItem(atPath: kubeconfig)
    }
}

/// Nobody is there, and no network.
struct NoNetwork: HTTPSender {
    func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
        throw RunbookError(.io, "no network here")
    }
}
