/// Lines of the runbooks and libraries that ship with the program.
///
/// Where something is missing on the machine, such a line helps nobody: it is not what is wrong. Nor does a line of a
/// library where the error itself says what to do.
struct ShippedPlaces {
    private let files: Set<String>
    private let runbook: String

    init(_ run: RunSession) {
        runbook = run.source.displayName
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
        guard var failure = summary.failure, let site = failure.site else { return }
        let isMissing = summary.status == .missing
        guard isMissing || failure.remedy != nil else { return }
        func isUseless(_ site: String) -> Bool { isMissing ? isShipped(site) : isShipped(site) && isOfLibrary(site) }
        guard isUseless(site) else { return }
        failure.site = failure.traceback.flatMap(Traceback.sites)?.first { !isUseless($0) }
        summary.failure = failure
    }

    private func isShipped(_ site: String) -> Bool { files.contains(Self.file(site)) }

    private func isOfLibrary(_ site: String) -> Bool { Self.file(site) != runbook }

    private static func file(_ site: String) -> String { String(site.prefix { $0 != ":" }) }
}
