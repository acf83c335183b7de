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

    @Test(
        "what is no selector is refused with 400, in the server's words",
        arguments: [
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in x", "unable to parse requirement: found 'x' expected: '('"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("a,", "found '', expected: identifier after ','"),
            ("=a", "found '=', expected: !, identifier, or 'end of string'"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            (
                "n>x",
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"
            ),
        ])
    func badLabels(_ text: String, _ message: String) {
        #expect { try LabelSelector(parsing: text) } throws: {
            ($0 as? APIError)?.code == 400 && ($0 as? APIError)?.message == message
        }
    }

    @Test("field selectors know the fields of a kind, and refuse others")
    func fields() throws {
        let pods = try ResourceCatalog(directory: Fixtures.documents).required("api/v1", "pods")
        let pod = try json(#"{"metadata":{"name":"a"},"status":{"phase":"Running"}}"#)
        #expect(try FieldSelector(parsing: "metadata.name=a,status.phase!=Failed", for: pods).matches(pod))
        #expect(try !FieldSelector(parsing: "status.phase=Failed", for: pods).matches(pod))
        #expect(try FieldSelector(parsing: "spec.nodeName=", for: pods).matches(pod))
        for (path, plural, message) in [
            ("api/v1", "pods", "field label not supported: spec.foo"),
            ("apis/batch/v1", "jobs", "field label \"spec.foo\" not supported for Job"),
            (
                "apis/apps/v1", "deployments",
                "\"spec.foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            ),
        ] {
            let type = try ResourceCatalog(directory: Fixtures.documents).required(path, plural)
            #expect { try FieldSelector(parsing: "spec.foo=1", for: type) } throws: {
                ($0 as? APIError)?.message == message
            }
        }
        // What is false is left out of objects.
        let nodes = try ResourceCatalog(directory: Fixtures.documents).required("api/v1", "nodes")
        #expect(try FieldSelector(parsing: "spec.unschedulable=false", for: nodes).matches(["metadata": ["name": "a"]]))
    }
}
