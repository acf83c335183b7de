import Synchronization

/// A limit on how long a piece of work may take.
final class TimeLimit: Sendable {
    private let duration: Duration?
    private let passed = Atomic<Bool>(false)

    init(_ duration: Duration?) {
        self.duration = duration
    }

    /// True once the limit was passed.
    var hasPassed: Bool { passed.load(ordering: .relaxed) }

    /// Runs `work`; when the limit passes, `expire` is called beside it to bring it to its end.
    func run<Value: Sendable>(
        _ expire: @escaping @Sendable () async -> Void, while work: () async throws -> Value
    ) async throws -> Value {
        guard let duration else { return try await work() }
        let timer = Task {
            try await Task.sleep(for: duration)
            passed.store(true, ordering: .relaxed)
            await expire()
        }
        defer { timer.cancel() }
        return try await work()
    }
}
