/// A line that a container wrote.
struct LogLine: Sendable {
    let time: Double
    let text: String
}

/// How a run of a container ended.
struct Termination: Sendable {
    let exitCode: Int
    let reason: String
    let started: Double
    let finished: Double
    let containerID: String
    var message: String?
}

/// What the node knows of a container.
struct ContainerRuntime: Sendable {
    /// What the container does now.
    enum State: Sendable {
        case waiting(String, String?)
        case running(Double)
        case terminated(Termination)
    }

    let name: String
    let isInit: Bool
    /// Whether it is an init container that runs beside the others.
    let isSidecar: Bool
    /// Whether somebody added it to a running pod, to look around.
    var isEphemeral = false
    /// Whether the pod is there for it.
    var isMain: Bool { !isInit && !isEphemeral }
    /// The list of the pod's spec that it stands in.
    var list: String { isInit ? "initContainers" : isEphemeral ? "ephemeralContainers" : "containers" }
    var state: State
    var last: Termination?
    var restartCount = 0
    /// Counts the runs, so that a timer of a former run does nothing.
    var run = 0
    var isReady = false
    var isStarted = false
    var containerID = ""
    var log: [LogLine] = []
    var previousLog: [LogLine]?
    var backoff = 0.0
    var pullFailures = 0
    var probeFailures = 0
    var program: ContainerProgram?
    /// The files and folders of the container, once a command has been run in it.
    var disk: ContainerDisk?

    var isRunning: Bool { if case .running = state { true } else { false } }
    var isDone: Bool { if case .terminated(let end) = state { end.exitCode == 0 } else { false } }
}

/// What commands left behind in a container; it is gone with the next run.
struct ContainerDisk: Sendable {
    var files: [String: [UInt8]]
    var folders: Set<String>
}

/// What the node knows of a pod.
struct PodRuntime: Sendable {
    let key: ObjectKey
    let node: String
    /// The cluster's version when the node took the pod.
    let birth: Int
    var faults: [Fault]
    var address = ""
    var started: Double?
    var hasSandbox = false
    var mountFailures = 0
    /// Why the node gave the pod up, by reason and message.
    var failure: PodFailure?
    var containers: [ContainerRuntime]

    func index(_ name: String) -> Int? { containers.firstIndex { $0.name == name } }
    func fault(_ kind: Fault.Kind) -> Fault? { faults.first { $0.kind == kind } }
}

/// Why a node gives a pod up.
struct PodFailure: Sendable {
    let reason: String
    let message: String
}

/// What a node does with a pod at a later time.
enum PodStep: Sendable {
    case start
    case create(String)
    case exit(String, run: Int)
    case probe(String, ProbeKind, run: Int)
    case endRun(String)
    /// The pod's `activeDeadlineSeconds` are over.
    case deadline
}

/// The kinds of probes.
enum ProbeKind: String, Sendable {
    case readiness = "readinessProbe"
    case liveness = "livenessProbe"
    case startup = "startupProbe"

    /// The name in events.
    var words: String {
        switch self {
        case .readiness: "Readiness"
        case .liveness: "Liveness"
        case .startup: "Startup"
        }
    }
}

/// What the scheduler tried for a pod that no node takes.
struct SchedulingAttempts: Sendable {
    var message = ""
    var count = 0
    /// When the next attempt is due.
    var next = 0.0
    var event: ObjectKey?
}

/// What the node keeps: the pods that run, what they take, and who waits.
struct KubeletState: Sendable {
    var pods: [String: PodRuntime] = [:]
    var unscheduled: Set<ObjectKey> = []
    var attempts: [String: SchedulingAttempts] = [:]
    /// Whether any pod was given a node that wants none of certain others beside it.
    var keepsOthersAway = false
    private var followers:
        [Int: (uid: String, container: String, continuation: AsyncStream<[UInt8]>.Continuation, timestamps: Bool)] = [:]
    private var followerCount = 0
    private var reservations: [String: [String: Quantity]] = [:]
    private var counts: [String: Int] = [:]
    private var reservedPods: [String: (node: String, amounts: [String: Quantity])] = [:]

    func podCount(on node: String) -> Int { counts[node] ?? 0 }
    func reserved(_ resource: String, on node: String) -> Quantity { reservations[node]?[resource] ?? .zero }

    /// Notes what a pod takes of its node.
    mutating func reserve(_ pod: ObjectVersion) {
        reserve(pod, on: pod.json["spec"]["nodeName"].string ?? NodeCapacity.nodeName)
    }

    mutating func reserve(_ pod: ObjectVersion, on node: String) {
        guard reservedPods[pod.uid] == nil else { return }
        let amounts = PodResources.total(pod.json["spec"], field: "requests")
        if !pod.json["spec"]["affinity"]["podAntiAffinity"].isNull { keepsOthersAway = true }
        reservedPods[pod.uid] = (node, amounts)
        counts[node, default: 0] += 1
        for (name, amount) in amounts { reservations[node, default: [:]][name] = reserved(name, on: node) + amount }
    }

    /// Forgets a pod that is gone.
    mutating func forget(_ uid: String) {
        pods.removeValue(forKey: uid)
        attempts.removeValue(forKey: uid)
        for (number, follower) in followers where follower.uid == uid {
            follower.continuation.finish()
            followers.removeValue(forKey: number)
        }
        release(uid)
    }

    /// Gives back what a pod took of its node.
    mutating func release(_ uid: String) {
        guard let (node, amounts) = reservedPods.removeValue(forKey: uid) else { return }
        counts[node, default: 1] -= 1
        for (name, amount) in amounts { reservations[node, default: [:]][name] = reserved(name, on: node) - amount }
    }

    /// The pods of a namespace that wait for a Secret or ConfigMap.
    func wake(namespace: String) -> [ObjectKey] {
        pods.values.filter { $0.key.namespace == namespace && $0.mountFailures > 0 }.map(\.key)
    }

    // MARK: - Followers of logs

    mutating func follow(
        uid: String, container: String, continuation: AsyncStream<[UInt8]>.Continuation, timestamps: Bool
    ) {
        followerCount += 1
        followers[followerCount] = (uid, container, continuation, timestamps)
    }

    mutating func tell(uid: String, container: String, _ line: LogLine) {
        for follower in followers.values where follower.uid == uid && follower.container == container {
            follower.continuation.yield(Logs.bytes(line, timestamps: follower.timestamps))
        }
    }

    mutating func endLogs(uid: String, container: String) {
        for (number, follower) in followers where follower.uid == uid && follower.container == container {
            follower.continuation.finish()
            followers.removeValue(forKey: number)
        }
    }
}
