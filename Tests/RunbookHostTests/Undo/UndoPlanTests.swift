import Testing

@testable import RunbookHost

/// What is taken back, in which order, and what is left.
@Suite struct UndoPlanTests {
    private func write(_ seq: Int64, _ scope: String, _ state: WriteState = .done, undo: UndoState? = nil)
        -> StoredWrite
    {
        StoredWrite(
            seq: seq, scope: scope, fingerprint: "f\(seq)", occurrence: 1, isSuperseded: false, state: state,
            object: "thing",
            name: "t\(seq)", display: "make t\(seq)", capability: "exec", namespace: nil, isIdempotent: false,
            started: "", response: nil, inverse: nil, inverseSummary: nil, isTransient: false, evidence: nil,
            undo: undo,
            undoError: nil)
    }

    private func plan(_ writes: [StoredWrite], _ inverses: [Int64]) -> UndoPlan {
        UndoPlan(
            writes: writes, steps: [], undos: [:],
            inverses: Dictionary(uniqueKeysWithValues: inverses.map { ($0, Inverse("unmake t\($0)")) }))
    }

    @Test func newestFirstAndWhatHasNoWayBackIsLeft() {
        let plan = plan([write(1, "/a"), write(2, "/a"), write(3, "/b")], [1, 3])
        #expect(plan.entries.map(\.title) == ["unmake t3", "unmake t1"])
        #expect(plan.left == ["thing t2"])
    }

    @Test func whatNeverBeganOrIsUndoneIsNotTakenBack() {
        let plan = plan(
            [write(1, "/a", .void), write(2, "/a", .done, undo: .undone), write(3, "/a", .done, undo: .failed)],
            [1, 2, 3])
        #expect(plan.entries.map(\.title) == ["unmake t3"])
        #expect(plan.left.isEmpty)
    }

    @Test func whatIsLeftSaysWhatIsNotKnown() {
        var transient = write(3, "/a")
        transient.isTransient = true
        let plan = plan([write(1, "/a", .failed), write(2, "/a", .interrupted), transient], [])
        #expect(
            plan.left == [
                "thing t3 (what takes it back held a secret and was not kept)",
                "thing t2 (it was interrupted; whether it took effect is not known)",
                "thing t1 (it failed; whether it left something is not known)",
            ])
    }
}
