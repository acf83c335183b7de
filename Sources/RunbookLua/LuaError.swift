/// An error that ended a script.
public struct LuaError: Error, Sendable {
    /// What kind of end it was.
    public enum Code: Sendable, Equatable {
        /// The text is no Lua.
        case syntax
        /// The script, or a host function that it called, raised an error.
        case runtime
        /// The memory cap was reached.
        case memory
        /// A stop was asked for, or the task was cancelled.
        case stopped
    }

    /// The kind.
    public let code: Code
    /// One line or more, as the script would see it.
    public let message: String
    /// Lua's traceback, or nil where there is none.
    public let traceback: String?
    /// The error value itself.
    public let value: LuaValue
    /// The error that a host function threw, when that is what ended the script.
    public let underlying: (any Error)?

    /// Makes an error.
    public init(
        _ code: Code, message: String, traceback: String? = nil, value: LuaValue = .nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.traceback = traceback
        self.value = value
        self.underlying = underlying
    }
}

extension LuaError {
    static let stopped = LuaError(.stopped, message: "the run was stopped")
    static let outOfMemory = LuaError(.memory, message: "not enough memory: the script reached its cap")
}

extension LuaError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension LuaError: LuaConvertibleError {
    /// What a script sees of an error that ended another one, such as a branch of its own.
    public var luaFields: LuaTable {
        let name: LuaValue =
            switch code {
            case .syntax: "syntax"
            case .runtime: "error"
            case .memory: "memory"
            case .stopped: "stopped"
            }
        var fields = LuaTable(fields: ["code": name, "message": .string(message)])
        if let traceback { fields["traceback"] = .string(traceback) }
        return fields
    }
}

/// An error of the host that a script can look at: `pcall` gives it as an object with these fields.
public protocol LuaConvertibleError: Error {
    /// The fields; `code` and `message` are expected, others as they help.
    var luaFields: LuaTable { get }
}
