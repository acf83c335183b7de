/// A rule as data: its text for people, and examples that the tests execute.
public struct RuleDescription: Sendable {
    /// The id that findings and `-- runbook: ignore` use.
    public var id: String
    /// How much a finding of it matters.
    public var severity: Severity
    /// What it finds, in one line without a final period.
    public var summary: String
    /// Why that matters to the one who runs the runbook.
    public var rationale: String
    /// A text in which it finds something.
    public var bad: String
    /// The same with the mistake put right, in which no rule finds anything.
    public var good: String
}

/// A place where a rule is broken.
struct Violation {
    /// The offending bytes of the source.
    var range: Range<Int>
    var message: String
    var fix: String?

    init(range: Range<Int>, message: String, fix: String? = nil) {
        self.range = range
        self.message = message
        self.fix = fix
    }
}

/// One rule of `runbook check`.
protocol Rule: Sendable {
    static var description: RuleDescription { get }
    static func violations(in context: CheckContext) -> [Violation]
}
