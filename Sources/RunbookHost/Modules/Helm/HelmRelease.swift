import RunbookLua
import RunbookSpec

/// One revision of a release.
struct HelmRevision: Sendable, Equatable {
    let number: Int
    let status: String
    let chart: String
    let appVersion: String
    let description: String
    let updated: String

    init?(_ value: LuaValue) {
        guard let number = value["revision"].integerValue ?? value["revision"].stringValue.flatMap({ Int64($0) }) else {
            return nil
        }
        self.number = Int(number)
        status = value["status"].stringValue ?? "unknown"
        chart = value["chart"].stringValue ?? ""
        appVersion = value["app_version"].stringValue ?? ""
        description = value["description"].stringValue ?? ""
        updated = value["updated"].stringValue ?? ""
    }

    /// Whether an operation holds it, or was killed while it did.
    var isPending: Bool { status.hasPrefix("pending-") }
    /// Whether it served at some time.
    var hasServed: Bool { status == "deployed" || status == "superseded" }

    var value: LuaValue {
        [
            "revision": .integer(Int64(number)), "status": .string(status), "chart": .string(chart),
            "app_version": .string(appVersion), "description": .string(description), "updated": .string(updated),
        ]
    }

    static let fields = [
        ParameterSpec.required("revision", .integer, "its number"),
        .required("status", .string, "deployed, superseded, failed, pending-upgrade, …"),
        .required("chart", .string, "the chart and its version"),
        .required("app_version", .string, "the application's version"),
        .required("description", .string, "what helm wrote about it"), .required("updated", .string, "when"),
    ]
}

/// What helm keeps of a release: its revisions, the oldest first.
struct HelmRelease: Sendable {
    let name: String
    let revisions: [HelmRevision]

    /// The newest revision; nil when there is no such release.
    var last: HelmRevision? { revisions.last }
    /// The newest revision that served before the newest one, or that still does when the newest one failed.
    var lastServing: HelmRevision? {
        revisions.last { $0.status == "deployed" } ?? revisions.last(where: \.hasServed)
    }

    /// Reads a release.
    ///
    /// - Throws: `RunbookError` for a cluster that cannot be used.
    static func read(_ name: String, _ helm: Helm, in world: any World, limit: Int = 256) async throws -> HelmRelease {
        let command = Helm.command(helm.argv(["history", name, "--max", String(limit), "--output", "json"], extra: []))
        let result = try await world.read(command)
        if !result.succeeded {
            if KubeFailure.of(result.errorText) == .releaseMissing { return HelmRelease(name: name, revisions: []) }
            throw KubeFailure.error(command, result, redactor: helm.call.run.vault.redactor)
        }
        let revisions = (Helm.document(result.stdout)?.listValue ?? []).compactMap(HelmRevision.init)
        return HelmRelease(name: name, revisions: revisions.sorted { $0.number < $1.number })
    }

    /// The error for a release that helm would refuse to touch, or nil.
    func pendingError(_ helm: Helm) -> RunbookError? {
        guard let last, last.isPending else { return nil }
        return RunbookError(
            .command,
            "release \(name) is stuck in \(last.status) at revision \(last.number): another helm works on it, or was killed while it did",
            details: ["since \(last.updated)"],
            remedy:
                "make sure that no other helm runs, then helm.recover { release = \"\(name)\", namespace = \"\(helm.namespace)\" }"
        )
    }

    /// Sees to it that a release is as the write left it.
    static func guardian(_ name: String, _ helm: Helm) -> InverseGuard {
        InverseGuard(
            helm.argv(["history", name, "--max", "1", "--output", "json"], extra: []),
            complaint: "release \(name) is at a later revision")
    }
}
