import Testing

@testable import ClusterSim

@Suite("Selectors")
struct SelectorTests {
    @Test(
        "label selectors",
        arguments: [
            ("app=web", true), ("app==web", true), ("app!=web", false), ("app in (web, db)", true),
            ("app notin (web,db)", false),
            ("app in(db)", false), ("tier", false), ("!tier", true), ("app,!tier,n>4", true), ("n<4", false),
            ("app=web,n=5", true), ("", true),
            ("missing notin (x)", true), ("missing!=x", true),
        ])
    func labels(_ text: String, _ wanted: Bool) throws {
        #expect(try LabelSelector(parsing: text).matches(["app": "web", "n": "5"]) == wanted)
    }

    @Test("what is no selector is refused with 400", arguments: ["a b", "a in (x", "n>x"])
    func badLabels(_ text: String) {
        #expect { try LabelSelector(parsing: text) } throws: { ($0 as? APIError)?.code == 400 }
    }

    @Test("field selectors know the fields of a kind, and refuse others")
    func fields() throws {
        let pods = try ResourceCatalog(directory: Fixtures.documents).required("api/v1", "pods")
        let pod = try json(#"{"metadata":{"name":"a"},"status":{"phase":"Running"}}"#)
        #expect(try FieldSelector(parsing: "metadata.name=a,status.phase!=Failed", for: pods).matches(pod))
        #expect(try !FieldSelector(parsing: "status.phase=Failed", for: pods).matches(pod))
        #expect(try FieldSelector(parsing: "spec.nodeName=", for: pods).matches(pod))
        #expect { try FieldSelector(parsing: "spec.foo=1", for: pods) } throws: {
            ($0 as? APIError)?.message == "field label not supported: spec.foo"
        }
    }
}
