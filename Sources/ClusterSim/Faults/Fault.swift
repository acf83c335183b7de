/// A fault that the simulated cluster shows on demand.
///
/// Written `KIND:TARGET` or `KIND:TARGET:VALUE`, for example `crashloop:deployment/backend`,
/// `crashloop:deployment/backend:KeyError: DATABASE_URL`, `api-429:*` or `api-unreachable:*:5s`.
public struct Fault: Sendable, Hashable {
    /// What goes wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// The container exits with an error, again and again. The value is the last line of its log.
        case crashloop
        /// The container exceeds its memory limit and is killed.
        case oom
        /// The image cannot be pulled.
        case imagePull = "image-pull"
        /// The image is not on the node and must not be pulled.
        case imageNeverPull = "image-never-pull"
        /// The runtime cannot start the container's program. The value is the program.
        case startError = "start-error"
        /// A Secret that the container needs is missing. The value is its name.
        case missingSecret = "missing-secret"
        /// A ConfigMap that the container needs is missing. The value is its name.
        case missingConfigMap = "missing-configmap"
        /// No node has room for the pod.
        case unschedulable
        /// The readiness probe fails.
        case readiness
        /// The liveness probe fails, and the container is restarted.
        case liveness
        /// The startup probe fails, and the container is restarted.
        case startup
        /// An init container exits with an error.
        case initContainer = "init-failing"
        /// A quota of the namespace does not let pods be created.
        case quota
        /// A claim of the pod stays unbound.
        case claimPending = "pvc-pending"
        /// The container starts late. The value is the time, e.g. `30s`.
        case slowStart = "slow-start"
        /// The API answers 429. The value is how often (`3`) or how long (`5s`); without it, always.
        case api429 = "api-429"
        /// The API answers 500.
        case api500 = "api-500"
        /// The API answers 409 to changes of existing objects.
        case apiConflict = "api-conflict"
        /// The API closes connections without an answer.
        case apiUnreachable = "api-unreachable"

        /// Whether the fault is one of the API rather than of a pod.
        var isOfAPI: Bool { rawValue.hasPrefix("api-") }
    }

    /// A text that names no fault.
    public struct ParseError: Error, CustomStringConvertible, Sendable {
        /// What is wrong, and what would be right.
        public let description: String
    }

    /// What goes wrong.
    public let kind: Kind
    /// What it befalls: `*`, `deployment/NAME`, `pod/NAME`, for API faults also a resource such as `deployments`.
    public let target: String
    /// The detail, if one was given.
    public let value: String?

    /// A fault.
    public init(_ kind: Kind, target: String, value: String? = nil) {
        self.kind = kind
        self.target = target
        self.value = value
    }

    /// Reads the written form.
    ///
    /// - Throws: `ParseError` when the kind is not known (the text lists those that are) or the target is missing.
    public init(parsing text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard let kind = Kind(rawValue: parts[0]) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError(description: "unknown fault \"\(parts[0])\"; known faults: \(known)")
        }
        guard parts.count > 1, !parts[1].isEmpty else {
            throw ParseError(
                description:
                    "the fault \"\(text)\" names no target; write \(kind.rawValue):deployment/NAME or \(kind.rawValue):*"
            )
        }
        let target = parts[1].lowercased()
        var place = target
        if !kind.isOfAPI, target != "*" {
            guard let (word, name) = target.split(around: "/"), !name.isEmpty, let known = Self.owner(word) else {
                throw ParseError(
                    description:
                        "the target \"\(parts[1])\" of the fault \"\(text)\" is none; write KIND/NAME such as deployment/backend, or * (kinds: \(Self.owners.map(\.name).joined(separator: ", ")))"
                )
            }
            place = "\(known)/\(name)"
        }
        self.init(kind, target: place, value: parts.count > 2 ? parts[2] : nil)
        if kind == .slowStart || kind.isOfAPI, let value, Self.seconds(value) == nil, Int(value) == nil {
            throw ParseError(
                description:
                    "the value \"\(value)\" of the fault \"\(text)\" is no time such as 5s and no count such as 3")
        }
    }

    /// Reads the value of the annotation `sim.runbook.dev/fault`: `KIND` or `KIND:VALUE`.
    init?(annotation: String) {
        let parts = annotation.split(separator: ":", maxSplits: 1).map { String($0).trimmingBlanks() }
        guard let first = parts.first, let kind = Kind(rawValue: first), !kind.isOfAPI else { return nil }
        self.init(kind, target: "*", value: parts.count > 1 ? parts[1] : nil)
    }

    /// The kinds that a fault of a pod may be asked for, with their short names.
    private static let owners: [(name: String, short: String)] = [
        ("deployment", "deploy"), ("statefulset", "sts"), ("daemonset", "ds"), ("replicaset", "rs"), ("job", "job"),
        ("cronjob", "cj"), ("pod", "po"), ("persistentvolumeclaim", "pvc"),
    ]

    /// The kind that a word stands for, as kubectl understands it: also a plural or a short name.
    private static func owner(_ word: String) -> String? {
        owners.first { [$0.name, $0.name + "s", $0.short].contains(word) }?.name
    }

    /// What is wrong with the value of the annotation, one text for each part that asks for nothing.
    static func problems(inAnnotation text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmingBlanks() }.filter { Fault(annotation: $0) == nil }.map {
            let known = Kind.allCases.filter { !$0.isOfAPI }.map(\.rawValue).joined(separator: ", ")
            return "sim: unknown fault \"\($0)\" in the annotation \(annotation); known faults: \(known)"
        }
    }

    /// The annotation that asks for a fault on an object.
    static let annotation = "sim.runbook.dev/fault"

    /// The seconds of a time such as `500ms`, `5s`, `2m`.
    static func seconds(_ text: String) -> Double? {
        for (suffix, factor) in [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)] where text.hasSuffix(suffix) {
            if let number = Double(text.dropLast(suffix.count)), number.isFinite, number >= 0 { return number * factor }
        }
        return nil
    }
}
