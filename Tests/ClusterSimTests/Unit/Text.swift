@testable import ClusterSim

/// A value from its text.
func json(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

/// The schema of a kind, from the recorded documents.
func schema(_ groupVersion: String, _ kind: String) -> SchemaView? {
    SchemaLibrary(directory: Fixtures.documents).catalog(groupVersion)?.root(kind: kind)
}
