import RunbookHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the program runs: environment, folders.
enum Surroundings {
    /// The environment of the process.
    static let environment: [String: String] = {
        var values: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                values[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return values
    }()

    #if DEBUG
        /// True when a test asks to see what would leak without the redactor; a release build has no such switch.
        static var showsSecrets: Bool { environment["RUNBOOK_DEBUG_BUILD_SHOWS_SECRETS"] == "yes" }
    #endif

    /// The working directory.
    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// `$XDG_STATE_HOME/runbook`, by default `~/.local/state/runbook`.
    static var stateFolder: String {
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/runbook" }
        return (environment["HOME"] ?? "/") + "/.local/state/runbook"
    }

    /// The folder of what ships with the program, beside it or above it: the one that holds `runbooks/lib`.
    static var shippedFolder: String? {
        if let home = environment["RUNBOOK_HOME"] { return home }
        var folder = executable[..<(executable.lastIndex(of: "/") ?? executable.endIndex)]
        for _ in 0..<6 {
            for candidate in ["\(folder)/share/runbook", String(folder)]
            where access("\(candidate)/runbooks/lib", F_OK) == 0 {
                return candidate
            }
            guard let slash = folder.lastIndex(of: "/") else { return nil }
            folder = folder[..<slash]
        }
        return nil
    }

    private static var executable: String {
        #if canImport(Darwin)
            var size: UInt32 = 4096
            var buffer = [CChar](repeating: 0, count: Int(size))
            guard _NSGetExecutablePath(&buffer, &size) == 0, let path = realpath(buffer, nil) else { return "/" }
        #else
            guard let path = realpath("/proc/self/exe", nil) else { return "/" }
        #endif
        defer { free(path) }
        return String(cString: path)
    }
}
