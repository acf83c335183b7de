/// Lines of the runbooks and libraries that ship with the program.
///
/// Where something is missing on the machine, such a line helps nobody: it is not what is wrong.
struct ShippedPlaces {
    private let files: Set<String>

    init(_ run: RunSession) {
        guard let folder = run.options.shippedFolder else {
            files = []
            return
        }
        var files = Set(
            run.libraries.all.map(\.path).filter { $0.hasPrefix(folder + "/lib/") }.map {
                String($0.dropFirst(folder.count + 1))
            })
        if run.source.path.hasPrefix(folder + "/") { files.insert(run.source.displayName) }
        self.files = files
    }

    /// Puts the line of the user's own that called in the place of a shipped one, or none.
    func leaveOut(of summary: inout RunSummary) {
        guard var failure = summary.failure, let site = failure.site, isShipped(site) else { return }
        failure.site = failure.traceback.flatMap(Traceback.sites)?.first { !isShipped($0) }
        summary.failure = failure
    }

    private func isShipped(_ site: String) -> Bool { files.contains(String(site.prefix { $0 != ":" })) }
}
