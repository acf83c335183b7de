/// The objects of a cluster, with the log of their changes that watches resume from.
///
/// Not safe by itself: the cluster actor owns it.
struct ObjectStore {
    /// The objects of one kind.
    private struct Table {
        var objects: [String: [String: ObjectVersion]] = [:]
        var log: [WatchEvent] = []
        /// The newest version that the log no longer knows.
        var forgotten = 0
        /// The objects in the order of lists, made when somebody asks, until one changes: clients read long lists in pages.
        var order: [String?: [ObjectVersion]] = [:]
    }

    /// How many changes of each kind are kept for watches to resume from.
    static let logLimit = 4096
    /// The version of a new cluster, before which nothing is known.
    static let firstVersion = 1000

    private var tables: [ResourceType: Table] = [:]
    private var dependents: [String: Set<ObjectKey>] = [:]
    private(set) var resourceVersion = Self.firstVersion

    /// Lets versions go by, as if others had made changes.
    mutating func skipVersions(_ count: Int) { resourceVersion += count }

    /// The object of a name.
    func object(_ key: ObjectKey) -> ObjectVersion? { tables[key.type]?.objects[key.namespace]?[key.name] }

    /// The objects of a kind in one namespace (nil: in all), in no order.
    func objects(_ type: ResourceType, namespace: String? = nil) -> [ObjectVersion] {
        guard let table = tables[type] else { return [] }
        if let namespace { return table.objects[namespace].map { Array($0.values) } ?? [] }
        return table.objects.values.flatMap(\.values)
    }

    /// The objects of a kind in the order of a real server's lists: by namespace, then by name.
    func sorted(_ type: ResourceType, namespace: String? = nil) -> [ObjectVersion] {
        guard let table = tables[type] else { return [] }
        if let namespace {
            return table.objects[namespace].map { $0.values.sorted { $0.key.name < $1.key.name } } ?? []
        }
        return table.objects.keys.sorted().flatMap { name in
            (table.objects[name] ?? [:]).values.sorted { $0.key.name < $1.key.name }
        }
    }

    /// The same as `sorted`, kept until an object of the kind changes: clients read long lists in pages.
    mutating func page(_ type: ResourceType, namespace: String? = nil) -> [ObjectVersion] {
        if let known = tables[type]?.order[namespace] { return known }
        let result = sorted(type, namespace: namespace)
        tables[type]?.order[namespace] = result
        return result
    }

    /// The objects that name an owner of this uid.
    func dependents(of uid: String) -> Set<ObjectKey> { dependents[uid] ?? [] }

    /// Stores an object under a new version and says what changed.
    mutating func put(_ json: JSON, key: ObjectKey) -> WatchEvent {
        resourceVersion += 1
        var json = json
        json["metadata"]["resourceVersion"] = .string(String(resourceVersion))
        return put(exactly: json, key: key)
    }

    /// Stores an object as it is, with the version that stands in it, as a recording needs it.
    mutating func load(_ json: JSON, key: ObjectKey) -> WatchEvent {
        resourceVersion = max(resourceVersion, Int(json["metadata"]["resourceVersion"].string ?? "") ?? 0)
        return put(exactly: json, key: key)
    }

    private mutating func put(exactly json: JSON, key: ObjectKey) -> WatchEvent {
        let version = ObjectVersion(key: key, json: json, resourceVersion: resourceVersion)
        let previous = tables[key.type, default: Table()].objects[key.namespace, default: [:]].updateValue(
            version, forKey: key.name)
        if previous?.json["metadata"]["ownerReferences"] != json["metadata"]["ownerReferences"] {
            if let previous { forgetOwners(previous) }
            for owner in json["metadata"]["ownerReferences"].array {
                dependents[owner["uid"].string ?? "", default: []].insert(key)
            }
        }
        tables[key.type]?.order = [:]
        let event = WatchEvent(kind: previous == nil ? .added : .modified, object: version, previous: previous)
        remember(event)
        return event
    }

    /// Removes an object and says what changed; the event's object carries the version of the removal.
    mutating func remove(_ key: ObjectKey) -> WatchEvent? {
        guard let previous = tables[key.type]?.objects[key.namespace]?.removeValue(forKey: key.name) else { return nil }
        if tables[key.type]?.objects[key.namespace]?.isEmpty == true {
            tables[key.type]?.objects.removeValue(forKey: key.namespace)
        }
        tables[key.type]?.order = [:]
        forgetOwners(previous)
        resourceVersion += 1
        var json = previous.json
        json["metadata"]["resourceVersion"] = .string(String(resourceVersion))
        let last = ObjectVersion(key: key, json: json, resourceVersion: resourceVersion)
        let event = WatchEvent(kind: .deleted, object: last, previous: previous)
        remember(event)
        return event
    }

    private mutating func forgetOwners(_ object: ObjectVersion) {
        for owner in object.json["metadata"]["ownerReferences"].array {
            let uid = owner["uid"].string ?? ""
            dependents[uid]?.remove(object.key)
            if dependents[uid]?.isEmpty == true { dependents.removeValue(forKey: uid) }
        }
    }

    private mutating func remember(_ event: WatchEvent) {
        tables[event.object.key.type, default: Table()].log.append(event)
        let count = tables[event.object.key.type]?.log.count ?? 0
        // Half of the log goes at once, so that dropping the oldest costs little per change.
        guard count > 2 * Self.logLimit else { return }
        let dropped = count - Self.logLimit
        let forgotten = tables[event.object.key.type]?.log[dropped - 1].object.resourceVersion ?? 0
        tables[event.object.key.type]?.forgotten = forgotten
        tables[event.object.key.type]?.log.removeFirst(dropped)
    }

    /// The changes of a kind after a version; nil when the log no longer reaches back so far.
    func changes(_ type: ResourceType, after version: Int) -> [WatchEvent]? {
        if version < Self.firstVersion { return nil }
        guard let table = tables[type] else { return [] }
        if version < table.forgotten { return nil }
        var low = 0
        var high = table.log.count
        while low < high {
            let middle = (low + high) / 2
            if table.log[middle].object.resourceVersion <= version { low = middle + 1 } else { high = middle }
        }
        return Array(table.log[low...])
    }

    /// The kinds of which objects exist in a namespace.
    func types(in namespace: String) -> [ResourceType] {
        tables.filter { $0.value.objects[namespace]?.isEmpty == false }.map(\.key)
    }
}
