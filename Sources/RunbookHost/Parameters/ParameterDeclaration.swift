import RunbookLua

/// A parameter as a runbook's header declares it.
public struct ParameterDeclaration: Sendable {
    /// What values a parameter takes.
    public enum Kind: String, Sendable, CaseIterable {
        /// Any text.
        case string
        /// A whole number.
        case integer
        /// A number.
        case number
        /// `true` or `false`.
        case boolean
        /// One of `values`.
        case `enum`
        /// A list of texts, separated by commas on the command line.
        case list
        /// A path; relative to the working directory.
        case path
        /// A span of time.
        case duration
        /// A number of bytes.
        case size
    }
    /// The name.
    public var name: String
    /// What it takes.
    public var kind: Kind
    /// The value when none is given.
    public var fallback: LuaValue
    /// True when it may be left out without a default.
    public var isOptional: Bool
    /// The words of an `enum`.
    public var values: [String]
    /// The least number, or least length of a text.
    public var minimum: Double?
    /// The greatest.
    public var maximum: Double?
    /// A regular expression for the whole text.
    public var pattern: String?
    /// One line of help.
    public var help: String

    /// True when a run must give it.
    public var isRequired: Bool { fallback.isNil && !isOptional }
}
