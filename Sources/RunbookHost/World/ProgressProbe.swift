/// A read that is made beside a command that waits and says nothing, so that a person sees what it waits for.
///
/// It is not a request of the run: no tape, journal or list of actions holds it, and its failure fails nothing.
public final class ProgressProbe: Sendable {
    private let command: Command
    private let text: @Sendable ([UInt8]) -> String?

    private let interval: Duration

    /// Describes a read.
    ///
    /// - Parameters:
    ///   - command: The command that looks.
    ///   - interval: How long it waits before it looks for the first time, and again; what ends sooner needs no words.
    ///   - text: What to tell of its standard output; nil: nothing.
    public init(
        _ command: Command, every interval: Duration = .seconds(2), text: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.interval = interval
        self.command = command
        self.text = text
    }

    /// Looks, as long as the work goes on, and tells what has changed.
    func look<Value: Sendable>(
        by run: @escaping @Sendable (Command) async throws -> ProcessResult, tell: @escaping @Sendable (String) -> Void,
        while work: () async throws -> Value
    ) async throws -> Value {
        let looking = Task {
            var told: String?
            while true {
                try await Task.sleep(for: interval)
                let seen = try await run(command)
                guard seen.succeeded, let text = text(seen.stdout), text != told else { continue }
                told = text
                tell(text)
            }
        }
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        looking.cancel()
        _ = await looking.result
        return try result.get()
    }
}
