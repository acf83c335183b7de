/// What one test, or one file that could not be run, gave.
public struct TestResult: Sendable {
    /// The file, as given.
    public var file: String
    /// The names of the groups around the test and its own, joined by ` › `.
    public var name: String
    /// True when it passed.
    public var passed: Bool
    /// What was wrong.
    public var message: String
    /// Milliseconds.
    public var milliseconds: Int

    /// Describes a result.
    public init(file: String, name: String, passed: Bool, message: String, milliseconds: Int) {
        self.file = file
        self.name = name
        self.passed = passed
        self.message = message
        self.milliseconds = milliseconds
    }
}
