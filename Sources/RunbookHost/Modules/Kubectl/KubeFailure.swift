import RunbookSecrets

/// What went wrong in a call of kubectl or helm, told from its standard error: the one place that reads that prose.
enum KubeFailure: String, Sendable, CaseIterable {
    /// The server cannot be reached.
    case unreachable
    /// The kubeconfig has no such context, or no server.
    case noContext
    /// The server has more to do than it can, and takes no more for now.
    case overloaded
    /// The server fails by itself, or what it depends on does.
    case serverFault
    /// The server does not accept who asks: an expired token, a wrong certificate.
    case unauthorized
    /// The server knows who asks and refuses.
    case forbidden
    /// A namespace that an object is to stand in is not there.
    case namespaceMissing
    /// The object is not there.
    case notFound
    /// The cluster has no such kind.
    case noSuchKind
    /// The object is there already.
    case alreadyExists
    /// Somebody else changed or manages what was to be written.
    case conflict
    /// The object is not as its kind wants it.
    case invalid
    /// The metrics are not served, or not yet.
    case metricsMissing
    /// What was waited for did not happen in time.
    case timedOut
    /// helm has no such release.
    case releaseMissing
    /// Another helm operation holds the release, or was killed and left it so.
    case releasePending
    /// helm has no such revision.
    case revisionMissing
    /// A chart, a repository or a registry cannot be had.
    case chartMissing
    /// Anything else.
    case other

    /// The kind of failure that a text tells of.
    static func of(_ text: String) -> KubeFailure {
        for (kind, marks) in marks where marks.contains(where: text.contains) { return kind }
        return .other
    }

    // In order: the first mark that fits decides. A message of helm about a release often quotes one of the cluster.
    private static let marks: [(KubeFailure, [String])] = [
        (
            .noContext,
            [
                "context was not found for specified context", "current-context is not set",
                "context does not exist", "no configuration has been provided", "kube config file not found",
                "invalid configuration: no configuration", "kubernetes cluster unreachable: invalid configuration",
                "error loading config file", "The connection to the server localhost:8080 was refused",
            ]
        ),
        (
            .unauthorized,
            [
                "You must be logged in to the server", "(Unauthorized)", ": Unauthorized",
                "the server has asked for the client to provide credentials",
                "x509: certificate", "certificate has expired", "getting credentials: exec", "token has expired",
            ]
        ),
        (
            .unreachable,
            [
                "connection refused", "no such host", "i/o timeout", "network is unreachable", "no route to host",
                "TLS handshake timeout", "cluster unreachable", "Unable to connect to the server",
                "connection reset by peer",
                "was refused - did you specify the right host or port", "Client.Timeout exceeded",
                "server is currently unable to handle the request",
                "proxyconnect tcp", "http: server gave HTTP response to HTTPS client", ": EOF",
            ]
        ),
        (.overloaded, ["TooManyRequests", "oo many requests"]),
        (.serverFault, ["(InternalError)", "Internal error occurred", "an error on the server (", "etcdserver: "]),
        (.releasePending, ["another operation (install/upgrade/rollback) is in progress"]),
        (.releaseMissing, ["release: not found", "has no deployed releases"]),
        (.revisionMissing, ["release: revision", "release has no", "unable to find specified revision"]),
        (.forbidden, ["(Forbidden)", "is forbidden: ", "forbidden: User"]),
        (
            .conflict,
            [
                "Apply failed with", "(Conflict)", "the object has been modified", "conflicts with",
                "conflict occurred while applying",
            ]
        ),
        (.alreadyExists, ["(AlreadyExists)", "already exists", "already has a value"]),
        (
            .noSuchKind,
            [
                "no matches for kind", "doesn't have a resource type", "could not find the requested resource",
                "resource mapping not found",
            ]
        ),
        (.namespaceMissing, ["(NotFound): namespaces ", "namespaces \""]),
        (.notFound, ["(NotFound)", "not found in namespace", "no matching resources found"]),
        (.metricsMissing, ["Metrics API not available", "metrics not available yet"]),
        (
            .timedOut,
            ["timed out waiting for the condition", "context deadline exceeded", "timed out waiting"]
        ),
        (
            .invalid,
            [
                "(Invalid)", "(BadRequest)", "is invalid: ", "unable to decode", "error parsing", "error validating",
                "strict decoding error",
            ]
        ),
        (
            .chartMissing,
            [
                "failed to download", "chart not found", "path \"", "repo not found", "no repositories",
                "no such file or directory",
                "Chart.yaml file is missing", "repository name", "is not a valid chart repository",
            ]
        ),
    ]

    /// Whether the call could not be made at all, so that nothing is known about what it asks for.
    var isOutOfReach: Bool { self == .unreachable || self == .noContext || self == .unauthorized }

    /// What to do about it, or nil.
    var remedy: String? {
        switch self {
        case .unreachable: "start the cluster (`minikube start`), check --context, or try --sim"
        case .noContext: "`kubectl config get-contexts` shows the contexts; give one by --context, or try --sim"
        case .overloaded: "wait until it has less to do, then go on"
        case .serverFault: "look at the control plane: `kubectl get --raw '/readyz?verbose'`"
        case .unauthorized: "log in to the cluster again; `kubectl auth whoami` shows who you are"
        case .forbidden: "`kubectl auth can-i --list` shows what you may do"
        case .namespaceMissing: "make it first: kubectl.ensure_namespace { name = … }"
        case .noSuchKind: "`kubectl api-resources` shows the kinds; a custom one needs its definition first"
        case .conflict: "see who manages the field; `force_conflicts = true` takes it over"
        case .metricsMissing: "enable the metrics server (`minikube addons enable metrics-server`), and wait a minute"
        case .releasePending:
            "make sure that no other helm runs, then helm.recover { release = … } brings the release back"
        case .releaseMissing: "helm.list shows the releases of the namespace"
        case .revisionMissing: "helm.history or kubectl.rollout_history shows the revisions"
        case .notFound, .alreadyExists, .invalid, .timedOut, .chartMissing, .other: nil
        }
    }

    /// What is wrong with the cluster itself, or what it has no room for, for a person; nil where it is something else.
    ///
    /// - Parameter text: What a tool said, of which the decisive line is quoted.
    static func ofCluster(_ text: String) -> String? {
        if let refusal = text.firstMatch(of: /exceeded quota: [^\n]+/) {
            return "a quota of the namespace leaves no room: \(refusal.output)"
        }
        let reason = CommandFailure.shortReason(KubeMessage.decisive(KubeMessage.lines(text)))
        switch of(text) {
        case .unreachable: return "the cluster's API server does not answer: \(reason)"
        case .unauthorized: return "the cluster's API server does not let the run in: \(reason)"
        case .overloaded: return "the cluster's API server takes no more requests for now (429): \(reason)"
        case .serverFault: return "the cluster's API server fails (500): \(reason)"
        default: return nil
        }
    }

    /// The error for a call that failed: what it says in one line, the rest as details.
    static func error(_ command: Command, _ result: ProcessResult, redactor: Redactor) -> RunbookError {
        var text = result.errorText
        if text.isEmpty { text = result.text }
        let lines = KubeMessage.lines(text)
        let kind = of(lines.joined(separator: "\n"))
        let display = redactor.redact(command.display)
        let reason = KubeMessage.decisive(lines)
        let message: String
        if kind.isOutOfReach {
            message = "\(command.argv[0]): the cluster cannot be used: \(CommandFailure.short(reason))"
        } else {
            let ending = reason.isEmpty ? "" : ": " + reason
            message = "\(CommandFailure.short(display)) exited \(result.status)\(ending)"
        }
        return RunbookError(
            kind.isOutOfReach ? .missing : .command, message, details: Array(lines.suffix(12)),
            remedy: kind == .notFound ? list(reason, command.argv).map { redactor.redact($0) } : kind.remedy,
            exit: result.status,
            command: display)
    }

    /// The command that lists what there is where an object was not found; nil when the text names no resource.
    private static func list(_ text: String, _ argv: [String]) -> String? {
        guard let match = text.firstMatch(of: /\(NotFound\): ([a-z0-9.-]+) "/) else { return nil }
        let namespace = zip(argv, argv.dropFirst()).first { $0.0 == "--namespace" }
        let place = namespace.map { " --namespace \($0.1)" } ?? ""
        return "`kubectl get \(match.1)\(place)` shows those that are there"
    }
}

/// What kubectl and helm write to standard error, without the noise.
enum KubeMessage {
    /// The lines that say something; the same one only once.
    static func lines(_ text: String) -> [String] {
        var seen: Set<String> = []
        return text.split(whereSeparator: \.isNewline).map(String.init).filter { line in
            !isNoise(line) && !line.allSatisfy(\.isWhitespace) && seen.insert(line).inserted
        }
    }

    /// The lines from the one that tells what failed; without its `error:`, joined.
    static func decisive(_ lines: [String]) -> String {
        let starts = [
            "Error: ", "error: ", "Error from server", "Error in configuration", "Unable to connect",
            "The connection to the server",
        ]
        guard let index = lines.firstIndex(where: { line in starts.contains(where: line.hasPrefix) }) else {
            return lines.last ?? ""
        }
        var reason = lines[index...].prefix(4).joined(separator: "; ")
        for prefix in ["Error: ", "error: "] where reason.hasPrefix(prefix) { reason.removeFirst(prefix.count) }
        return reason.count <= 400 ? reason : String(reason.prefix(400)) + " …"
    }

    // klog's lines, helm's slog lines, warnings about the file that was read.
    private static func isNoise(_ line: String) -> Bool {
        if line.hasPrefix("level=") || line.hasPrefix("WARNING: Kubernetes configuration file is") { return true }
        if line.hasPrefix("time=") && line.contains(" level=") { return true }
        guard let first = line.utf8.first, "IWEF".utf8.contains(first) else { return false }
        let date = line.utf8.dropFirst().prefix(4)
        return date.count == 4 && date.allSatisfy { (0x30...0x39).contains($0) } && line.contains("] ")
    }
}
