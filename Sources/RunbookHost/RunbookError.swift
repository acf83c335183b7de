import RunbookLua
import RunbookSecrets

/// An error of the host, with a code that scripts and exit codes go by; no code compares message text.
public struct RunbookError: Error, Sendable {
    /// What kind of error it is.
    public enum Code: String, Sendable {
        /// An argument of a call is wrong.
        case argument
        /// A command ended with a code other than 0.
        case command
        /// A command, step or run was over its time limit.
        case timeout
        /// Something that is needed is not there: a tool, a file, a cluster, a secret.
        case missing
        /// The command line or the runbook is wrong.
        case usage
        /// A confirmation was refused, or nobody was there to give it.
        case declined
        /// Another run holds the lock.
        case locked
        /// The run may not do this: a capability, a context, a secret in an argument list.
        case refused
        /// The script called `fail`.
        case failed
        /// Input or output failed.
        case io
        /// A defect of the engine.
        case `internal`
    }

    /// The kind.
    public var code: Code
    /// What happened, in one line.
    public var message: String
    /// More lines: what a command printed last.
    public var details: [String]
    /// What to do about it, or nil.
    public var remedy: String?
    /// The exit code of a command.
    public var exit: Int?
    /// The command line, redacted.
    public var command: String?
    /// The exit code that the run is to end with, where it is not the usual one.
    public var runExit: Int?
    /// What the run gives all the same, such as the findings of a diagnosis.
    public var result: LuaValue?

    /// Makes an error.
    public init(
        _ code: Code, _ message: String, details: [String] = [], remedy: String? = nil, exit: Int? = nil,
        command: String? = nil, runExit: Int? = nil, result: LuaValue? = nil
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.remedy = remedy
        self.exit = exit
        self.command = command
        self.runExit = runExit
        self.result = result
    }
}

extension RunbookError {
    /// The error with secrets masked in all that it tells: a script can take a message apart.
    func redacted(by redactor: Redactor) -> RunbookError {
        if redactor.isEmpty { return self }
        var clean = self
        clean.message = redactor.redact(message)
        clean.details = details.map { redactor.redact($0) }
        clean.remedy = remedy.map { redactor.redact($0) }
        clean.command = command.map { redactor.redact($0) }
        return clean
    }
}

extension RunbookError: LuaConvertibleError, CustomStringConvertible {
    /// What a script sees of the error.
    public var luaFields: LuaTable {
        var fields = LuaTable(fields: ["code": .string(code.rawValue), "message": .string(message)])
        if let exit { fields["exit"] = .integer(Int64(exit)) }
        if let command { fields["command"] = .string(command) }
        if let remedy { fields["remedy"] = .string(remedy) }
        if !details.isEmpty { fields["stderr"] = .string(details.joined(separator: "\n")) }
        return fields
    }

    /// The message.
    public var description: String { message }
}
