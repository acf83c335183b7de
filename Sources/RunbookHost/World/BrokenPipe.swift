#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The signal for a write to a pipe that nobody reads.
enum BrokenPipe {
    /// Keeps the signal from ending the engine: a program may end without reading its input, and the write then fails.
    ///
    /// Programs that the engine starts get the default back.
    static let ignore: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
