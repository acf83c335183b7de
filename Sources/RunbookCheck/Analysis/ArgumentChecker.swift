import LuaSyntax
import RunbookSpec

/// A mistake in the arguments of an API call.
struct ArgumentProblem {
    /// The rule that reports it.
    enum Kind {
        case unknownOption, missingOption, wrongType, tooMany, secretAsText
    }

    var kind: Kind
    var violation: Violation
}

/// Compares the arguments of one call with its spec as far as they are literal.
struct ArgumentChecker {
    let shapes: Shapes
    let call: APICall
    private var chunk: Chunk { shapes.chunk }

    init(shapes: Shapes, call: APICall) {
        self.shapes = shapes
        self.call = call
    }

    func problems() -> [ArgumentProblem] {
        switch call.function.style {
        case .options: optionsProblems()
        case .positional: positionalProblems()
        }
    }

    // MARK: Calls

    private func optionsProblems() -> [ArgumentProblem] {
        guard let argument = call.arguments.first else {
            return missing(call.function.parameters, given: [], at: call.id, path: "")
        }
        var problems = extraArguments(after: 1)
        switch shapes.shape(argument) {
        case .table(let fields):
            problems += record(call.function.parameters, fields, at: argument, path: "")
        case .unknown: break
        case .result(let result) where TypeFit.fits(.result(result), .record([])): break
        case .nilValue: problems += missing(call.function.parameters, given: [], at: argument, path: "")
        case let shape:
            problems.append(
                problem(
                    .wrongType, argument, "takes a table of options, not \(shape.display)",
                    fix: call.function.parameters.first.map { "write `\(call.name) { \($0.name) = … }`" }))
        }
        return problems
    }

    private func positionalProblems() -> [ArgumentProblem] {
        var problems: [ArgumentProblem] = []
        let parameters = call.function.parameters
        var next = 0
        var isOpenEnded = false
        for argument in call.arguments {
            while next < parameters.count, isSkipped(parameters[next], next, argument) { next += 1 }
            if next == parameters.count && call.function.isVariadic { next -= 1 }
            guard next < parameters.count else {
                problems += extraArguments(after: parameters.count)
                return problems
            }
            let parameter = parameters[next]
            next += 1
            isOpenEnded = isMultiple(argument) && !shapes.shape(argument).isNothing
            if shapes.shape(argument).isNothing, !parameter.isRequired, !TypeFit.takesFunctions(parameter.type) {
                continue
            }
            problems += mismatches(argument, parameter.type, path: parameter.name)
        }
        guard !isOpenEnded else { return problems }
        for parameter in parameters.dropFirst(next) where parameter.isRequired {
            problems.append(
                problem(
                    .missingOption, call.id, "needs the argument `\(parameter.name)` (\(parameter.type.displayName))"))
        }
        return problems
    }

    /// Whether an optional parameter in the middle was left out, so that the argument belongs to the next one.
    private func isSkipped(_ parameter: ParameterSpec, _ index: Int, _ argument: ExpressionID) -> Bool {
        guard !parameter.isRequired, index + 1 < call.function.parameters.count else { return false }
        if case .nilValue = shapes.shape(argument) { return false }
        let next = call.function.parameters[index + 1]
        guard !mismatches(argument, parameter.type, path: "").isEmpty else {
            // A name tells nothing of its type: with too few arguments it stands for the later, required one.
            guard case .unknown = shapes.shape(argument), next.isRequired else { return false }
            return call.arguments.count < call.function.parameters.count
        }
        return mismatches(argument, next.type, path: "").isEmpty
    }

    private func isMultiple(_ id: ExpressionID) -> Bool {
        switch chunk[id].kind {
        case .call, .method, .vararg: true
        default: false
        }
    }

    private func extraArguments(after count: Int) -> [ArgumentProblem] {
        guard call.arguments.count > count else { return [] }
        let wanted = count == 1 ? "1 argument" : "\(count) arguments"
        return [problem(.tooMany, call.arguments[count], "takes \(wanted), not \(call.arguments.count)")]
    }

    // MARK: Tables

    private func record(
        _ parameters: [ParameterSpec], _ fields: [TableField], at table: ExpressionID, path: String
    ) -> [ArgumentProblem] {
        var problems: [ArgumentProblem] = []
        var given: Set<String> = []
        var isComplete = true
        for (index, field) in fields.enumerated() {
            guard let key = field.key else {
                isComplete = false
                let example = parameters.first.map { "write `\($0.name) = …`" }
                problems.append(
                    problem(
                        .wrongType, field.value, "\(within(path))takes named options; item \(index + 1) has no name",
                        fix: example))
                continue
            }
            guard let name = chunk.string(key) else {
                isComplete = false
                continue
            }
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                problems.append(
                    problem(
                        .unknownOption, key, "unknown option `\(joined(path, name))`",
                        fix: Spelling.hint(for: name, in: parameters.map(\.name)) ?? list(parameters)))
                // A misspelled name stands for the option that is missing; one finding says both.
                if let meant = Spelling.nearest(to: name, in: parameters.map(\.name)) { given.insert(meant) }
                continue
            }
            let shape = shapes.shape(field.value)
            if case .nilValue = shape { continue }
            given.insert(name)
            if shape.isNothing, !TypeFit.takesFunctions(parameter.type) { continue }
            problems += mismatches(field.value, parameter.type, path: joined(path, name))
        }
        return isComplete ? problems + missing(parameters, given: given, at: table, path: path) : problems
    }

    private func list(_ parameters: [ParameterSpec]) -> String? {
        parameters.isEmpty ? "it takes none" : "it takes " + parameters.map { "`\($0.name)`" }.joined(separator: ", ")
    }

    private func missing(
        _ parameters: [ParameterSpec], given: Set<String>, at place: ExpressionID, path: String
    ) -> [ArgumentProblem] {
        parameters.filter { $0.isRequired && !given.contains($0.name) }.map { parameter in
            problem(
                .missingOption, place,
                "needs the option `\(joined(path, parameter.name))` (\(parameter.type.displayName))")
        }
    }

    // MARK: Types

    private func mismatches(_ value: ExpressionID, _ type: ValueType, path: String) -> [ArgumentProblem] {
        let shape = shapes.shape(value)
        if case .unknown = shape { return [] }
        // A call where a function is wanted was to be made later.
        if case .result = shape, shape.isNothing {
            return TypeFit.takesFunctions(type) ? [wrongType(value, shape, type, path: path)] : []
        }
        if case .either(let types) = type { return alternatives(value, shape, types, path: path) }
        if case .table(let fields) = shape {
            switch type {
            case .record(let parameters): return record(parameters, fields, at: value, path: path)
            case .list(let element): return items(fields, element, path: path)
            case .map(let element): return entries(fields, element, path: path)
            case .any: return []
            default: break
            }
        }
        guard !TypeFit.fits(shape, type) else { return [] }
        if case .secret = shape { return [secretAsText(value, path: path)] }
        return [wrongType(value, shape, type, path: path)]
    }

    private func alternatives(
        _ value: ExpressionID, _ shape: Shape, _ types: [ValueType], path: String
    ) -> [ArgumentProblem] {
        var nearest: [ArgumentProblem]?
        for type in types {
            let problems = mismatches(value, type, path: path)
            if problems.isEmpty { return [] }
            // A table that almost fits a table type is explained by that type, a list as a list.
            guard case .table(let fields) = shape, TypeFit.takesTables(type) else { continue }
            let isList = if case .list = type { true } else { false }
            if nearest == nil || isList == fields.contains(where: { $0.key == nil }) { nearest = problems }
        }
        if case .secret = shape { return [secretAsText(value, path: path)] }
        return nearest ?? [wrongType(value, shape, .either(types), path: path)]
    }

    private func items(_ fields: [TableField], _ element: ValueType, path: String) -> [ArgumentProblem] {
        var problems: [ArgumentProblem] = []
        for (index, field) in fields.enumerated() {
            if let key = field.key {
                guard let name = chunk.string(key) else { continue }
                problems.append(
                    problem(.wrongType, key, "option `\(path)` takes a list, which has no name `\(name)`"))
            } else {
                problems += mismatches(field.value, element, path: "\(path)[\(index + 1)]")
            }
        }
        return problems
    }

    private func entries(_ fields: [TableField], _ element: ValueType, path: String) -> [ArgumentProblem] {
        fields.flatMap { field -> [ArgumentProblem] in
            guard let key = field.key else {
                return [
                    problem(
                        .wrongType, field.value, "option `\(path)` takes names with values; this item has no name",
                        fix: "write `name = value`")
                ]
            }
            return mismatches(field.value, element, path: joined(path, chunk.string(key) ?? "…"))
        }
    }

    // MARK: Messages

    private func wrongType(
        _ value: ExpressionID, _ shape: Shape, _ type: ValueType, path: String
    ) -> ArgumentProblem {
        var fix: String?
        if case .enumeration(let words) = type, case .string(let text) = shape {
            fix = Spelling.hint(for: text, in: words)
        } else if case .result(let result) = shape, let call = result.call, TypeFit.takesFunctions(type) {
            fix = "hand over a function that makes the call: `function() return \(call)(…) end`"
        } else if case .list = type, case .string(let text) = shape, text.contains(" ") {
            fix = "write " + CommandWordsRule.list(text)
        } else {
            fix = TypeFit.remedy(type)
        }
        return problem(.wrongType, value, "`\(path)` takes \(TypeFit.display(type)), not \(shape.display)", fix: fix)
    }

    private func secretAsText(_ value: ExpressionID, path: String) -> ArgumentProblem {
        problem(
            .secretAsText, value, "`\(path)` would show a secret in the arguments of a process",
            fix: "hand it over by `stdin`, `env` or a file")
    }

    private func problem(
        _ kind: ArgumentProblem.Kind, _ place: ExpressionID, _ message: String, fix: String? = nil
    ) -> ArgumentProblem {
        ArgumentProblem(
            kind: kind,
            violation: Violation(range: chunk[place].range, message: "`\(call.name)`: \(message)", fix: fix))
    }

    private func within(_ path: String) -> String { path.isEmpty ? "" : "`\(path)` " }

    private func joined(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
