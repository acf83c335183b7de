import RunbookSpec

/// What an expression stands for, where that can be told from the text.
enum Reference {
    /// A module of the API, or a library of Lua.
    case module(String)
    /// A function of the API with its full name, such as `helm.upgrade`.
    case function(name: String, module: String?, FunctionSpec)
    /// A function of Lua's own library with its full name.
    case standard(String)
    /// A global value such as `params`.
    case value(String)
    /// A field of a global value, such as `secrets.TOKEN`.
    case field(of: String, name: String)
    /// A name that its module does not have.
    case missing(module: String, name: String)
}
