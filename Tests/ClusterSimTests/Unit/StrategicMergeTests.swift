import Testing

@testable import ClusterSim

@Suite("Strategic merge patch")
struct StrategicMergeTests {
    static let deployment = schema("apis/apps/v1", "Deployment")

    /// A patch of a pod template's spec, and what it gives.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let live: String
        let patch: String
        let wanted: String
    }

    static let cases = [
        Case(
            description: "containers merge by name",
            live: #"{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}"#,
            patch: #"{"containers":[{"name":"b","image":"z"}]}"#,
            wanted: #"{"containers":[{"name":"a","image":"x"},{"name":"b","image":"z"}]}"#),
        Case(
            description: "$patch: delete removes an element",
            live: #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            patch: #"{"containers":[{"name":"a","$patch":"delete"}]}"#,
            wanted: #"{"containers":[{"name":"b"}]}"#),
        Case(
            description: "$patch: replace replaces a list",
            live: #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            patch: #"{"containers":[{"name":"c"},{"$patch":"replace"}]}"#,
            wanted: #"{"containers":[{"name":"c"}]}"#),
        Case(
            description: "$patch: replace replaces an object",
            live: #"{"nodeSelector":{"a":"1"}}"#, patch: #"{"nodeSelector":{"b":"2","$patch":"replace"}}"#,
            wanted: #"{"nodeSelector":{"b":"2"}}"#),
        Case(
            description: "$setElementOrder puts elements in order",
            live: #"{"containers":[{"name":"a"},{"name":"b"}]}"#,
            patch:
                #"{"$setElementOrder/containers":[{"name":"c"},{"name":"b"},{"name":"a"}],"containers":[{"name":"c"}]}"#,
            wanted: #"{"containers":[{"name":"c"},{"name":"b"},{"name":"a"}]}"#),
        Case(
            description: "$retainKeys clears the other members",
            live: #"{"volumes":[{"name":"v","emptyDir":{}}]}"#,
            patch: #"{"volumes":[{"name":"v","$retainKeys":["name","secret"],"secret":{"secretName":"s"}}]}"#,
            wanted: #"{"volumes":[{"name":"v","secret":{"secretName":"s"}}]}"#),
        Case(
            description: "lists without a merge key are replaced",
            live: #"{"tolerations":[{"key":"a"}]}"#, patch: #"{"tolerations":[{"key":"b"}]}"#,
            wanted: #"{"tolerations":[{"key":"b"}]}"#),
        Case(
            description: "null removes a member", live: #"{"hostname":"h","dnsPolicy":"Default"}"#,
            patch: #"{"hostname":null}"#,
            wanted: #"{"dnsPolicy":"Default"}"#),
    ]

    @Test("merges by the rules of the schema", arguments: cases)
    func merges(_ example: Case) throws {
        func wrapped(_ text: String) throws -> JSON { ["spec": ["template": ["spec": try json(text)]]] }
        let result = try StrategicMerge.apply(
            wrapped(example.patch), to: wrapped(example.live), schema: Self.deployment)
        #expect(result == (try wrapped(example.wanted)))
    }

    @Test("$deleteFromPrimitiveList removes values, and a merged list of values has each once")
    func primitiveLists() throws {
        let live = try json(#"{"metadata":{"finalizers":["a","b"]}}"#)
        let patch = try json(#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c","b"]}}"#)
        #expect(
            try StrategicMerge.apply(patch, to: live, schema: Self.deployment)
                == json(#"{"metadata":{"finalizers":["b","c"]}}"#))
    }

    @Test("an element without its merge key is refused, as is an unknown directive")
    func refuses() throws {
        let noKey = try json(#"{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}"#)
        #expect {
            try StrategicMerge.apply(noKey, to: [:], schema: Self.deployment)
        } throws: { error in
            (error as? APIError)?.message == #"map: {"image":"x"} does not contain declared merge key: name"#
        }
        #expect {
            try StrategicMerge.apply(try json(#"{"$patch":"merg"}"#), to: [:], schema: nil)
        } throws: { error in
            (error as? APIError)?.message == "Unknown patch type: merg"
        }
    }

    @Test("without a schema it is a merge patch")
    func withoutSchema() throws {
        #expect(
            try StrategicMerge.apply(json(#"{"a":{"b":1}}"#), to: json(#"{"a":{"c":2}}"#), schema: nil)
                == json(#"{"a":{"b":1,"c":2}}"#))
    }
}
