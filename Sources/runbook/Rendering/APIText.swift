import RunbookSpec
import RunbookTerminal

/// A module of the API, or a function of it, for a person at a terminal.
struct APIText {
    let module: ModuleSpec
    let width: Int

    /// The text; a module lists its functions, one function stands in full.
    var text: String {
        if module.functions.count == 1 { return function(module.functions[0]).joined(separator: "\n") + "\n" }
        var lines = ["\(module.name): \(module.summary)"]
        lines += paragraphs(module.details) + [""]
        let names = module.functions.map { name($0).count }.max() ?? 0
        for function in module.functions {
            let cells = [name(function).padding(to: names), function.effect.rawValue.padding(to: 5)]
            lines += TableRow(cells, function.summary).lines(indent: 2, width: width)
        }
        lines += [
            "", "runbook show --api \(module.functions.first.map(name) ?? module.name) shows one with its options",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func name(_ function: FunctionSpec) -> String {
        module.isGlobal ? function.name : "\(module.name).\(function.name)"
    }

    private func function(_ function: FunctionSpec) -> [String] {
        var lines = ["\(name(function)): \(function.summary)  (\(function.effect.rawValue))"]
        lines += paragraphs(function.details)
        if !function.parameters.isEmpty {
            lines += ["", function.style == .options ? "Options" : "Arguments"]
            lines += rows(function.parameters, prefix: "")
        }
        if function.returns != .nothing {
            lines += ["", "Returns \(function.returns.type.displayName)"]
            lines += paragraphs(function.returns.summary, indent: 2)
            if let fields = fields(of: function.returns.type) { lines += rows(fields, prefix: "", areGiven: true) }
        }
        for example in function.examples {
            lines += ["", example.title.isEmpty ? "Example" : example.title]
            lines += example.code.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        }
        return lines
    }

    private func paragraphs(_ text: String, indent: Int = 0) -> [String] {
        guard !text.isEmpty else { return [] }
        let blanks = String(repeating: " ", count: indent)
        let joined = text.replacing("\n\n", with: "\u{0}").replacing("\n", with: " ").split(separator: "\u{0}")
        return joined.flatMap { Wrapping.lines(String($0), width: width - indent).map { blanks + $0 } }
    }

    /// A row for each parameter, with the fields of records after it.
    ///
    /// - Parameter areGiven: True for what a call returns: nothing of it is required.
    private func rows(_ parameters: [ParameterSpec], prefix: String, areGiven: Bool = false) -> [String] {
        let all = flat(parameters, prefix: prefix)
        let names = min(28, all.map(\.name.count).max() ?? 0)
        return all.flatMap { parameter -> [String] in
            let fallback =
                areGiven ? nil : parameter.isRequired ? "required" : parameter.defaultText.map { "default \($0)" }
            let kind = [parameter.type.displayName, fallback].compactMap { $0 }.joined(separator: ", ")
            let text = parameter.summary.isEmpty ? kind : "\(parameter.summary) (\(kind))"
            return TableRow([parameter.name.padding(to: names)], text).lines(indent: 2, width: width)
        }
    }

    private func flat(_ parameters: [ParameterSpec], prefix: String) -> [ParameterSpec] {
        parameters.flatMap { parameter -> [ParameterSpec] in
            var shown = parameter
            shown.name = prefix + parameter.name
            return [shown] + (fields(of: parameter.type).map { flat($0, prefix: shown.name + ".") } ?? [])
        }
    }

    /// The fields of a record, also inside a list, a map or alternatives.
    private func fields(of type: ValueType) -> [ParameterSpec]? {
        switch type {
        case .record(let fields): fields
        case .list(let element), .map(let element): fields(of: element)
        case .either(let types): types.lazy.compactMap { fields(of: $0) }.first
        default: nil
        }
    }
}
