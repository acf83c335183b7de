/// A call of a host function by a script.
public struct LuaCall: Sendable {
    /// The arguments.
    public let arguments: [LuaValue]
    /// The script line that called, or nil when there is none.
    public let site: LuaSite?
}

/// A line of a script.
public struct LuaSite: Sendable, Hashable, CustomStringConvertible {
    /// The chunk's name, a path relative to the runbook's folder or the shipped library.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// Makes a site.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `file:line`.
    public var description: String { "\(file):\(line)" }
}

/// A function of the host that scripts can call.
public struct HostFunction: Sendable {
    /// The name in messages, such as `helm.upgrade`.
    public let name: String
    let body: Body

    enum Body: Sendable {
        case immediate(@Sendable (LuaCall) throws -> [LuaValue])
        case suspending(@Sendable (LuaCall) async throws -> [LuaValue])
    }

    /// A function that only computes: it may be called anywhere.
    public static func immediate(
        _ name: String, _ body: @escaping @Sendable (LuaCall) throws -> [LuaValue]
    ) -> HostFunction {
        HostFunction(name: name, body: .immediate(body))
    }

    /// A function that waits: the calling coroutine is suspended until it has its result, and others go on.
    public static func suspending(
        _ name: String, _ body: @escaping @Sendable (LuaCall) async throws -> [LuaValue]
    ) -> HostFunction {
        HostFunction(name: name, body: .suspending(body))
    }
}
