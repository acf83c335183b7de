/// An object as the cluster has it.
public struct SimulatedObject: Sendable {
    /// The kind, such as `Deployment`.
    public let kind: String
    /// The group and version, such as `apps/v1`.
    public let apiVersion: String
    /// The namespace; empty for an object of the whole cluster.
    public let namespace: String
    /// The name.
    public let name: String
    /// The object as JSON text.
    public let json: [UInt8]
}

extension Cluster {
    /// All that a cluster remembers: what a copy of it begins with.
    struct Memory: Sendable {
        fileprivate let store: ObjectStore
        fileprivate let queue: WorkQueue
        fileprivate let timers: TimerHeap<TimerAction>
        fileprivate let frozen: Set<ObjectKey>
        fileprivate let recordedLogs: JSON
        fileprivate let kubelet: KubeletState
        fileprivate let addresses: AddressPool
        fileprivate let services: ServiceIndex
        fileprivate let apiFaults: APIFaults
        fileprivate let lastAutoscaling: [String: Double]
        fileprivate let began: Double
        fileprivate let crons: [String: CronState]
        fileprivate let eventIndex: EventIndex
        fileprivate let retries: Retries
    }

    /// What the cluster remembers now.
    func memory() -> Memory {
        Memory(
            store: store, queue: queue, timers: timers, frozen: frozen, recordedLogs: recordedLogs, kubelet: kubelet,
            addresses: addresses, services: services, apiFaults: apiFaults, lastAutoscaling: lastAutoscaling,
            began: began, crons: crons, eventIndex: eventIndex, retries: retries)
    }

    /// Takes over what another cluster of the same documents remembers, and goes on with its work.
    func adopt(_ memory: Memory) {
        store = memory.store
        queue = memory.queue
        timers = memory.timers
        frozen = memory.frozen
        recordedLogs = memory.recordedLogs
        kubelet = memory.kubelet
        addresses = memory.addresses
        services = memory.services
        apiFaults = memory.apiFaults
        lastAutoscaling = memory.lastAutoscaling
        began = memory.began
        crons = memory.crons
        eventIndex = memory.eventIndex
        retries = memory.retries
        kick()
    }

    func skipVersions(_ count: Int) { store.skipVersions(count) }

    func allObjects() -> [SimulatedObject] {
        catalog.all.flatMap { type in
            store.objects(type).map { object in
                SimulatedObject(
                    kind: type.kind, apiVersion: type.apiVersion, namespace: object.key.namespace,
                    name: object.key.name, json: JSONWriter.bytes(object.json))
            }
        }
    }
}

extension ClusterSettings {
    init(_ configuration: SimulatorConfiguration) {
        self.init(
            apiDocuments: configuration.apiDocuments, faults: configuration.faults, speed: configuration.speed,
            imageIsPresent: configuration.imageIsPresent, metricsAreServed: configuration.metricsAreServed,
            nodeCapacity: NodeCapacity())
    }
}
