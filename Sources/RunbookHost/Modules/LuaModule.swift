import RunbookLua
import RunbookSpec

/// One Lua module: its description and the functions behind it, in one place.
public struct LuaModule: Sendable {
    /// The description of the module, with that of each function.
    public let spec: ModuleSpec
    let functions: [ModuleFunction]

    /// Makes a module of functions.
    init(_ name: String, summary: String, details: String = "", isGlobal: Bool = false, _ functions: [ModuleFunction]) {
        spec = ModuleSpec(
            name, summary: summary, details: details, isGlobal: isGlobal, functions: functions.map(\.spec))
        self.functions = functions
    }
}

/// One function of a module: its description, and what it does with arguments that were checked against it.
public struct ModuleFunction: Sendable {
    let spec: FunctionSpec
    let body: @Sendable (Arguments, CallContext) async throws -> [LuaValue]

    /// A function with one result.
    init(_ spec: FunctionSpec, _ body: @escaping @Sendable (Arguments, CallContext) async throws -> LuaValue) {
        self.spec = spec
        self.body = { [try await body($0, $1)] }
    }

    /// A function that passes on any number of results.
    init(
        results spec: FunctionSpec, body: @escaping @Sendable (Arguments, CallContext) async throws -> [LuaValue]
    ) {
        self.spec = spec
        self.body = body
    }
}
