import Foundation

/// helm's own settings for one run of a rehearsal: copies of the user's, which a run may change.
enum RehearsalHelm {
    /// The environment in which helm finds the copies.
    ///
    /// - Parameter folder: The run's own folder.
    static func environment(_ base: [String: String], in folder: String) -> [String: String] {
        var environment = PreviewCaches(in: folder + "/caches", base: base, keepsKubectl: true).environment
        for (variable, file) in [
            ("HELM_REPOSITORY_CONFIG", "repositories.yaml"), ("HELM_REGISTRY_CONFIG", "registry/config.json"),
        ] {
            let own = base[variable].flatMap { $0.isEmpty ? nil : $0 } ?? settings(base).map { "\($0)/\(file)" }
            let copy = "\(folder)/helm-settings/\(file)"
            environment[variable] = copy
            guard let content = own.flatMap({ FileManager.default.contents(atPath: $0) }) else { continue }
            try? FileManager.default.createDirectory(
                atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            // Passwords may stand in it.
            _ = FileManager.default.createFile(atPath: copy, contents: content, attributes: [.posixPermissions: 0o600])
        }
        return environment
    }

    /// Where helm keeps its settings.
    private static func settings(_ environment: [String: String]) -> String? {
        if let own = environment["HELM_CONFIG_HOME"], !own.isEmpty { return own }
        if let own = environment["XDG_CONFIG_HOME"], !own.isEmpty { return own + "/helm" }
        #if os(macOS)
            return environment["HOME"].map { $0 + "/Library/Preferences/helm" }
        #else
            return environment["HOME"].map { $0 + "/.config/helm" }
        #endif
    }
}
