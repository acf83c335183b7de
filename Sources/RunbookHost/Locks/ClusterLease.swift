import Foundation
import RunbookSecrets
import Synchronization

/// A lock between machines: a `coordination.k8s.io` Lease that its holder renews.
///
/// Every change goes by the object's resourceVersion, so that of two runs that want it at once one gets a conflict.
final class ClusterLease: Sendable {
    /// How long a lease holds after its last renewal.
    static let seconds = 60
    private static let renewal = Duration.seconds(15)
    private static let namespace = "default"

    private let name: String
    private let object: String
    private let holder: LockHolder
    private let gone: Set<String>
    private let run: RunSession
    private let stop: StopSwitch
    private let state = Mutex(State())

    private struct State {
        var version: String?
        var transitions = 0
        var renewing: Task<Void, Never>?
    }

    /// - Parameter gone: Runs on this machine of which the file lock has shown that they have ended.
    init(name: String, holder: LockHolder, gone: Set<String>, run: RunSession, stop: StopSwitch) {
        self.name = name
        self.holder = holder
        self.gone = gone
        self.run = run
        self.stop = stop
        object = "runbook-" + LockSpelling.of(name)
    }

    /// Takes the lease; false where no cluster is in reach or it may not be used.
    ///
    /// - Throws: `RunbookError` with code `locked`.
    func take(until deadline: ContinuousClock.Instant) async throws -> Bool {
        var isTold = false
        while true {
            let found = try await read()
            switch found {
            case .unreachable(let reason):
                tell("no Lease for the lock \"\(name)\" (\(reason)): it keeps runs on this machine apart only")
                return false
            case .missing:
                if try await write(LeaseObject(object, holder, version: nil, transitions: 0), verb: "create") { break }
                continue
            case .found(let lease):
                let isFree = lease.holder.isEmpty
                var isTakeable = isFree || isGone(lease)
                if !isTakeable { isTakeable = try await isAbandoned(lease) }
                let now = SystemClock.now()
                guard isTakeable else {
                    guard ContinuousClock.now < deadline else {
                        throw RunLock.refusal(name, lease.description(now: now), lease.run)
                    }
                    if !isTold { tell("waiting for the lock \"\(name)\", held by \(lease.description(now: now))") }
                    isTold = true
                    try await Task.sleep(for: .seconds(1))
                    continue
                }
                let transitions = lease.transitions + 1
                let next = LeaseObject(object, holder, version: lease.version, transitions: transitions)
                guard try await write(next, verb: "replace") else { continue }
                state.withLock { $0.transitions = transitions }
                // Of one that is gone from this machine the file lock has told.
                if !isFree, !isGone(lease) {
                    tell(
                        "the lock \"\(name)\" was taken over from \(lease.description(now: now)), which no longer renews it"
                    )
                }
            }
            renew()
            return true
        }
    }

    /// Gives the lease back.
    func release() async {
        let task = state.withLock { $0.renewing }
        task?.cancel()
        // A renewal that is under way gives it another version.
        await task?.value
        guard state.withLock({ $0.version }) != nil else { return }
        if await writeFree() { return }
        guard case .found(let lease)? = try? await read(), lease.identity == identity else { return }
        state.withLock { $0.version = lease.version }
        _ = await writeFree()
    }

    private func writeFree() async -> Bool {
        var free = mine
        free.clear()
        return await (try? write(free, verb: "replace")) ?? false
    }

    /// The Lease as this run holds it.
    private var mine: LeaseObject {
        let (version, transitions) = state.withLock { ($0.version, $0.transitions) }
        return LeaseObject(object, holder, version: version, transitions: transitions)
    }

    /// Stops renewing it, and nothing else.
    func abandon() {
        let task = state.withLock { state in
            state.version = nil
            return state.renewing
        }
        task?.cancel()
    }

    // An old time alone proves nothing: the clock of a holder that is alive may be behind this one. So it is watched for
    // longer than the time between two renewals.
    private func isAbandoned(_ lease: LeaseObject.Read) async throws -> Bool {
        guard lease.expires < SystemClock.now() else { return false }
        let patience = lease.patience
        tell(
            "the lock \"\(name)\" seems to be abandoned by \(lease.description(now: SystemClock.now())):"
                + " looking for \(DurationText.of(patience)) whether it is renewed")
        try await Task.sleep(for: patience)
        guard case .found(let later) = try await read() else { return false }
        return later.version == lease.version
    }

    // Ids are drawn by each machine for itself, so the host counts too.
    private func isGone(_ lease: LeaseObject.Read) -> Bool {
        gone.contains(lease.run) && lease.identity == "\(lease.run)@\(holder.host)"
    }

    private func renew() {
        let task = Task.detached { [weak self] in
            var last = ContinuousClock.now
            while true {
                do { try await Task.sleep(for: Self.renewal) } catch { return }
                guard let self else { return }
                if await self.renewOnce() {
                    last = ContinuousClock.now
                } else if ContinuousClock.now - last > .seconds(Self.seconds) {
                    self.stop.stop(
                        .lockLost("the lock \"\(self.name)\" was lost: its Lease could not be renewed in time"))
                    return
                }
            }
        }
        state.withLock { $0.renewing = task }
    }

    private func renewOnce() async -> Bool {
        guard state.withLock({ $0.version }) != nil else { return false }
        if let isDone = try? await write(mine, verb: "replace"), isDone { return true }
        // A conflict: somebody else wrote it, or removed it.
        switch try? await read() {
        case .missing?:
            state.withLock { $0.version = nil }
            if let isDone = try? await write(mine, verb: "create"), isDone {
                tell("the Lease of the lock \"\(name)\" was removed by somebody; it was made again")
                return true
            }
        case .found(let lease)?:
            if lease.identity != identity {
                stop.stop(.lockLost("the lock \"\(name)\" was lost to \(lease.description(now: SystemClock.now()))"))
            } else {
                state.withLock { $0.version = lease.version }
            }
        case .unreachable?, nil: break
        }
        return false
    }

    private var identity: String { LeaseObject.identity(holder) }

    // MARK: kubectl

    private enum Found {
        case missing
        case found(LeaseObject.Read)
        case unreachable(String)
    }

    private func read() async throws -> Found {
        let result: ProcessResult
        do {
            result = try await kubectl(["get", "lease", object, "-o", "json", "--ignore-not-found"], input: nil)
        } catch let error as RunbookError {
            return .unreachable(error.message)
        }
        guard result.succeeded else {
            return .unreachable(OutputLines.last(1, of: result.stderr).first ?? "kubectl failed")
        }
        if result.stdout.allSatisfy({ $0 == 10 || $0 == 32 }) { return .missing }
        guard let lease = LeaseObject.Read(result.stdout) else { return .unreachable("its Lease cannot be read") }
        return .found(lease)
    }

    /// False where somebody else was first.
    private func write(_ lease: LeaseObject, verb: String) async throws -> Bool {
        let result = try await kubectl([verb, "-f", "-", "-o", "json"], input: lease.text)
        guard result.succeeded else {
            let reason = OutputLines.last(1, of: result.stderr).first ?? ""
            if reason.contains("AlreadyExists") || reason.contains("Conflict")
                || reason.contains("the object has been modified")
            {
                return false
            }
            throw RunbookError(
                .locked, "the Lease \(Self.namespace)/\(object) of the lock \"\(name)\" cannot be written: \(reason)",
                remedy: "a role that may get, create and update leases in the namespace \(Self.namespace) is needed")
        }
        let version = LeaseObject.Read(result.stdout)?.version
        state.withLock { $0.version = version }
        return true
    }

    private func kubectl(_ arguments: [String], input: String?) async throws -> ProcessResult {
        let context = try await run.target.context(in: run.world)
        // A lock is the engine's own business: it is no change of the runbook's, and is not journaled.
        let argv =
            ["kubectl", "--context", context, "--namespace", Self.namespace, "--request-timeout", "5s"] + arguments
        return try await run.world.read(
            Command(
                argv, input: input.map { SensitiveText($0) }, environment: ["KUBERC": "off"], timeout: .seconds(8),
                isQuiet: true, inherited: KubeEnvironment.variables(for: argv)))
    }

    private func tell(_ text: String) { run.hub.publish(.note(Note(level: .info, text: text))) }
}
