import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// How a simulated cluster is to be.
public struct SimulatorConfiguration: Sendable {
    /// The folder of the API's documents (`share/kubernetes-1.36`).
    public var apiDocuments: String
    /// A recorded namespace to start from: a folder with `objects.json` and `logs.json`.
    public var snapshot: String?
    /// What goes wrong.
    public var faults: [Fault]
    /// How many times faster than real the cluster works; all its delays are divided by it.
    public var speed: Double
    /// The port on 127.0.0.1; 0 takes a free one.
    public var port: Int
    /// Namespaces that exist from the start, besides those that every cluster has.
    public var seedNamespaces: [String]
    /// Whether the cluster has a metrics server now, for `kubectl top` and autoscalers.
    public var metricsAreServed: @Sendable () -> Bool
    /// Whether an image is on the node, asked when a container starts; an image that is not cannot be pulled either.
    public var imageIsPresent: @Sendable (String) -> Bool

    /// A configuration.
    public init(
        apiDocuments: String, snapshot: String? = nil, faults: [Fault] = [], speed: Double = 1, port: Int = 0,
        seedNamespaces: [String] = [], metrics: Bool = false,
        imageIsPresent: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.apiDocuments = apiDocuments
        self.snapshot = snapshot
        self.faults = faults
        self.speed = speed
        self.port = port
        self.seedNamespaces = seedNamespaces
        metricsAreServed = { metrics }
        self.imageIsPresent = imageIsPresent
    }
}

/// Where a simulated cluster listens.
public struct SimulatorEndpoint: Sendable, Hashable {
    /// The port on 127.0.0.1.
    public let port: Int
    /// The server's address, as a kubeconfig has it.
    public var url: String { "http://127.0.0.1:\(port)" }
}

/// Why a simulated cluster does not start.
public struct SimulatorError: Error, CustomStringConvertible, Sendable {
    /// What is wrong, with the file or the port.
    public let description: String
}

/// A Kubernetes API server in memory, with the controllers of a small cluster, that kubectl and helm work against.
public final class ClusterSimulator: Sendable {
    /// The name of the cluster, the context and the user in the kubeconfig.
    public static let contextName = "runbook-sim"

    private struct Running {
        let endpoint: SimulatorEndpoint
        let task: Task<Void, any Error>
    }

    private let configuration: SimulatorConfiguration
    private let cluster: Cluster
    /// The namespace of a kubeconfig's context.
    private let namespace: String
    /// What the cluster is filled with when it starts; nil for a copy, which is full.
    private let seed: (@Sendable () async -> Void)?
    private let running = Mutex<Running?>(nil)

    /// Reads the API's documents and the snapshot.
    ///
    /// - Throws: `SimulatorError` when one of them cannot be read, or when the speed is not positive.
    public init(_ configuration: SimulatorConfiguration) throws {
        guard configuration.speed > 0 else {
            throw SimulatorError(description: "the speed \(configuration.speed) is not positive")
        }
        guard (0...65_535).contains(configuration.port) else {
            throw SimulatorError(description: "the port \(configuration.port) is not between 0 and 65535")
        }
        self.configuration = configuration
        let catalog: ResourceCatalog
        do {
            catalog = try ResourceCatalog(directory: configuration.apiDocuments)
            let snapshot = try configuration.snapshot.map { try Snapshot(directory: $0, catalog: catalog) }
            let cluster = try Cluster(settings: ClusterSettings(configuration), catalog: catalog)
            let namespaces = configuration.seedNamespaces
            self.cluster = cluster
            namespace = snapshot?.namespace ?? "default"
            seed = { await cluster.seed(snapshot: snapshot, namespaces: namespaces) }
        } catch let error as SimulatorError {
            throw error
        } catch {
            throw SimulatorError(description: "\(error)")
        }
    }

    private init(copying other: ClusterSimulator, _ configuration: SimulatorConfiguration) throws {
        self.configuration = configuration
        namespace = other.namespace
        seed = nil
        cluster = try Cluster(
            settings: ClusterSettings(configuration), catalog: other.cluster.catalog, schemas: other.cluster.schemas)
    }

    /// A cluster that holds what this one holds now and goes its own way from there; it is not started.
    ///
    /// - Parameters:
    ///   - imageIsPresent: Whether an image is on the copy's node.
    ///   - metricsAreServed: Whether the copy has a metrics server.
    /// - Throws: `SimulatorError`.
    public func copy(
        imageIsPresent: @escaping @Sendable (String) -> Bool, metricsAreServed: @escaping @Sendable () -> Bool
    ) async throws -> ClusterSimulator {
        var configuration = configuration
        configuration.imageIsPresent = imageIsPresent
        configuration.metricsAreServed = metricsAreServed
        configuration.port = 0
        let copy = try ClusterSimulator(copying: self, configuration)
        await copy.cluster.adopt(cluster.memory())
        return copy
    }

    /// Every object that is stored now, in no order.
    public func objects() async -> [SimulatedObject] { await cluster.allObjects() }

    /// Lets resource versions go by, as other clients of a real cluster do all the time.
    public func skipVersions(_ count: Int) async { await cluster.skipVersions(count) }

    /// A number that grows with every change of an object.
    public func version() async -> Int { await cluster.store.resourceVersion }

    /// Starts to listen on 127.0.0.1.
    ///
    /// - Throws: `SimulatorError` when the port is in use or the simulator runs already.
    public func start() async throws -> SimulatorEndpoint {
        guard running.withLock({ $0 == nil }) else { throw SimulatorError(description: "the simulator runs already") }
        await seed?()
        let (ports, announce) = AsyncStream<Int>.makeStream()
        let responder = APIResponder(
            cluster: cluster, documents: Documents(directory: configuration.apiDocuments, catalog: cluster.catalog),
            metricsAreServed: configuration.metricsAreServed)
        var logger = Logger(label: "cluster-sim")
        logger.logLevel = .critical
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [cluster] in UpgradeChannel(http: HTTP1Channel(responder: $0), cluster: cluster)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: configuration.port)),
            onServerRunning: { channel in
                announce.yield(channel.localAddress?.port ?? 0)
                announce.finish()
            }, logger: logger)
        let task = Task {
            defer { announce.finish() }
            try await application.run()
        }
        for await port in ports {
            let endpoint = SimulatorEndpoint(port: port)
            running.withLock { $0 = Running(endpoint: endpoint, task: task) }
            return endpoint
        }
        do {
            try await task.value
        } catch {
            let isInUse = (error as? IOError)?.errnoCode == EADDRINUSE
            let reason = isInUse ? "the port is in use; take another, or 0 for a free one" : "\(error)"
            throw SimulatorError(description: "cannot listen on 127.0.0.1:\(configuration.port): \(reason)")
        }
        throw SimulatorError(description: "cannot listen on 127.0.0.1:\(configuration.port)")
    }

    /// The text of a kubeconfig for the running simulator.
    ///
    /// - Throws: `SimulatorError` when the simulator does not run.
    public func kubeconfig() throws -> String {
        guard let endpoint = running.withLock({ $0?.endpoint }) else {
            throw SimulatorError(description: "the simulator does not run")
        }
        let name = Self.contextName
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: \(name)
              cluster:
                server: \(endpoint.url)
            contexts:
            - name: \(name)
              context:
                cluster: \(name)
                user: \(name)
                namespace: \(namespace)
            current-context: \(name)
            users:
            - name: \(name)
              user:
                token: simulated

            """
    }

    /// The faults that were asked for by name and have met nothing so far: a slip of the name, most likely.
    public func unmetFaults() async -> [UnmetFault] { await cluster.faultTargets.faults }

    /// Stops listening, and ends all watches.
    public func stop() async {
        guard
            let running = running.withLock({ state -> Running? in
                defer { state = nil }
                return state
            })
        else { return }
        await cluster.stop()
        running.task.cancel()
        _ = try? await running.task.value
    }
}
