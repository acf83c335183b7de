public import RunbookSpec

/// Writes what lua-language-server reads to complete names and to underline wrong values: a LuaCATS definition file.
public enum EditorStub {
    /// The definition file of a module; the same spec always gives the same text.
    ///
    /// It refers to the types of ``common``.
    public static func render(_ module: ModuleSpec) -> String {
        var lines = [head]
        if !module.isGlobal {
            lines += comment(module.summary) + comment(module.details)
            lines += ["---@class \(module.name)", "\(module.name) = {}", ""]
        }
        for function in module.functions { lines += definition(function, module) }
        return lines.joined(separator: "\n")
    }

    /// The definition file of what all modules share: the named types and the values `params`, `secrets` and `run`.
    public static let common = """
        \(head)
        ---A span of time: a number of seconds, or text such as `"90s"`, `"2m"`, `"1h30m"`
        ---@alias runbook.Duration number|string

        ---A number of bytes, or text such as `"500MB"` (decimal) or `"2GiB"` (binary)
        ---@alias runbook.Size integer|string

        ---A secret: it can be passed on and joined with text, and never read
        ---@class runbook.Secret
        ---@operator concat(string): runbook.Secret

        ---The parameters that the header declares
        ---@type table<string, any>
        params = {}

        ---The secrets that the header declares
        ---@type table<string, runbook.Secret>
        secrets = {}

        ---What is known of this run
        ---@type table<string, any>
        run = {}

        """

    // The name `_` keeps a definition file from being required.
    private static let head = "---@meta _\n-- Written from the API's description; do not edit.\n"

    private static func definition(_ function: FunctionSpec, _ module: ModuleSpec) -> [String] {
        let name = module.isGlobal ? function.name : "\(module.name).\(function.name)"
        // A class needs a name of its own that no module's table has.
        var types = StubTypes(prefix: module.isGlobal ? "runbook.\(function.name)" : name)
        var annotations = comment(function.summary) + comment(function.details)
        let arguments: String
        switch function.style {
        case .options:
            arguments = function.parameters.isEmpty ? "" : "options"
            if !function.parameters.isEmpty {
                let type = types.name(.record(function.parameters), path: "options")
                let mark = function.parameters.contains(where: \.isRequired) ? "" : "?"
                annotations.append("---@param options\(mark) \(type)")
            }
        case .positional:
            let named = function.isVariadic ? function.parameters.dropLast() : function.parameters[...]
            arguments = (named.map { identifier($0.name) } + (function.isVariadic ? ["..."] : [])).joined(
                separator: ", ")
            for parameter in named {
                let type = types.name(parameter.type, path: parameter.name)
                let mark = parameter.isRequired ? "" : "?"
                annotations.append(
                    "---@param \(identifier(parameter.name))\(mark) \(type) \(oneLine(parameter.summary))")
            }
            if function.isVariadic, let last = function.parameters.last {
                annotations.append("---@param ... \(types.name(last.type, path: last.name)) \(oneLine(last.summary))")
            }
            annotations += overload(function, &types)
        }
        if function.returns != .nothing {
            let type = types.name(function.returns.type, path: "result")
            annotations.append(trimmed("---@return \(type) # \(oneLine(function.returns.summary))"))
        }
        annotations = annotations.map(trimmed)
        guard function.variants.isEmpty else {
            return types.classes + callable(function, name, annotations, arguments, &types)
        }
        return types.classes + annotations + ["function \(name)(\(arguments)) end", ""]
    }

    /// A function that has fields, which are functions too: a class that can be called.
    private static func callable(
        _ function: FunctionSpec, _ name: String, _ annotations: [String], _ arguments: String,
        _ types: inout StubTypes
    ) -> [String] {
        let list = function.parameters.map { parameter in
            "\(identifier(parameter.name)): \(types.name(parameter.type, path: parameter.name))"
        }
        let head = comment(function.summary) + comment(function.details)
        let declaration = [
            "---@class runbook.\(name)", "---@overload fun(\(list.joined(separator: ", ")))", "\(name) = {}",
        ]
        return head + declaration + [""]
            + function.variants.flatMap { annotations + ["function \(name).\($0)(\(arguments)) end", ""] }
    }

    /// The call without an optional argument that stands before a required one.
    private static func overload(_ function: FunctionSpec, _ types: inout StubTypes) -> [String] {
        let parameters = function.parameters
        guard let last = parameters.lastIndex(where: \.isRequired),
            parameters[..<last].contains(where: { !$0.isRequired })
        else { return [] }
        let list = parameters.filter(\.isRequired).map { parameter in
            "\(identifier(parameter.name)): \(types.name(parameter.type, path: parameter.name))"
        }
        let result = function.returns == .nothing ? "" : ": " + types.name(function.returns.type, path: "result")
        return ["---@overload fun(\(list.joined(separator: ", ")))\(result)"]
    }

    static func comment(_ text: String) -> [String] {
        text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { "---\($0)" }
    }

    static func oneLine(_ text: String) -> String { text.replacing("\n", with: " ") }

    static func trimmed(_ line: String) -> String {
        var text = Substring(line)
        if text.hasSuffix(" # ") { text.removeLast(3) }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// A parameter name that is no reserved word of Lua.
    private static func identifier(_ name: String) -> String {
        let reserved: Set<String> = [
            "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
            "nil",
            "not", "or", "repeat", "return", "then", "true", "until", "while",
        ]
        return reserved.contains(name) ? name + "_" : name
    }
}
