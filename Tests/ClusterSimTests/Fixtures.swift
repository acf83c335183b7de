import Foundation

/// Where the test data lies.
enum Fixtures {
    /// The repository's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let documents = root + "/share/kubernetes-1.36"
    static let snapshots = root + "/Tests/Fixtures/cluster-snapshots"
    static let recordings = root + "/Tests/Fixtures/recordings"
}
