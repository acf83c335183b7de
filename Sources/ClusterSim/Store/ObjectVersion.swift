import Synchronization

/// The name of one object among all.
struct ObjectKey: Hashable, Sendable {
    let type: ResourceType
    let namespace: String
    let name: String
}

/// One version of an object, as it was stored.
final class ObjectVersion: Sendable {
    let key: ObjectKey
    let json: JSON
    let resourceVersion: Int
    /// When this version was stored.
    let time = Timestamp.now
    private let encoded = Mutex<[UInt8]?>(nil)

    init(key: ObjectKey, json: JSON, resourceVersion: Int) {
        self.key = key
        self.json = json
        self.resourceVersion = resourceVersion
    }

    var uid: String { json["metadata"]["uid"].string ?? "" }
    var labels: JSON { json["metadata"]["labels"] }
    /// The faults that the object's annotation asks for.
    var annotatedFaults: String? { json["metadata"]["annotations"][Fault.annotation].string }
    var isTerminating: Bool { !json["metadata"]["deletionTimestamp"].isNull }

    /// The object's text, which is made once, when somebody first asks for it.
    var bytes: [UInt8] {
        encoded.withLock { cache in
            if let cache { return cache }
            let bytes = JSONWriter.bytes(json)
            cache = bytes
            return bytes
        }
    }

    /// The object's owner that manages it.
    var controller: JSON? {
        json["metadata"]["ownerReferences"].array.first { $0["controller"].bool == true }
    }
}

/// What a watch is told, in order.
enum WatchItem: Sendable {
    case event(WatchEvent)
    /// All that existed when the watch began has been told; the number is the version of that moment.
    case endOfInitial(Int)
    /// The watch ends, because it cannot be carried out.
    case failure(APIError)
}

/// A change of one object.
struct WatchEvent: Sendable {
    /// What happened, in the words of the watch protocol.
    enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    var kind: Kind
    let object: ObjectVersion
    let previous: ObjectVersion?
}
