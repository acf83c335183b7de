import Testing

@testable import ClusterSim

@Suite("Store, queues and timers")
struct StoreTests {
    private func type() throws -> ResourceType {
        try ResourceCatalog(directory: Fixtures.documents).required("api/v1", "configmaps")
    }

    @Test("versions rise, and changes after a version are told in order")
    func changes() throws {
        var store = ObjectStore()
        let key = ObjectKey(type: try type(), namespace: "n", name: "a")
        let first = store.put(["data": ["x": "1"]], key: key).object.resourceVersion
        _ = store.put(["data": ["x": "2"]], key: key)
        let event = store.remove(key)
        let removed = try #require(event)
        #expect(store.changes(key.type, after: first)?.map(\.kind) == [.modified, .deleted])
        #expect(removed.object.resourceVersion > first + 1)
        #expect(store.object(key) == nil)
    }

    @Test("the log forgets the oldest changes, and says so")
    func forgets() throws {
        var store = ObjectStore()
        let key = ObjectKey(type: try type(), namespace: "n", name: "a")
        let first = store.put(["n": 0], key: key).object.resourceVersion
        for number in 1...(2 * ObjectStore.logLimit + 1) { _ = store.put(["n": .int(number)], key: key) }
        #expect(store.changes(key.type, after: first) == nil)
        #expect(store.changes(key.type, after: store.resourceVersion - 1)?.count == 1)
    }

    @Test("dependents follow the owner references")
    func dependents() throws {
        var store = ObjectStore()
        let key = ObjectKey(type: try type(), namespace: "n", name: "a")
        _ = store.put(["metadata": ["ownerReferences": [["uid": "u1"]]]], key: key)
        #expect(store.dependents(of: "u1") == [key])
        _ = store.put(["metadata": ["ownerReferences": [["uid": "u2"]]]], key: key)
        #expect(store.dependents(of: "u1").isEmpty && store.dependents(of: "u2") == [key])
        _ = store.remove(key)
        #expect(store.dependents(of: "u2").isEmpty)
    }

    @Test("a filtered watch sees objects come and go with their labels")
    func filters() throws {
        let key = ObjectKey(type: try type(), namespace: "n", name: "a")
        func version(_ app: String) -> ObjectVersion {
            ObjectVersion(key: key, json: ["metadata": ["labels": ["app": .string(app)]]], resourceVersion: 1)
        }
        let filter = WatchFilter(namespace: nil, labels: try LabelSelector(parsing: "app=x"), fields: nil)
        func kind(_ old: String?, _ new: String) -> WatchEvent.Kind? {
            filter.view(
                WatchEvent(kind: old == nil ? .added : .modified, object: version(new), previous: old.map(version)))?
                .kind
        }
        #expect(kind(nil, "x") == .added)
        #expect(kind("y", "x") == .added)
        #expect(kind("x", "x") == .modified)
        #expect(kind("x", "y") == .deleted)
        #expect(kind("y", "z") == nil)
    }

    @Test("timers fire in the order of their times, then of their setting")
    func timers() {
        var heap = TimerHeap<String>()
        for (name, time) in [("c", 3.0), ("a", 1.0), ("b1", 2.0), ("b2", 2.0)] { heap.insert(name, at: time) }
        #expect(heap.pop(until: 0.5) == nil)
        #expect(
            [heap.pop(until: 9), heap.pop(until: 9), heap.pop(until: 9), heap.pop(until: 9), heap.pop(until: 9)] == [
                "a", "b1", "b2", "c", nil,
            ])
    }

    @Test("the work queue has each object once")
    func queue() throws {
        var queue = WorkQueue()
        let key = ObjectKey(type: try type(), namespace: "n", name: "a")
        queue.insert(key)
        queue.insert(key)
        #expect(queue.pop() == key)
        #expect(queue.pop() == nil)
    }
}
