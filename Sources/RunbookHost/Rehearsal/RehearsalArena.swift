import RunbookSecrets

/// A simulated cluster and machine in which a run of a rehearsal takes place.
public protocol RehearsalArena: Sendable {
    /// What the simulated docker and minikube know.
    var machine: SimulatedMachine { get }
    /// Answers docker and minikube in the real tools' place.
    func wrap(_ world: any World, _ vault: SecretVault) -> any World
    /// Points a run at the cluster.
    func point(_ options: inout RunOptions)
    /// Waits until the cluster's controllers have nothing more to do.
    func settle() async
    /// The cluster's objects.
    func objects() async -> [RehearsalObject]
    /// An arena that holds what this one holds, and goes its own way.
    ///
    /// - Throws: `RunbookError`.
    func copy() async throws -> any RehearsalArena
    /// Lets what a cluster counts go by, as other clients do: a value that follows it tells nothing.
    func age() async
    /// Ends it.
    func stop() async
}

/// An object of a simulated cluster.
public struct RehearsalObject: Sendable {
    /// The kind, such as `Deployment`.
    public let kind: String
    /// The namespace; empty for an object of the whole cluster.
    public let namespace: String
    /// The name.
    public let name: String
    /// The object as JSON text.
    public let json: [UInt8]

    /// Describes an object.
    public init(kind: String, namespace: String, name: String, json: [UInt8]) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.json = json
    }

    /// `secret/todo in shop`.
    var title: String { "\(kind.lowercased())/\(name)" + (namespace.isEmpty ? "" : " in \(namespace)") }
}
