/// Bounds a piece of work in time.
enum Deadline {
    /// The innermost limit that the current task works under; nil: none.
    @TaskLocal static var current: Limit?

    /// A limit, which a rehearsal lets pass at once instead of waiting for it.
    final class Limit: Sendable {
        /// What it limits: `the run`, `the step "Deploy"`.
        let what: String
        private let passing: AsyncStream<Void>
        private let pass: AsyncStream<Void>.Continuation

        init(_ what: String) {
            self.what = what
            (passing, pass) = AsyncStream.makeStream()
        }

        /// Ends the work as if the time were over.
        func expire() { pass.yield() }

        /// Returns when the limit was let pass.
        ///
        /// - Throws: `CancellationError`.
        func passed() async throws {
            for await _ in passing { return }
            try Task.checkCancellation()
        }
    }

    /// Runs `work`, and cancels it when the limit passes.
    ///
    /// - Throws: `RunbookError` with code `timeout`.
    static func run<Value: Sendable>(
        _ duration: Duration, of what: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let limit = Limit(what)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await $current.withValue(limit) { try await work() } }
            group.addTask {
                try await Task.sleep(for: duration)
                return nil
            }
            group.addTask {
                try await limit.passed()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw RunbookError(.timeout, "\(what) was over its limit of \(DurationText.of(duration))")
            }
            return value
        }
    }
}
