import ClusterSim
import RunbookHost
import RunbookSecrets
import Synchronization

/// A simulated cluster and machine for one run of a rehearsal.
public final class SimulatedArena: RehearsalArena {
    /// What the simulated docker and minikube know.
    public let machine: SimulatedMachine
    private let simulator: ClusterSimulator
    private let kubeconfig: String
    /// True when the node has only what was loaded into it; a recorded namespace brings its own images.
    private let checksImages: Bool

    private init(
        _ simulator: ClusterSimulator, _ machine: SimulatedMachine, _ kubeconfig: String, checksImages: Bool
    ) {
        self.simulator = simulator
        self.machine = machine
        self.kubeconfig = kubeconfig
        self.checksImages = checksImages
    }

    /// Starts a cluster.
    ///
    /// - Throws: `RunbookError` with code `usage` for a snapshot or fault that cannot be had.
    public static func start(_ configuration: SimulatorConfiguration) async throws -> SimulatedArena {
        let address = ServiceAddress()
        let machine = SimulatedMachine(serviceURLs: address.urls)
        var configuration = configuration
        let checksImages = configuration.snapshot == nil
        if checksImages { configuration.imageIsPresent = { machine.imageCanBeHad($0) } }
        configuration.metricsAreServed = { machine.metricsAreServed }
        do {
            return try await serve(try ClusterSimulator(configuration), machine, address, checksImages)
        } catch let error as SimulatorError {
            throw RunbookError(.usage, "the simulator: \(error)")
        }
    }

    private static func serve(
        _ simulator: ClusterSimulator, _ machine: SimulatedMachine, _ address: ServiceAddress, _ checksImages: Bool
    ) async throws -> SimulatedArena {
        let endpoint = try await simulator.start()
        address.server.withLock { $0 = endpoint.url }
        let kubeconfig = try SimulatorFiles.write(try simulator.kubeconfig())
        return SimulatedArena(simulator, machine, kubeconfig, checksImages: checksImages)
    }

    /// Answers docker and minikube in the real tools' place.
    public func wrap(_ world: any World, _ vault: SecretVault) -> any World {
        SimulatedTools(base: world, machine: machine, vault: vault)
    }

    /// Points a run at the cluster.
    public func point(_ options: inout RunOptions) {
        options.environment["KUBECONFIG"] = kubeconfig
        options.context = ClusterSimulator.contextName
    }

    /// Waits until no object has changed for a while; what never rests, such as a container that crashes again and again,
    /// is not waited for.
    public func settle() async {
        var last = -1
        for _ in 0..<40 {
            let version = await simulator.version()
            if version == last { return }
            last = version
            try? await Task.sleep(for: .milliseconds(60))
        }
    }

    /// The cluster's objects.
    public func objects() async -> [RehearsalObject] {
        await simulator.objects().map {
            RehearsalObject(kind: $0.kind, namespace: $0.namespace, name: $0.name, json: $0.json)
        }
    }

    /// An arena that holds what this one holds, and goes its own way.
    ///
    /// - Throws: `RunbookError` with code `io`.
    public func copy() async throws -> any RehearsalArena {
        let address = ServiceAddress()
        let machine = machine.copy(serviceURLs: address.urls)
        let checks = checksImages
        let present: @Sendable (String) -> Bool = { name in !checks || machine.imageCanBeHad(name) }
        do {
            return try await Self.serve(
                try await simulator.copy(
                    imageIsPresent: present, metricsAreServed: { machine.metricsAreServed }), machine, address,
                checksImages)
        } catch let error as SimulatorError {
            throw RunbookError(.io, "the simulator: \(error)")
        }
    }

    /// Lets resource versions go by.
    public func age() async { await simulator.skipVersions(1000) }

    /// Ends it, and removes its kubeconfig.
    public func stop() async {
        await simulator.stop()
        SimulatorFiles.remove(kubeconfig)
    }
}

/// Where services of a simulated cluster answer: behind the proxy of its API server, as the node has no address of its own.
final class ServiceAddress: Sendable {
    fileprivate let server = Mutex<String?>(nil)

    /// The addresses of a service.
    var urls: @Sendable (_ namespace: String, _ name: String) async -> [String]? {
        { [self] namespace, name in
            server.withLock { $0 }.map { ["\($0)/api/v1/namespaces/\(namespace)/services/\(name)/proxy"] }
        }
    }
}
