import RunbookLua
import RunbookSecrets
import RunbookSpec

/// The values of a call: files, a table, and single values by path.
struct HelmValues: Sendable {
    static let parameters = [
        ParameterSpec("value_files", .list(.path), "files with values, the later ones go before"),
        ParameterSpec("values", .map(.any), "values as a table, over those of the files; secrets may stand in it"),
        ParameterSpec("set", .map(.any), "single values by path, such as `[\"image.tag\"] = \"v2\"`, over the others"),
    ]

    /// The arguments that name them: the table goes to standard input.
    let arguments: [String]
    /// The table as JSON, which is YAML too.
    let input: SensitiveText?

    init(_ arguments: Arguments, _ call: CallContext) throws {
        var flags = arguments.strings("value_files").flatMap { ["--values", $0] }
        var values = arguments["values"].tableValue.map { LuaValue.table($0) } ?? .table(LuaTable())
        for (path, value) in arguments["set"].tableValue?.fields ?? [] {
            values = try Self.setting(values, Self.steps(path, call)[...], value, path, call)
        }
        if values.tableValue?.entries.isEmpty == false {
            input = try SensitiveJSON.encode(values)
            flags += ["--values", "-"]
        } else {
            input = nil
        }
        self.arguments = flags
    }

    /// Splits a path at its dots; `\.` is a dot of a name.
    private static func steps(_ path: String, _ call: CallContext) throws -> [String] {
        if path.contains("[") {
            throw RunbookError(
                .argument,
                "`\(call.function)`: `set`: \"\(path)\" names an item of a list, which helm can only replace whole",
                remedy: "give the list in `values`")
        }
        var steps = [""]
        var isEscaped = false
        for character in path {
            if isEscaped || (character != "\\" && character != ".") {
                steps[steps.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                steps.append("")
            }
        }
        guard !steps.contains("") else {
            throw RunbookError(.argument, "`\(call.function)`: `set`: \"\(path)\" is no path such as \"image.tag\"")
        }
        return steps
    }

    private static func setting(
        _ value: LuaValue, _ steps: ArraySlice<String>, _ new: LuaValue, _ path: String, _ call: CallContext
    ) throws -> LuaValue {
        guard let step = steps.first else { return new }
        guard value.isNil || value.tableValue != nil else {
            throw RunbookError(
                .argument,
                "`\(call.function)`: `set`: \"\(path)\" goes below a value that `values` gives and is no table")
        }
        return value.setting(step, try setting(value[step], steps.dropFirst(), new, path, call))
    }
}
