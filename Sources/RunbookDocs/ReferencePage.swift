public import RunbookSpec

/// Writes the reference page of a module as Markdown.
public enum ReferencePage {
    /// The page; the same spec always gives the same text.
    public static func render(_ module: ModuleSpec) -> String {
        var lines = [
            "<!-- Written from the module's description; do not edit. -->", "", "# \(module.name)", "",
            sentence(module.summary), "",
        ]
        if !module.details.isEmpty { lines += [module.details, ""] }
        lines += ["| function | effect | what it does |", "| --- | --- | --- |"]
        for function in module.functions {
            let name = fullName(function, module)
            lines.append("| [`\(name)`](#\(anchor(name))) | \(function.effect.rawValue) | \(cell(function.summary)) |")
        }
        lines.append("")
        for function in module.functions { lines += section(function, module) }
        return lines.joined(separator: "\n")
    }

    private static func section(_ function: FunctionSpec, _ module: ModuleSpec) -> [String] {
        let name = fullName(function, module)
        var lines = ["## \(name)", "", "```lua", signature(function, name), "```", "", sentence(function.summary), ""]
        if !function.details.isEmpty { lines += [function.details, ""] }
        if !function.parameters.isEmpty {
            let head = function.style == .options ? "option" : "argument"
            lines += ["| \(head) | type | default | what it is |", "| --- | --- | --- | --- |"]
            lines += rows(function.parameters, prefix: "") + [""]
        }
        if function.returns != .nothing {
            let summary = function.returns.summary.isEmpty ? "" : ": \(function.returns.summary)"
            lines += ["Returns \(function.returns.type.displayName)\(summary).", ""]
            if let fields = recordFields(function.returns.type) {
                lines += ["| field | type | what it is |", "| --- | --- | --- |"]
                lines += fields.map { "| `\($0.name)` | \(cell($0.type.displayName)) | \(cell($0.summary)) |" } + [""]
            }
        }
        for example in function.examples {
            if !example.title.isEmpty { lines += [sentence(example.title), ""] }
            lines += ["```lua", example.code.trimmingFinalBreaks, "```", ""]
            if !example.runs.isEmpty {
                lines += ["A preview of it shows:", "", "```console"]
                lines += example.runs.map { $0.map(shellWord).joined(separator: " ") } + ["```", ""]
            }
        }
        return lines
    }

    private static func signature(_ function: FunctionSpec, _ name: String) -> String {
        switch function.style {
        case .options:
            let required = function.parameters.filter(\.isRequired).map { "\($0.name) = …" }
            let others = function.parameters.contains { !$0.isRequired } ? ["…"] : []
            let inside = (required + others).joined(separator: ", ")
            return inside.isEmpty ? "\(name)()" : "\(name) { \(inside) }"
        case .positional:
            let required = function.parameters.map { $0.isRequired ? $0.name : "[\($0.name)]" }
            return "\(name)(\((required + (function.isVariadic ? ["…"] : [])).joined(separator: ", ")))"
        }
    }

    /// A row for each parameter, with the fields of records after it.
    private static func rows(_ parameters: [ParameterSpec], prefix: String) -> [String] {
        parameters.flatMap { parameter -> [String] in
            let name = prefix + parameter.name
            let fallback = parameter.isRequired ? "required" : parameter.defaultText.map { "`\($0)`" } ?? ""
            let row =
                "| `\(name)` | \(cell(parameter.type.displayName)) | \(cell(fallback)) | \(cell(parameter.summary)) |"
            return [row] + (recordFields(parameter.type).map { rows($0, prefix: name + ".") } ?? [])
        }
    }

    /// The fields of a record, also inside a list, a map or alternatives.
    private static func recordFields(_ type: ValueType) -> [ParameterSpec]? {
        switch type {
        case .record(let fields): fields
        case .list(let element), .map(let element): recordFields(element)
        case .either(let types): types.lazy.compactMap(recordFields).first
        default: nil
        }
    }

    private static func fullName(_ function: FunctionSpec, _ module: ModuleSpec) -> String {
        module.isGlobal ? function.name : "\(module.name).\(function.name)"
    }

    /// The anchor that Markdown viewers make of a heading.
    private static func anchor(_ heading: String) -> String {
        String(heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    }

    private static func sentence(_ text: String) -> String {
        text.hasSuffix(".") || text.hasSuffix("!") || text.isEmpty ? text : text + "."
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    private static func shellWord(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=@,+%".contains($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension String {
    /// The text without line breaks at its end.
    var trimmingFinalBreaks: String {
        var text = Substring(self)
        while text.last?.isNewline ?? false { text.removeLast() }
        return String(text)
    }
}
