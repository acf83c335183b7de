/// What the commands that are run in a container find there.
struct ContainerContents: Sendable {
    var environment: [String: String] = [:]
    /// The contents of the files that are known, by path.
    var files: [String: [UInt8]] = [:]
    /// Folders that exist without a known file in them.
    var folders: Set<String> = ["/", "/bin", "/dev", "/etc", "/home", "/root", "/tmp", "/usr", "/var"]
    var user = 0
    var hostName = ""
    /// What a server in the pod answers on a port to a request for a path.
    var ask: @Sendable (Int, String) -> PodAnswer = { _, _ in .refused }
    /// The address of a host that the pod can reach, and what it answers; nil for a name that is none.
    var reach: @Sendable (String) -> ReachedHost? = { _ in nil }

    /// Whether a path is a folder: a known one, or one that holds a file.
    func isFolder(_ path: String) -> Bool {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return folders.contains(path) || files.keys.contains { $0.hasPrefix(path == "/" ? "/" : path + "/") }
    }

    /// The names in a folder.
    func names(in folder: String) -> [String] {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        let inside = (Array(files.keys) + folders).filter { $0.hasPrefix(prefix) && $0.count > prefix.count }
        return Set(inside.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }).sorted()
    }
}

/// A host of the cluster's network as a container reaches it.
struct ReachedHost: Sendable {
    let address: String
    /// What it answers on a port to a request for a path.
    let ask: @Sendable (Int, String) -> PodAnswer
}

/// What a command in a container gave.
struct CommandOutput: Sendable {
    var out: [UInt8] = []
    var errors: [UInt8] = []
    var status = 0
    /// How long it takes, in seconds of the simulated cluster.
    var seconds = 0.0

    static func text(_ text: String, status: Int = 0) -> CommandOutput {
        CommandOutput(out: Array(text.utf8), status: status)
    }

    static func failed(_ message: String, _ status: Int = 1) -> CommandOutput {
        CommandOutput(errors: Array((message + "\n").utf8), status: status)
    }

    mutating func add(_ other: CommandOutput) {
        out += other.out
        errors += other.errors
        seconds += other.seconds
    }
}
