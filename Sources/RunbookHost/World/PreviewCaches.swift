import Foundation

/// Where kubectl and helm keep what they remember while a preview asks them: a preview writes nothing of the user's.
struct PreviewCaches {
    private let folder: String
    /// The folders on the way to it that are not there yet, the deepest first.
    private let absent: [String]
    /// The environment of the preview's programs.
    let environment: [String: String]

    /// - Parameters:
    ///   - folder: The run's own folder; made when first needed.
    ///   - base: The engine's environment.
    ///   - keepsKubectl: True where kubectl's cache is the preview's own already.
    init(in folder: String, base: [String: String], keepsKubectl: Bool) {
        self.folder = folder
        var absent: [String] = []
        var above = folder
        while above.count > 1, !FileManager.default.fileExists(atPath: above) {
            absent.append(above)
            above = (above as NSString).deletingLastPathComponent
        }
        self.absent = absent
        let repositories = Self.repositories(base)
        var environment = base
        if !keepsKubectl { environment["KUBECACHEDIR"] = folder + "/kubectl" }
        environment["HELM_CACHE_HOME"] = folder + "/helm"
        environment["HELM_CONTENT_CACHE"] = nil
        environment["HELM_REPOSITORY_CACHE"] = Self.linked(repositories, in: folder + "/helm/repository")
        self.environment = environment
    }

    /// Takes everything away again.
    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
        for path in absent { rmdir(path) }
    }

    /// Where helm keeps the indexes of repositories.
    private static func repositories(_ environment: [String: String]) -> String? {
        if let own = environment["HELM_REPOSITORY_CACHE"], !own.isEmpty { return own }
        if let cache = environment["HELM_CACHE_HOME"], !cache.isEmpty { return cache + "/repository" }
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty { return cache + "/helm/repository" }
        let home = environment["HOME"].map { "\($0)/" }
        #if os(macOS)
            return home.map { $0 + "Library/Caches/helm/repository" }
        #else
            return home.map { $0 + ".cache/helm/repository" }
        #endif
    }

    /// A folder that shows the indexes, so that charts of known repositories are found, and takes new files by itself.
    private static func linked(_ repositories: String?, in folder: String) -> String? {
        let names = repositories.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
        let indexes = names.filter { $0.hasSuffix("-index.yaml") || $0.hasSuffix("-charts.txt") }
        guard let repositories, !indexes.isEmpty else { return nil }
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in indexes {
            try? FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: "\(repositories)/\(name)")
        }
        return folder
    }
}
