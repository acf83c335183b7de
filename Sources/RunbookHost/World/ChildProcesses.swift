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
    /// The groups, each with the words for one that is given long to end.
    private static let groups = Mutex<[pid_t: String?]>([:])

    /// One program, from its start to its end.
    final class Entry: Sendable {
        private let group = Mutex<pid_t?>(nil)
        private let awaited: String?

        /// - Parameter awaited: What a person is told when a stop waits long for it; nil when it does not.
        init(awaited: String? = nil) { self.awaited = awaited }

        func started(_ group: pid_t) {
            self.group.withLock { $0 = group }
            _ = groups.withLock { $0.updateValue(awaited, forKey: group) }
        }

        /// Forgets the program; one that was stopped takes with it what it started and left behind.
        func ended(leavesNone: Bool) {
            guard let group = group.withLock({ $0 }) else { return }
            if leavesNone { ChildProcesses.end(group) }
            _ = groups.withLock { $0.removeValue(forKey: group) }
        }
    }

    // A shell's background jobs ignore SIGINT, and so outlive the shell.
    private static func end(_ group: pid_t) {
        guard kill(-group, SIGTERM) == 0 else { return }
        for _ in 0..<50 {
            usleep(10_000)
            if kill(-group, 0) != 0 { return }
        }
        kill(-group, SIGKILL)
    }

    /// True when a child has ended, whether or not its end was waited for.
    static func hasEnded(_ process: pid_t) -> Bool {
        var info = siginfo_t()
        let found = waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT)
        if found != 0 { return errno == ECHILD }
        // Without an end to tell of, the answer is all zeros.
        return info.si_signo != 0
    }

    /// True when no program runs.
    public static var isEmpty: Bool { groups.withLock { $0.isEmpty } }

    /// The programs that a stop gives long to end, in words with how long.
    public static var awaited: [String] { groups.withLock { $0.values.compactMap { $0 }.sorted() } }

    /// Kills them all.
    public static func killAll() {
        for group in groups.withLock({ Array($0.keys) }) { kill(-group, SIGKILL) }
    }
}
