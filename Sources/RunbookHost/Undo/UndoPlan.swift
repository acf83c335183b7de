import RunbookLua

/// What would take a run's writes back, newest first.
struct UndoPlan: Sendable {
    /// One thing to take back.
    struct Entry: Sendable {
        enum Way: Sendable {
            /// The script's own function, for a step with all writes below it.
            case function(LuaFunction, scope: String)
            /// What the write's binding noted.
            case inverse(Inverse, write: StoredWrite)
        }
        let way: Way
        /// One line for a person.
        let title: String
        /// Where it stands among the writes of the run.
        let position: Int64

        /// What is taken back at once.
        var target: UndoScope.Target {
            switch way {
            case .function(_, let scope): .step(scope: scope)
            case .inverse(_, let write): .write(fingerprint: write.fingerprint)
            }
        }
    }

    /// What can be taken back, newest first.
    var entries: [Entry] = []
    /// What cannot, newest first, one line each.
    var left: [String] = []

    /// True when there is nothing to take back and nothing that stays.
    var isEmpty: Bool { entries.isEmpty && left.isEmpty }

    /// Makes the plan.
    ///
    /// - Parameters:
    ///   - undos: The functions of steps that know their own way back.
    ///   - inverses: What the run's own session still knows, which may hold secrets.
    init(
        writes: [StoredWrite], steps: [StoredStep], undos: [String: StepVisit], inverses: [Int64: Inverse]
    ) {
        let finished = Dictionary(steps.map { ($0.scope, $0) }, uniquingKeysWith: { $1 })
        let open = writes.filter { $0.state != .void && $0.undo != .undone }
        var covered: Set<Int64> = []
        for (scope, visit) in Self.outermost(undos) {
            guard let function = visit.undo, finished[scope]?.undo != .undone else { continue }
            let own = open.filter { Self.isBelow($0.scope, scope) }
            let step = finished[scope]
            // A step that was skipped, or that failed before it wrote anything, has nothing to take back.
            guard !own.isEmpty || step?.status == .ok else { continue }
            covered.formUnion(own.map(\.seq))
            let position = own.map(\.seq).max() ?? step?.position ?? 0
            entries.append(Entry(way: .function(function, scope: scope), title: visit.name, position: position))
        }
        var told: Set<Place> = []
        for write in open.reversed() where !covered.contains(write.seq) {
            if let inverse = inverses[write.seq] ?? write.inverse.flatMap(InverseCapture.inverse) {
                entries.append(
                    Entry(way: .inverse(inverse, write: write), title: inverse.summary, position: write.seq))
            } else if told.insert(Place(write)).inserted {
                // What was tried again is told of once, as it stands now.
                left.append(Self.leftBehind(write))
            }
        }
        entries.sort { $0.position > $1.position }
    }

    /// The names of finished steps whose own undo was not met, so that only what their writes noted is known.
    static func lost(_ steps: [StoredStep], _ undos: [String: StepVisit]) -> [String] {
        steps.filter { step in
            step.hasUndo && step.undo != .undone && !undos.keys.contains { isBelow(step.scope, $0) }
        }.map(\.name)
    }

    /// Functions of steps that stand in no other step with a function: the outer one takes everything back.
    private static func outermost(_ undos: [String: StepVisit]) -> [(String, StepVisit)] {
        undos.filter { scope, _ in !undos.keys.contains { $0 != scope && isBelow(scope, $0) } }
            .sorted { $0.key < $1.key }
    }

    private static func isBelow(_ scope: String, _ outer: String) -> Bool {
        scope == outer || scope.hasPrefix(outer + "/")
    }

    private static func leftBehind(_ write: StoredWrite) -> String {
        switch write.state {
        case .failed: return "\(write.title) (it failed; whether it left something is not known)"
        case .intent, .interrupted: return "\(write.title) (it was interrupted; whether it took effect is not known)"
        default: break
        }
        if write.isTransient { return "\(write.title) (what takes it back held a secret and was not kept)" }
        if let reason = write.inverseSummary { return "\(write.title) (\(reason))" }
        return write.title
    }
}
