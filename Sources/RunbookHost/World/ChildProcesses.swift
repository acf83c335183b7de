import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process groups of the programs that run, so that a process that must end at once leaves none behind.
public enum ChildProcesses {
    private static let groups = Mutex<Set<pid_t>>([])

    static func add(_ group: pid_t) -> pid_t {
        _ = groups.withLock { $0.insert(group) }
        return group
    }

    static func remove(_ group: pid_t) {
        _ = groups.withLock { $0.remove(group) }
    }

    /// True when no program runs.
    public static var isEmpty: Bool { groups.withLock { $0.isEmpty } }

    /// Kills them all.
    public static func killAll() {
        for group in groups.withLock({ $0 }) { kill(-group, SIGKILL) }
    }
}
