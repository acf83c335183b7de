import ClusterSim
import RunbookHost

/// The API documents that ship with the program, as the engine asks for them.
struct ShippedSchema: ManifestSchema {
    private let checker: ManifestChecker

    init(share: String) {
        checker = ManifestChecker(apiDocuments: share)
    }

    func problems(in object: [UInt8]) -> [String]? { checker.problems(in: object) }
}
