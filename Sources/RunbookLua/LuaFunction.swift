import Synchronization

/// A function of a script that the host holds, for as long as this object lives.
public final class LuaFunction: Sendable {
    let reference: Int32
    private let engine: ReleaseList

    init(reference: Int32, engine: ReleaseList) {
        self.reference = reference
        self.engine = engine
    }

    deinit {
        engine.add(reference)
    }
}

/// Anchors that the host has let go of, on any thread; the runtime drops them when it next runs.
final class ReleaseList: Sendable {
    private let references = Mutex<[Int32]>([])

    func add(_ reference: Int32) {
        references.withLock { $0.append(reference) }
    }

    func take() -> [Int32] {
        references.withLock { list in
            defer { list.removeAll(keepingCapacity: true) }
            return list
        }
    }
}
