import Foundation

/// Takes a run's lock: on this machine by a file, and in a team by a Lease where a cluster is in reach.
struct RunLock {
    let name: String
    let run: RunSession
    let stop: StopSwitch

    /// Takes the lock, waiting as long as `--wait-lock` says.
    ///
    /// - Throws: `RunbookError` with code `locked` that names the holder, or `io`.
    func take() async throws -> HeldLock {
        let deadline = ContinuousClock.now + run.options.lockWait
        let (file, left) = try await takeFile(until: deadline)
        guard usesCluster else { return HeldLock(file: file, lease: nil) }
        do {
            // Whoever left the file is gone, and so is this run's own earlier session.
            let gone = Set([run.id, left?.run].compactMap { $0 })
            let lease = ClusterLease(name: name, holder: holder, gone: gone, run: run, stop: stop)
            return HeldLock(file: file, lease: try await lease.take(until: deadline) ? lease : nil)
        } catch {
            file.release()
            throw error
        }
    }

    /// A lock names a cluster's thing when the runbook works on a cluster.
    private var usesCluster: Bool {
        run.header.requires.contains { $0.tool == "kubectl" || $0.tool == "helm" }
            || run.header.allow?.modules["kubectl"] == .write || run.header.allow?.modules["helm"] == .write
    }

    private var holder: LockHolder {
        let place = Host.current(environment: run.options.environment)
        return LockHolder(
            lock: name, run: run.id, runbook: run.header.name, user: place.user, host: place.name, pid: place.pid,
            since: SystemClock.now())
    }

    private func takeFile(until deadline: ContinuousClock.Instant) async throws -> (FileLock, left: LockHolder?) {
        let folder = run.options.stateFolder + "/locks"
        try StateFolder.make(folder)
        // A simulated cluster is the run's own: its lock keeps no real run away.
        let realm = run.options.standIn.map { "\($0)-" } ?? ""
        let path = "\(folder)/\(realm)\(LockSpelling.of(name)).lock"
        var isTold = false
        while true {
            switch try FileLock.attempt(path, holder) {
            case .taken(let lock, let left):
                if let left, left.run == run.id {
                    tell("the lock \"\(name)\" was left by this run when it ended")
                } else if let left {
                    tell("the lock \"\(name)\" was left by \(left.description(now: SystemClock.now())), which is gone")
                }
                return (lock, left)
            case .held(let other):
                let who = other?.description(now: SystemClock.now()) ?? "another run"
                guard ContinuousClock.now < deadline else { throw RunLock.refusal(name, who, other?.run) }
                if !isTold { tell("waiting for the lock \"\(name)\", held by \(who)") }
                isTold = true
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func tell(_ text: String) {
        run.hub.publish(.note(Note(level: .info, text: text)))
    }

    static func refusal(_ name: String, _ who: String, _ id: String?) -> RunbookError {
        RunbookError(
            .locked, "the lock \"\(name)\" is held by \(who)",
            remedy: "wait with --wait-lock 5m" + (id.map { ", or look at it with `runbook logs \($0)`" } ?? ""))
    }
}

/// A lock that a run holds.
final class HeldLock: Sendable {
    private let file: FileLock
    private let lease: ClusterLease?

    init(file: FileLock, lease: ClusterLease?) {
        self.file = file
        self.lease = lease
    }

    /// Gives it back.
    func release() async {
        await lease?.release()
        file.release()
    }

    /// Gives it up as the end of a process does.
    func abandon() {
        lease?.abandon()
        file.abandon()
    }
}
