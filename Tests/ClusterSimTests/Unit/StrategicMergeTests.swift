import Testing

@testable import ClusterSim

@Suite("Strategic merge patch")
struct StrategicMergeTests {
    private func json(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    /// The schema of a Deployment, from the recorded documents.
    private var deployment: SchemaView {
        get throws {
            try #require(SchemaLibrary(directory: Fixtures.documents).catalog("apis/apps/v1")?.root(kind: "Deployment"))
        }
    }

    @Test("an object merges member by member, with and without a schema")
    func merges() throws {
        let live = try json(#"{"spec":{"replicas":1,"selector":{"a":"b"}}}"#)
        let patch = try json(#"{"spec":{"replicas":3}}"#)
        let wanted = try json(#"{"spec":{"replicas":3,"selector":{"a":"b"}}}"#)
        #expect(try StrategicMerge.apply(patch, to: live, schema: nil) == wanted)
        #expect(try StrategicMerge.apply(patch, to: live, schema: deployment) == wanted)
    }
}
