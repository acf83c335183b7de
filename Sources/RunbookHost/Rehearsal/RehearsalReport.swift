/// What a rehearsal has found.
public struct RehearsalReport: Sendable {
    /// The runbook's name.
    public var runbook: String
    /// The summary of the clean run.
    public var clean: RunSummary
    /// The writes, in the order of the clean run.
    public var writes: [RehearsedWriteReport] = []
    /// What a reader has to know of the rehearsal itself.
    public var notes: [String] = []

    /// How many runs there were with something going wrong.
    public var cases: Int { writes.reduce(0) { $0 + $1.cases.count } }
    /// The writes at which something is wrong.
    public var faulty: [RehearsedWriteReport] { writes.filter { !$0.isClean } }
    /// 0 when every outcome is all or nothing; 1 when one is not; that of the clean run when that cannot begin.
    public var exitCode: Int32 {
        if clean.exitCode != 0 { return clean.exitCode == 2 || clean.exitCode == 3 ? clean.exitCode : 1 }
        return faulty.isEmpty ? 0 : 1
    }
}

/// What was found at one write.
public struct RehearsedWriteReport: Sendable {
    /// Its number, from 1.
    public var number: Int
    /// The write.
    public var write: RehearsedWrite
    /// One run for each thing that can go wrong.
    public var cases: [RehearsalCase] = []

    /// True when each outcome is all or nothing, and is told rightly.
    public var isClean: Bool { cases.allSatisfy(\.problems.isEmpty) }
    /// True when somebody has to look after a kill, since nobody can tell whether the write took effect.
    public var needsLook: Bool { cases.contains { $0.isInDoubt } }
    /// True when no limit of its own, of its step or of its runbook ends it when it hangs.
    public var isUnbounded: Bool { cases.contains { $0.isUnbounded } }
}

/// One run in which a write went wrong.
public struct RehearsalCase: Sendable {
    /// What the world is like afterwards.
    public enum Outcome: String, Sendable {
        /// As before the run.
        case nothing
        /// As after a clean run.
        case all
        /// Neither.
        case halfDone = "half-done"
        /// The run did not come to the write.
        case notReached = "not-reached"
    }
    /// What went wrong.
    public var fault: WriteFault
    /// What the world is like afterwards.
    public var outcome: Outcome
    /// How the run ended; after a kill, the resumed one.
    public var status: RunSummary.Status
    /// Its exit code.
    public var exitCode: Int32
    /// What is wrong, one line each; empty when all is well.
    public var problems: [String] = []
    /// What is there that should not be, or the other way round; empty unless it is half-done.
    public var differences: [String] = []
    /// What the run itself says that it left.
    public var left: [String] = []
    /// True when `runbook resume` then brings it to its end; nil where that was not tried.
    public var isFinishedByResume: Bool?
    /// True when a resume could not tell whether the write took effect.
    public var isInDoubt = false
    /// True when nothing but a person ends the write when it hangs.
    public var isUnbounded = false
    /// What the run's error says; nil where there was none.
    public var message: String?
}
