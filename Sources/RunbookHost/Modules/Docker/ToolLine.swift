/// An argument list in the making: every value is an element of its own, so nothing is ever quoted or split.
struct ToolLine: Sendable {
    var argv: [String]

    init(_ argv: [String]) {
        self.argv = argv
    }

    /// Adds arguments as they are.
    mutating func add(_ arguments: String...) { argv += arguments }

    /// Adds a flag when it is wanted.
    mutating func flag(_ name: String, if isWanted: Bool) {
        if isWanted { argv.append(name) }
    }

    /// Adds an option and its value when there is one.
    mutating func option(_ name: String, _ value: String?) {
        if let value { argv += [name, value] }
    }

    /// Adds an option once for each value.
    mutating func option(_ name: String, each values: [String]) {
        for value in values { argv += [name, value] }
    }

    /// Adds `name=value` when there is a value: for tools that take it in one argument only.
    mutating func joined(_ name: String, _ value: String?) {
        if let value { argv.append("\(name)=\(value)") }
    }

    /// Adds the `args` of the call, then what the verb works on.
    ///
    /// - Throws: `RunbookError` with code `argument` for a name that the tool would take as an option.
    mutating func operands(_ names: [String], of arguments: Arguments) throws {
        for name in names {
            guard !name.isEmpty else {
                throw RunbookError(.argument, "`\(arguments.function)` was given an empty name")
            }
            guard name == "-" || !name.hasPrefix("-") else {
                throw RunbookError(
                    .argument, "`\(arguments.function)`: \"\(name)\" would be taken as an option",
                    remedy: "pass options that have no name of their own in `args`")
            }
        }
        argv += arguments.strings("args") + names
    }
}

extension CallContext {
    /// Makes reads that a preview can do without: when they fail there, the reason is noted and `fallback` is given.
    func reading<Value: Sendable>(
        else fallback: Value, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error as RunbookError where run.options.dryRun != nil {
            run.note(unread: error)
            return fallback
        }
    }

    /// Puts a short remark beside the step that the call stands in.
    func remark(_ text: String) {
        if let step = StepScope.current { run.steps.detail(step.number, text) }
    }
}
