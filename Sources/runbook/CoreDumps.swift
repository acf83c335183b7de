#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps the memory of the program, which holds secrets in clear, out of core files.
enum CoreDumps {
    /// Forbids them to this process and to the programs that it starts: those have secrets in their environment.
    ///
    /// A limit of one byte and not of none: Linux hands the core of a crash to a collector such as systemd-coredump
    /// whatever the limit is, unless it is one.
    static func forbid() {
        var limit = rlimit()
        #if canImport(Glibc)
            let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)
        #else
            let core = RLIMIT_CORE
        #endif
        guard getrlimit(core, &limit) == 0 else { return }
        limit.rlim_cur = min(1, limit.rlim_max)
        setrlimit(core, &limit)
    }
}
