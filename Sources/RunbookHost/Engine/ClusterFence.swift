import RunbookLua

/// Holds kubectl and helm to what a header allows, whichever way they are called.
struct ClusterFence {
    let allow: Capabilities
    let run: RunSession
    /// True for a command that the script put together by `exec`.
    let isByHand: Bool

    /// Checks a command.
    ///
    /// - Throws: `RunbookError` with code `refused`.
    func check(_ command: Command, isWrite: Bool) async throws {
        guard let program = command.argv.first.map(Self.name) else { return }
        guard program == "kubectl" || program == "helm" else { return try checkShell(program, command.argv) }
        let line = ToolCommand(command.argv)
        let changes = isWrite || (isByHand && !line.isRead)
        if isByHand { try allow.check(module: program, isWrite: changes, namespace: nil) }
        guard changes, let namespaces = allow.namespaces else { return }
        if line.isEverywhere { throw refusal("in all namespaces", namespaces) }
        for object in line.clusterObjects(besides: namespaces) { throw refusal("of \(object)", namespaces) }
        if isByHand {
            let namespace: String
            if let given = line.namespace {
                namespace = given
            } else {
                namespace = try await run.target.namespace(in: run.world)
            }
            try allow.check(module: program, isWrite: true, namespace: namespace)
        }
    }

    /// Objects of a manifest that stand in no namespace.
    static func check(_ objects: [ManifestObject], _ allow: Capabilities?) throws {
        guard let namespaces = allow?.namespaces else { return }
        for object in objects {
            let kind = object.kind.lowercased()
            if kind == "namespace", namespaces.contains(object.name) { continue }
            if kind == "namespace" || ClusterKinds.all.contains(kind) {
                throw refusal("of \(object.display)", namespaces)
            }
        }
    }

    private func refusal(_ what: String, _ namespaces: [String]) -> RunbookError { Self.refusal(what, namespaces) }

    private static func refusal(_ what: String, _ namespaces: [String]) -> RunbookError {
        RunbookError(
            .refused, "the header allows changes in \(namespaces.joined(separator: ", ")) only, not \(what)",
            remedy: "take `namespaces` out of `allow` in the header, or leave the change to another runbook")
    }

    // What a shell does cannot be read; a tool that is limited is not to be called through one.
    private func checkShell(_ program: String, _ argv: [String]) throws {
        guard isByHand, Self.shells.contains(program) else { return }
        for tool in ["kubectl", "helm"] where isLimited(tool) {
            let isNamed = argv.dropFirst().contains { argument in
                argument.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.contains { $0 == tool }
            }
            if isNamed {
                throw RunbookError(
                    .refused, "the header limits \(tool), which may not be called through \(program)",
                    remedy: "call `\(tool)` by its module, or by exec.run with a list that begins with it")
            }
        }
    }

    private func isLimited(_ tool: String) -> Bool { allow.modules[tool] != .write || allow.namespaces != nil }

    private static let shells: Set<String> = [
        "sh", "bash", "dash", "zsh", "ksh", "busybox", "env", "sudo", "xargs", "nohup", "timeout", "nice", "setsid",
        "watch",
        "minikube",
    ]

    private static func name(_ program: String) -> String {
        program.split(separator: "/").last.map(String.init) ?? program
    }
}

/// Kinds whose objects stand in no namespace, beside namespaces themselves.
enum ClusterKinds {
    /// In the singular and in lower case.
    static let all: Set<String> = [
        "node", "persistentvolume", "clusterrole", "clusterrolebinding", "storageclass", "customresourcedefinition",
        "priorityclass", "ingressclass", "runtimeclass", "validatingwebhookconfiguration",
        "mutatingwebhookconfiguration", "validatingadmissionpolicy", "validatingadmissionpolicybinding", "apiservice",
        "certificatesigningrequest", "csidriver", "csinode", "volumeattachment", "flowschema",
        "prioritylevelconfiguration", "deviceclass",
    ]
    private static let short: [String: String] = [
        "no": "node", "pv": "persistentvolume", "sc": "storageclass", "crd": "customresourcedefinition",
        "crds": "customresourcedefinition", "pc": "priorityclass", "csr": "certificatesigningrequest",
        "ns": "namespace",
    ]

    /// The kind that a word of a command line means: `ns`, `nodes`, `clusterroles.rbac.authorization.k8s.io`.
    static func kind(_ word: Substring) -> String {
        let plain = String(word.prefix { $0 != "." }).lowercased()
        if let long = short[plain] { return long }
        let singular = ResourceNames.singular(plain[...])
        return short[singular] ?? singular
    }
}

/// A command line of kubectl or helm, as far as a fence goes by it.
struct ToolCommand {
    /// The namespace that it names, or nil.
    private(set) var namespace: String?
    /// True for all namespaces.
    private(set) var isEverywhere = false
    private let isKubectl: Bool
    private var operands: [String] = []

    /// Options of both tools whose value is the next word, as far as one may stand before the verb or its objects.
    private static let valued: Set<String> = [
        "-n", "--namespace", "--context", "--kube-context", "--kubeconfig", "--cluster", "--user", "-s", "--server",
        "-f", "--filename", "-o", "--output", "-l", "--selector", "--field-selector", "--request-timeout", "--timeout",
        "-p", "--patch", "--type", "-c", "--container", "--token", "--as", "-v", "--cache-dir", "-k", "--kustomize",
        "--values", "--set", "--set-string", "--version", "--field-manager", "--grace-period", "--replicas",
    ]
    private static let reads: Set<String> = [
        "get", "describe", "logs", "top", "explain", "events", "version", "api-resources", "api-versions",
        "cluster-info", "diff", "wait", "options", "completion", "kustomize", "list", "ls", "status", "history", "show",
        "search", "template", "lint", "env", "verify",
    ]
    /// Verbs of which some words read.
    private static let readPairs: [String: Set<String>] = [
        "rollout": ["status", "history"], "config": ["view", "current-context", "get-contexts", "get-clusters"],
        "auth": ["can-i", "whoami"], "repo": ["list"], "dependency": ["list"], "plugin": ["list"],
    ]
    private static let ofNodes: Set<String> = ["cordon", "uncordon", "drain", "taint"]

    init(_ argv: [String]) {
        isKubectl = argv.first?.hasSuffix("kubectl") == true
        var words = argv.dropFirst()
        while let word = words.popFirst() {
            if word == "--" { break }
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count > 1 ? parts[1] : Self.valued.contains(parts[0]) ? words.popFirst() : nil
            switch parts[0] {
            case "-n", "--namespace": namespace = value ?? namespace
            case "-A", "--all-namespaces": isEverywhere = value != "false"
            default:
                if word.hasPrefix("-n"), !word.hasPrefix("--") { namespace = String(word.dropFirst(2)) }
            }
        }
    }

    /// True for a verb that changes nothing.
    var isRead: Bool {
        guard let verb = operands.first else { return true }
        if let pairs = Self.readPairs[verb] { return operands.dropFirst().first.map(pairs.contains) ?? false }
        return Self.reads.contains(verb)
    }

    /// The objects in no namespace that a change would touch, as they are named.
    func clusterObjects(besides namespaces: [String]) -> [String] {
        guard isKubectl, let verb = operands.first else { return [] }
        let rest = operands.dropFirst()
        if Self.ofNodes.contains(verb) { return ["nodes"] }
        if verb == "cp" { return rest.filter { Self.isElsewhere($0, namespaces) } }
        if Self.ofPods.contains(verb) { return [] }
        var found: [String] = []
        // `delete ns a b`, `label node a x=y`, `create namespace a`: the kind stands alone, and names follow.
        let first = rest.first(where: { !Self.second.contains($0) })
        for word in rest where !word.contains("=") {
            let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                let kind = ClusterKinds.kind(parts[0])
                let isOwn = kind == "namespace" && namespaces.contains(String(parts[1]))
                if !isOwn, kind == "namespace" || ClusterKinds.all.contains(kind) { found.append(word) }
            } else if word == first {
                for kind in word.split(separator: ",").map(ClusterKinds.kind) {
                    let names = rest.drop { $0 != word }.dropFirst().filter { !$0.contains("=") && !$0.hasSuffix("-") }
                    let isOwn = kind == "namespace" && !names.isEmpty && names.allSatisfy(namespaces.contains)
                    if !isOwn, kind == "namespace" || ClusterKinds.all.contains(kind) { found.append(word) }
                }
            }
        }
        return found
    }

    /// Verbs whose operands are names of pods.
    private static let ofPods: Set<String> = ["run", "exec", "attach", "port-forward", "debug", "logs"]

    /// `other/pod:/path` of a copy.
    private static func isElsewhere(_ word: String, _ namespaces: [String]) -> Bool {
        guard let colon = word.firstIndex(of: ":"), let slash = word.firstIndex(of: "/"), slash < colon else {
            return false
        }
        return !namespaces.contains(String(word[..<slash])) && !word.hasPrefix("/") && !word.hasPrefix(".")
    }

    /// Second words of verbs: `rollout restart`, `set image`.
    private static let second: Set<String> = [
        "restart", "undo", "pause", "resume", "image", "env", "resources", "selector", "subject", "serviceaccount",
        "reconcile", "set-last-applied", "edit-last-applied",
    ]
}
