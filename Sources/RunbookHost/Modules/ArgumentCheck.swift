import RunbookLua
import RunbookSecrets
import RunbookSpec

/// Checks the arguments of a call against the function's description.
struct ArgumentCheck {
    let name: String
    let spec: FunctionSpec

    /// The arguments by name.
    ///
    /// - Throws: `RunbookError` with code `argument`, or `refused` for a secret where plain text is needed.
    func check(_ arguments: [LuaValue]) throws -> Arguments {
        switch spec.style {
        case .options: return Arguments(function: name, values: try options(arguments))
        case .positional: return Arguments(function: name, values: try positional(arguments))
        }
    }

    private func options(_ arguments: [LuaValue]) throws -> [String: LuaValue] {
        if arguments.count > 1 {
            throw RunbookError(.argument, "`\(name)` takes one table of options: \(name) { … }")
        }
        guard let first = arguments.first, !first.isNil else { return try fields(LuaTable()) }
        if let items = first.listValue, !items.isEmpty {
            throw RunbookError(.argument, "`\(name)` takes named options, and has a value without a name")
        }
        guard let table = first.tableValue else {
            let hint = spec.parameters.first.map { "\(name) { \($0.name) = … }" } ?? "\(name) {}"
            throw RunbookError(
                .argument, "`\(name)` takes a table of options, not \(Self.describe(first)): write \(hint)")
        }
        return try fields(table)
    }

    private func fields(_ table: LuaTable) throws -> [String: LuaValue] {
        try Self.fields(table, spec.parameters, owner: "`\(name)`")
    }

    private static func fields(
        _ table: LuaTable, _ parameters: [ParameterSpec], owner: String
    ) throws -> [String: LuaValue] {
        var values: [String: LuaValue] = [:]
        for (key, value) in table.entries {
            guard let option = key.stringValue else {
                throw RunbookError(.argument, "\(owner) takes named options, and has a value without a name")
            }
            guard let parameter = parameters.first(where: { $0.name == option }) else {
                let near = NearestName.of(option, among: parameters.map(\.name))
                throw RunbookError(
                    .argument, "\(owner): unknown option `\(option)`" + (near.map { "; did you mean `\($0)`?" } ?? ""),
                    remedy: near == nil ? "it takes " + parameters.map { "`\($0.name)`" }.joined(separator: ", ") : nil)
            }
            try check(value, parameter.type, "\(owner): `\(option)`")
            values[option] = value
        }
        for parameter in parameters where parameter.isRequired && values[parameter.name] == nil {
            throw RunbookError(
                .argument, "\(owner) needs `\(parameter.name)`: \(parameter.summary) (\(parameter.type.displayName))")
        }
        return values
    }

    private func positional(_ arguments: [LuaValue]) throws -> [String: LuaValue] {
        var values: [String: LuaValue] = [:]
        if arguments.count > spec.parameters.count && !spec.isVariadic {
            throw RunbookError(
                .argument, "`\(name)` takes at most \(spec.parameters.count) arguments and was given \(arguments.count)"
            )
        }
        for (index, parameter) in spec.parameters.enumerated() {
            guard index < arguments.count, !arguments[index].isNil else {
                if parameter.isRequired {
                    throw RunbookError(
                        .argument,
                        "`\(name)` needs `\(parameter.name)` as argument \(index + 1): \(parameter.summary) (\(parameter.type.displayName))"
                    )
                }
                continue
            }
            try Self.check(arguments[index], parameter.type, "`\(name)`: argument \(index + 1), `\(parameter.name)`")
            values[parameter.name] = arguments[index]
        }
        // The prelude hands functions of its own behind those that a script may give.
        for (index, extra) in arguments.dropFirst(spec.parameters.count).enumerated() {
            values[Arguments.extra(index)] = extra
        }
        return values
    }

    /// Checks one value against a type; `what` names it in the message.
    static func check(_ value: LuaValue, _ type: ValueType, _ what: String) throws {
        if case .object(let object) = value, object.kind == .unknown { return }
        switch (type, value) {
        case (.any, _), (.boolean, .boolean), (.function, .function): return
        case (.integer, _) where value.integerValue != nil: return
        case (.bounded(let range), _) where value.integerValue != nil:
            if let number = value.integerValue, range.contains(Int(number)) { return }
            throw RunbookError(.argument, "\(what) is \(value.integerValue ?? 0); it takes an \(type.displayName)")
        case (.number, _) where value.numberValue != nil: return
        case (.string, .string), (.string, .bytes), (.string, .integer), (.string, .number): return
        case (.path, .string): return
        case (.text, _) where value.tableValue == nil && Arguments.sensitive(value) != nil: return
        case (.string, .object(let object)) where object.kind == .secret,
            (.path, .object(let object)) where object.kind == .secret:
            let secret = (object.payload as? SensitiveText)?.description ?? "a secret"
            throw RunbookError(
                .refused, "\(what) would put \(secret) where everyone on the machine can read it",
                remedy: "pass it in `env`, `stdin` or an option that takes a secret")
        case (.duration, _) where Arguments.duration(value) != nil: return
        case (.size, _) where Arguments.size(value) != nil: return
        case (.enumeration(let words), .string(let word)):
            if words.contains(word) { return }
            let near = NearestName.of(word, among: words)
            throw RunbookError(
                .argument,
                "\(what) is \"\(word)\"; it takes \(type.displayName)"
                    + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        case (.list(let element), _) where value.listValue != nil:
            for (index, item) in (value.listValue ?? []).enumerated() {
                try check(item, element, within(what, "[\(index + 1)]"))
            }
            return
        case (.map(let element), _) where value.tableValue != nil:
            for field in value.tableValue?.fields ?? [] {
                try check(field.value, element, within(what, ".\(field.name)"))
            }
            return
        case (.record(let fields), _) where value.tableValue != nil:
            _ = try Self.fields(value.tableValue ?? LuaTable(), fields, owner: what)
            return
        case (.either(let types), _):
            for candidate in types where (try? check(value, candidate, what)) != nil { return }
            // A table was meant as the options, and what is wrong with them is the message.
            if value.tableValue != nil {
                for candidate in types { if case .record = candidate { try check(value, candidate, what) } }
            }
            // A secret deserves its own message, whichever alternative it missed.
            for candidate in types {
                do { try check(value, candidate, what) } catch let error as RunbookError where error.code == .refused {
                    throw error
                } catch {}
            }
        default: break
        }
        throw RunbookError(
            .argument, "\(what) must be \(article(type)), not \(describe(value))", remedy: remedy(type))
    }

    /// The name of a part: `labels.app` of `labels`.
    private static func within(_ what: String, _ part: String) -> String {
        what.hasSuffix("`") ? "\(what.dropLast())\(part)`" : what + part
    }

    /// How to write a value of a type whose form is not plain.
    private static func remedy(_ type: ValueType) -> String? {
        switch type {
        case .duration: "write seconds as a number, or \"90s\", \"2m\", \"1h30m\""
        case .size: "write bytes as a number, or \"500MB\", \"2GiB\""
        default: nil
        }
    }

    /// The type with its article.
    static func article(_ type: ValueType) -> String {
        let name = type.displayName
        if case .enumeration = type { return name }
        if case .any = type { return name }
        return (name.first.map { "aeiou".contains($0) } == true ? "an " : "a ") + name
    }

    static func describe(_ value: LuaValue) -> String {
        switch value {
        case .string(let text) where text.count <= 40: "the string \"\(text)\""
        case .integer(let number): "the number \(number)"
        case .number(let number): "the number \(number)"
        case .boolean(let flag): "\(flag)"
        case .object(let object) where object.kind == .secret: "a secret"
        case .table, .list: "a table"
        default: value.typeName
        }
    }
}
