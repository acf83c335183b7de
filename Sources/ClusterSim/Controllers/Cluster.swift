/// The state of the simulated cluster: its objects, who watches them, and what the controllers have to do.
///
/// One actor holds all, because every write touches several kinds; the work of a request outside it (decoding, encoding
/// of lists) is done by the callers.
actor Cluster {
    let catalog: ResourceCatalog
    let types: KnownTypes
    let schemas: SchemaLibrary
    let settings: ClusterSettings

    var store = ObjectStore()
    var queue = WorkQueue()
    var watchers: [Int: Watcher] = [:]
    /// Objects of a recording: controllers leave them as they are until a client writes them.
    var frozen: Set<ObjectKey> = []
    /// The pods and ReplicaSets that no controller owns.
    var orphans: Set<ObjectKey> = []
    /// The recorded logs, by `pod/container`.
    var recordedLogs: JSON = [:]
    var kubelet = KubeletState()
    var addresses = AddressPool()
    var services = ServiceIndex()
    var apiFaults: APIFaults
    private(set) var faultTargets: FaultTargets
    /// When each autoscaler last looked, by uid.
    var lastAutoscaling: [String: Double] = [:]
    /// When the cluster began: from here on its own clock runs as fast as the speed says.
    var began = Timestamp.now
    /// What is remembered of CronJobs, by uid.
    var crons: [String: CronState] = [:]
    var eventIndex = EventIndex()
    var retries = Retries()

    var timers = TimerHeap<TimerAction>()
    private var armed: (time: Double, task: Task<Void, Never>)?
    private var isDraining = false
    private var watcherCount = 0
    private var isStopped = false

    /// - Parameter schemas: those of a cluster of the same documents; nil reads them when they are needed.
    init(settings: ClusterSettings, catalog: ResourceCatalog, schemas: SchemaLibrary? = nil) throws {
        self.settings = settings
        self.catalog = catalog
        types = try KnownTypes(catalog)
        self.schemas = schemas ?? SchemaLibrary(directory: settings.apiDocuments)
        apiFaults = APIFaults(faults: settings.faults, speed: settings.speed)
        faultTargets = FaultTargets(settings.faults)
    }

    /// The schema of a kind; nil when no document describes it.
    func schema(_ type: ResourceType) -> SchemaView? { schemas.catalog(type.documentPath)?.root(kind: type.kind) }

    func object(_ type: ResourceType, _ namespace: String, _ name: String) -> ObjectVersion? {
        store.object(ObjectKey(type: type, namespace: namespace, name: name))
    }

    // MARK: - Writes of controllers

    /// Stores an object and tells watchers and controllers.
    @discardableResult
    func commit(_ json: JSON, key: ObjectKey) -> ObjectVersion {
        let event = store.put(json, key: key)
        faultTargets.note(key)
        publish(event)
        return event.object
    }

    /// Changes a stored object, if it is still there and the change makes a difference.
    ///
    /// - Parameter isWish: whether a change of the spec is one of what is wanted, which the generation counts.
    @discardableResult
    func modify(_ key: ObjectKey, isWish: Bool = true, _ body: (inout JSON) -> Void) -> ObjectVersion? {
        guard let current = store.object(key) else { return nil }
        var json = current.json
        body(&json)
        if json == current.json { return current }
        frozen.remove(key)
        if isWish, Metadata.countsGenerations(key.type), json["spec"] != current.json["spec"] {
            json["metadata"]["generation"] = .int((current.json["metadata"]["generation"].int ?? 0) + 1)
        }
        if removeIfFinished(json, key: key) { return nil }
        return commit(json, key: key)
    }

    /// Removes an object from the store for good.
    func erase(_ key: ObjectKey) {
        guard let event = store.remove(key) else { return }
        frozen.remove(key)
        publish(event)
    }

    /// Removes an object that is to be deleted once its last finalizer is gone.
    func removeIfFinished(_ json: JSON, key: ObjectKey) -> Bool {
        guard !json["metadata"]["deletionTimestamp"].isNull, json["metadata"]["finalizers"].array.isEmpty else {
            return false
        }
        if key.type == types.pods, (json["metadata"]["deletionGracePeriodSeconds"].int ?? 0) > 0 { return false }
        if key.type == types.namespaces { return false }
        erase(key)
        return true
    }

    // MARK: - Watches

    /// Starts a watch; the stream ends when the watch is cancelled or the cluster stops.
    func addWatcher(_ watcher: Watcher) -> Int {
        watcherCount += 1
        watchers[watcherCount] = watcher
        return watcherCount
    }

    func removeWatcher(_ number: Int) {
        watchers.removeValue(forKey: number)?.continuation.finish()
    }

    private func publish(_ event: WatchEvent) {
        for watcher in watchers.values where watcher.type == event.object.key.type {
            if let seen = watcher.filter.view(event) { watcher.continuation.yield(.event(seen)) }
        }
        noteForControllers(event)
        kick()
    }

    // MARK: - Time and work

    func enqueue(_ key: ObjectKey) {
        queue.insert(key)
        kick()
    }

    /// Does something after a time of the simulated cluster; the speed of the simulation shortens it.
    func schedule(_ action: TimerAction, after seconds: Double) {
        // `sleep infinity` ends some day, too: a timer has to have a time.
        let time = Timestamp.now + min(seconds, 1e9) / settings.speed
        timers.insert(action, at: time)
        arm()
    }

    func arm() {
        guard !isStopped, let next = timers.next else { return }
        if let armed, armed.time <= next { return }
        armed?.task.cancel()
        let delay = max(0, next - Timestamp.now)
        let task = Task { [weak self] in
            do { try await Task.sleep(for: .seconds(delay)) } catch { return }
            await self?.fire()
        }
        armed = (next, task)
    }

    private func fire() {
        armed = nil
        kick()
    }

    func kick() {
        guard !isDraining, !isStopped else { return }
        isDraining = true
        Task { [weak self] in await self?.drain() }
    }

    private func drain() async {
        var count = 0
        while !isStopped {
            let now = Timestamp.now
            if let action = timers.pop(until: now) {
                perform(action)
            } else if let key = queue.pop() {
                reconcile(key)
            } else {
                break
            }
            count += 1
            // Requests get their turn between the controllers' steps.
            if count % 32 == 0 { await Task.yield() }
        }
        isDraining = false
        arm()
    }

    /// Ends all watches and all work.
    func stop() {
        isStopped = true
        armed?.task.cancel()
        for watcher in watchers.values { watcher.continuation.finish() }
        watchers = [:]
    }
}

/// How a cluster behaves.
struct ClusterSettings: Sendable {
    var apiDocuments: String
    var faults: [Fault]
    var speed: Double
    var imageIsPresent: @Sendable (String) -> Bool
    var metricsAreServed: @Sendable () -> Bool
    var nodeCapacity: NodeCapacity
}

/// Something that a controller does later.
enum TimerAction: Sendable {
    case reconcile(ObjectKey)
    case lookAgain(ObjectKey)
    case pod(ObjectKey, uid: String, PodStep)
    case removePod(ObjectKey, uid: String)
    /// Puts a pod out of a node, if the node is still tainted so that the pod may not stay.
    case evict(ObjectKey, uid: String, node: String)
    case heartbeat
    case expireEvents
}

/// Somebody who is told of changes.
struct Watcher: Sendable {
    let type: ResourceType
    let filter: WatchFilter
    let continuation: AsyncStream<WatchItem>.Continuation
}

/// Which objects a list or a watch shows.
struct WatchFilter: Sendable {
    var namespace: String?
    var labels: LabelSelector?
    var fields: FieldSelector?

    func matches(_ object: ObjectVersion) -> Bool {
        if let namespace, object.key.namespace != namespace { return false }
        if let labels, !labels.matches(object.labels) { return false }
        if let fields, !fields.matches(object.json) { return false }
        return true
    }

    /// An event as the watch sees it: an object that begins to match is added, one that ceases to match is deleted.
    func view(_ event: WatchEvent) -> WatchEvent? {
        let isMatch = matches(event.object)
        let wasMatch = event.previous.map(matches) ?? false
        var event = event
        switch (event.kind, wasMatch, isMatch) {
        case (.deleted, true, _): return event
        case (.deleted, false, _), (_, false, false): return nil
        case (_, false, true): event.kind = .added
        case (_, true, true): event.kind = .modified
        case (_, true, false): event.kind = .deleted
        }
        return event
    }
}
