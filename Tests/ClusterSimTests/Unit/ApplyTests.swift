import Testing

@testable import ClusterSim

@Suite("Server-side apply")
struct ApplyTests {
    static let view = schema("apis/apps/v1", "Deployment")

    private func manager(_ name: String, _ operation: String = "Apply") -> ManagedFields.Manager {
        ManagedFields.Manager(name: name, operation: operation, apiVersion: "apps/v1", subresource: "")
    }

    /// An object that managers apply to in turn.
    private struct Subject {
        var object: JSON = ["metadata": ["name": "x"]]

        mutating func apply(_ intent: JSON, _ manager: ManagedFields.Manager, force: Bool = false) throws {
            var fields = ManagedFields(object)
            var result = try fields.apply(
                intent, to: object, by: manager, force: force, at: "2026-01-01T00:00:00Z", schema: ApplyTests.view)
            result["metadata"]["managedFields"] = fields.json
            object = result
        }

        mutating func update(_ changed: JSON, _ manager: ManagedFields.Manager) {
            var fields = ManagedFields(object)
            fields.update(from: object, to: changed, by: manager, at: "2026-01-01T00:00:00Z", schema: ApplyTests.view)
            object = changed
            object["metadata"]["managedFields"] = fields.json
        }
    }

    @Test("what a manager no longer applies is removed, what others apply stays")
    func prunes() throws {
        var subject = Subject()
        try subject.apply(json(#"{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"replicas":2}}"#), manager("one"))
        try subject.apply(json(#"{"metadata":{"labels":{"b":"2"}}}"#), manager("two"))
        try subject.apply(json(#"{"metadata":{"labels":{"c":"3"}},"spec":{"replicas":2}}"#), manager("one"))
        #expect(subject.object["metadata"]["labels"] == (try json(#"{"b":"2","c":"3"}"#)))
        #expect(subject.object["spec"] == (try json(#"{"replicas":2}"#)))
    }

    @Test("containers merge by name, and leave with the manager that applied them")
    func listElements() throws {
        var subject = Subject()
        func spec(_ names: String...) -> JSON {
            ["spec": ["template": ["spec": ["containers": .array(names.map { ["name": .string($0), "image": "i"] })]]]]
        }
        try subject.apply(spec("a", "b"), manager("one"))
        try subject.apply(spec("c"), manager("two"))
        try subject.apply(spec("a"), manager("one"))
        let names = subject.object["spec"]["template"]["spec"]["containers"].array.map(\.["name"].text)
        #expect(names == ["a", "c"])
    }

    @Test("another value is a conflict, which force takes over")
    func conflicts() throws {
        var subject = Subject()
        try subject.apply(json(#"{"spec":{"replicas":2}}"#), manager("one"))
        let other = manager("two")
        #expect {
            try subject.apply(try json(#"{"spec":{"replicas":3}}"#), other)
        } throws: { error in
            (error as? APIError)?.message == #"Apply failed with 1 conflict: conflict with "one": .spec.replicas"#
                && (error as? APIError)?.code == 409
        }
        try subject.apply(json(#"{"spec":{"replicas":2}}"#), other)
        try subject.apply(json(#"{"spec":{"replicas":3}}"#), other, force: true)
        #expect(subject.object["spec"]["replicas"] == 3)
        // The first manager owns nothing any more, so its entry is gone.
        #expect(subject.object["metadata"]["managedFields"].array.count == 1)
    }

    @Test("a plain write takes fields over, and the conflict names it with its version and time")
    func updates() throws {
        var subject = Subject()
        try subject.apply(json(#"{"spec":{"replicas":2,"paused":true}}"#), manager("helm"))
        var changed = subject.object
        changed["spec"]["replicas"] = 5
        subject.update(changed, manager("kubectl", "Update"))
        #expect {
            try subject.apply(try json(#"{"spec":{"replicas":2,"paused":false}}"#), manager("helm"))
        } throws: { error in
            (error as? APIError)?.message
                == #"Apply failed with 1 conflict: conflict with "kubectl" using apps/v1 at 2026-01-01T00:00:00Z: .spec.replicas"#
        }
    }

    @Test("several conflicts are listed by manager")
    func severalConflicts() throws {
        var subject = Subject()
        try subject.apply(json(#"{"spec":{"replicas":2,"paused":true}}"#), manager("one"))
        #expect {
            try subject.apply(try json(#"{"spec":{"replicas":3,"paused":false}}"#), manager("two"))
        } throws: { error in
            (error as? APIError)?.message
                == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.paused\n- .spec.replicas"
        }
    }

    @Test("field sets survive the form that managedFields has")
    func roundTrip() throws {
        let value = try json(
            #"{"spec":{"template":{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80}]}]}}}}"#)
        let set = FieldSets.fields(of: value, schema: Self.view)
        #expect(FieldSet(set.json) == set)
        #expect(
            set.paths().contains(
                #".spec.template.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort"#))
    }
}
