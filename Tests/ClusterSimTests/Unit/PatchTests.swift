import Testing

@testable import ClusterSim

@Suite("JSON patch and merge patch")
struct PatchTests {
    @Test(
        "operations of RFC 6902",
        arguments: [
            (#"[{"op":"add","path":"/a/-","value":3}]"#, #"{"a":[1,2,3],"b":{"c/d":1}}"#),
            (#"[{"op":"add","path":"/a/0","value":0}]"#, #"{"a":[0,1,2],"b":{"c/d":1}}"#),
            (#"[{"op":"replace","path":"/b/c~1d","value":5}]"#, #"{"a":[1,2],"b":{"c/d":5}}"#),
            (#"[{"op":"remove","path":"/a/1"}]"#, #"{"a":[1],"b":{"c/d":1}}"#),
            (#"[{"op":"move","from":"/a/0","path":"/x"}]"#, #"{"a":[2],"b":{"c/d":1},"x":1}"#),
            (#"[{"op":"copy","from":"/b","path":"/x"}]"#, #"{"a":[1,2],"b":{"c/d":1},"x":{"c/d":1}}"#),
            (#"[{"op":"test","path":"/a/0","value":1},{"op":"replace","path":"","value":7}]"#, "7"),
        ])
    func operations(_ patch: String, _ wanted: String) throws {
        let target = try json(#"{"a":[1,2],"b":{"c/d":1}}"#)
        #expect(try JSONPatch.apply(json(patch), to: target) == json(wanted))
    }

    @Test(
        "what cannot be carried out is refused with 422, what is no patch with 400",
        arguments: [
            (#"[{"op":"replace","path":"/nope","value":1}]"#, 422, "missing key: /nope"),
            (#"[{"op":"remove","path":"/a/9"}]"#, 422, "missing path"),
            (#"[{"op":"test","path":"/a/0","value":9}]"#, 422, "testing value /a/0 failed"),
            (#"[{"op":"leap","path":"/a"}]"#, 422, "Unexpected kind: leap"),
            (#"[{"op":"add","path":"/x/y","value":1}]"#, 422, "missing path"),
            (#"{"a":1}"#, 400, "cannot unmarshal object"),
        ])
    func refusals(_ patch: String, _ code: Int, _ text: String) throws {
        let target = try json(#"{"a":[1,2]}"#)
        #expect {
            try JSONPatch.apply(try json(patch), to: target)
        } throws: { error in
            guard let error = error as? APIError else { return false }
            return error.code == code && error.message.contains(text)
        }
    }

    @Test("RFC 7386: null removes, objects merge, the rest replaces")
    func mergePatch() throws {
        let target = try json(#"{"a":{"b":1,"c":2},"d":[1]}"#)
        #expect(
            MergePatch.apply(try json(#"{"a":{"b":null,"e":3},"d":[2]}"#), to: target)
                == (try json(#"{"a":{"c":2,"e":3},"d":[2]}"#)))
        #expect(MergePatch.apply("x", to: target) == "x")
    }
}
