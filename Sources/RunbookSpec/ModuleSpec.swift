/// One Lua module of the API: its name, what it is for and its functions.
///
/// The spec is data only. Registration, argument checks, error messages, the reference page, the editor stubs and
/// `runbook check` are all read from it, so a name or a type is written once.
public struct ModuleSpec: Codable, Sendable, Equatable {
    /// The global name in Lua, such as `docker`.
    public var name: String
    /// One line, without a final period.
    public var summary: String
    /// Longer text in Markdown for the reference page; may be empty.
    public var details: String
    /// The functions, in the order of the reference page.
    public var functions: [FunctionSpec]
    /// True for functions that stand as globals of their own (`step`, `log`) and have no module table.
    public var isGlobal: Bool

    /// Describes a module.
    public init(
        _ name: String, summary: String, details: String = "", isGlobal: Bool = false, functions: [FunctionSpec]
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.isGlobal = isGlobal
        self.functions = functions
    }

    /// The function with this name, if the module has it.
    public func function(named name: String) -> FunctionSpec? {
        functions.first { $0.name == name }
    }
}
