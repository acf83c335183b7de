import RunbookHost
import RunbookLua
import RunbookTerminal

/// A runbook's header for people and programs.
enum HeaderText {
    static func text(_ header: RunbookHeader, _ source: RunbookSource) -> String {
        var lines = ["\(header.name)  \(source.displayName)"]
        if !header.description.isEmpty { lines.append(header.description) }
        if !header.parameters.isEmpty {
            lines += ["", "Parameters"]
            let names = header.parameters.map { CellWidth.of($0.name) }.max() ?? 0
            let kinds = min(28, header.parameters.map { CellWidth.of(kind($0)) }.max() ?? 0)
            for parameter in header.parameters {
                let cells = [parameter.name.padding(to: names), kind(parameter).padding(to: kinds)]
                lines += TableRow(cells, about(parameter)).lines(indent: 2)
            }
        }
        var needs: [(String, String)] = []
        if !header.requires.isEmpty {
            needs.append(("Needs", header.requires.map { "\($0.tool) \($0.constraint)" }.joined(separator: ", ")))
        }
        if !header.secrets.isEmpty {
            let names = header.secrets.map { $0.isOptional ? "\($0.name) (optional)" : $0.name }
            needs.append(("Secrets", names.joined(separator: ", ")))
        }
        if let lock = header.lock { needs.append(("Lock", lock)) }
        if !needs.isEmpty { lines.append("") }
        for (name, text) in needs { lines += TableRow([name.padding(to: 8)], text).lines() }
        return lines.joined(separator: "\n")
    }

    private static func kind(_ parameter: ParameterDeclaration) -> String {
        let kind = parameter.kind == .enum ? parameter.values.joined(separator: "|") : parameter.kind.rawValue
        switch (parameter.minimum, parameter.maximum) {
        case (let least?, let most?): return "\(kind) \(number(least))–\(number(most))"
        case (let least?, nil): return "\(kind) ≥\(number(least))"
        case (nil, let most?): return "\(kind) ≤\(number(most))"
        case (nil, nil): return kind
        }
    }

    private static func about(_ parameter: ParameterDeclaration) -> String {
        var parts: [String] = []
        if parameter.isRequired { parts.append("required") }
        if !parameter.fallback.isNil { parts.append("default \(JSONText.encode(parameter.fallback, pretty: false))") }
        if !parameter.help.isEmpty { parts.append(parameter.help) }
        return parts.joined(separator: " · ")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int64(value)) : String(value)
    }

    static func json(_ header: RunbookHeader, _ source: RunbookSource) -> String {
        let parameters = header.parameters.map { parameter in
            var fields = LuaTable(fields: [
                "name": .string(parameter.name), "type": .string(parameter.kind.rawValue),
                "required": .boolean(parameter.isRequired), "default": parameter.fallback,
                "help": .string(parameter.help),
            ])
            if !parameter.values.isEmpty { fields["values"] = .list(parameter.values.map { .string($0) }) }
            if let minimum = parameter.minimum { fields["min"] = .number(minimum) }
            if let maximum = parameter.maximum { fields["max"] = .number(maximum) }
            if let pattern = parameter.pattern { fields["pattern"] = .string(pattern) }
            return LuaValue.table(fields)
        }
        return JSONText.encode(
            .table(
                LuaTable(fields: [
                    "name": .string(header.name), "description": .string(header.description),
                    "file": .string(source.path), "params": .list(parameters),
                    "requires": .table(LuaTable(header.requires.map { (.string($0.tool), .string($0.constraint)) })),
                    "secrets": .list(
                        header.secrets.map { ["name": .string($0.name), "optional": .boolean($0.isOptional)] }),
                    "lock": header.lock.map { .string($0) } ?? .null,
                ])), pretty: false)
    }
}
