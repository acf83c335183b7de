/// What goes wrong with a write in a rehearsal.
public enum WriteFault: String, Sendable, CaseIterable {
    /// It fails, and nothing has happened.
    case failsBefore = "fails-before"
    /// It does its work, and then fails.
    case failsAfter = "fails-after"
    /// It does its work, and then never ends: a time limit has to.
    case hangs
    /// The engine is killed before the write; the run is resumed.
    case killedBefore = "killed-before"
    /// The engine is killed when the write has done its work, and before it knows; the run is resumed.
    case killedAfter = "killed-after"

    /// The fault in a person's words.
    public var title: String {
        switch self {
        case .failsBefore: "fails before it takes effect"
        case .failsAfter: "fails after it took effect"
        case .hangs: "hangs"
        case .killedBefore: "engine killed before it, and resumed"
        case .killedAfter: "engine killed after it, and resumed"
        }
    }

    var isKill: Bool { self == .killedBefore || self == .killedAfter }
}

/// A write as a rehearsal knows it again in the next run.
public struct RehearsedWrite: Sendable {
    /// Where a write stands: the step, the line, and how many times that line has written in the step.
    ///
    /// It does not depend on how branches interleave, nor on the try of a step.
    struct Key: Hashable, Sendable {
        let scope: String
        let site: String
        let count: Int
    }

    let key: Key
    /// What it changes, in a few words: `secret todo in shop`; for a program the command.
    public let title: String
    /// What is done, as it is shown.
    public let display: String
    /// `FILE:LINE` of the script; empty where no line called.
    public var site: String { key.site }
    /// The names of the steps that it stands in, from the outermost.
    public let steps: [String]
}
