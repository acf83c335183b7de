import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waits for a signal that ends the program.
struct Interruption {
    private let signals: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    /// From here on, SIGINT and SIGTERM no longer end the program by themselves.
    init() {
        let (signals, arrived) = AsyncStream<Int32>.makeStream()
        self.signals = signals
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrived.yield(number) }
            source.resume()
            return source
        }
    }

    /// Returns at SIGINT or SIGTERM, also at one that has come before.
    func wait() async {
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
