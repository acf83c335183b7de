/// How much a finding matters.
public enum Severity: String, Codable, Sendable {
    /// The runbook will fail, or do harm.
    case error
    /// The runbook may run, but says something other than it seems to.
    case warning
}

/// One mistake in a runbook, with its place and a way out.
public struct Finding: Codable, Hashable, Sendable {
    /// The file as it was named to the checker.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode code points, from 1.
    public var column: Int
    /// The line of the end of the offending text.
    public var endLine: Int
    /// The column after the end of the offending text.
    public var endColumn: Int
    /// The id of the rule, such as `unknown-option`.
    public var rule: String
    /// How much it matters.
    public var severity: Severity
    /// What is wrong, without a final period.
    public var message: String
    /// What to do about it, or nil where the message says it all.
    public var fix: String?

    private enum CodingKeys: String, CodingKey {
        case file, line, column
        case endLine = "end_line"
        case endColumn = "end_column"
        case rule, severity, message, fix
    }

    /// The message and the fix as one line.
    public var text: String {
        fix.map { "\(message); \($0)" } ?? message
    }
}
