import RunbookLua
import RunbookSpec

/// The globals that every runbook is written with.
enum CoreModule {
    static let module = LuaModule(
        "core", summary: "What every runbook is written with", isGlobal: true,
        [header, step, parallel, confirm, log, fail, print, require, requireAll])

    private static let header = ModuleFunction(RunbookHeader.spec) { arguments, call in
        try await HeaderCall.run(arguments, call)
        return .nil
    }

    private static let step = ModuleFunction(
        results: FunctionSpec(
            "step", summary: "Run a function as a named step and return what it returns",
            details: "`step(name, fn)` or `step(name, options, fn)`. It runs at once, in the order of the file.",
            effect: .pure, style: .positional,
            parameters: [
                .required("name", .string, "what the step does, as a person reads it"),
                .required(
                    "options", .either([.function, .record(StepOptions.fields)]),
                    "the function, or the options that stand before it"),
                ParameterSpec("body", .any, "what to do"),
            ], isVariadic: true, returns: ReturnSpec(.any, "what the function returned"),
            examples: [ExampleSpec("step(\"Say hello\", { budget = \"1s\" }, function() log.info(\"hello\") end)")]),
        body: { arguments, call in
            let name = arguments.string("name")
            if let body = arguments.function("options") {
                return answer(
                    try await StepRunner(run: call.run, site: call.site).run(
                        name, StepOptions(), body, results: StepResults(arguments.function(Arguments.extra(0)))))
            }
            guard let body = arguments.function("body") else {
                throw RunbookError(
                    .argument, "`step` needs `body` as argument 3: what to do (function)",
                    remedy: "write step(\"\(name)\", { … }, function() … end)")
            }
            let options = StepOptions(arguments.record("options") ?? arguments, name: name)
            return answer(
                try await StepRunner(run: call.run, site: call.site).run(
                    name, options, body, results: StepResults(arguments.function(Arguments.extra(0)))))
        })

    // The prelude has what the body returned; only what was restored is handed to it.
    private static func answer(_ restored: [LuaValue]?) -> [LuaValue] { restored.map { [true] + $0 } ?? [] }

    private static let parallel = ModuleFunction(
        FunctionSpec(
            "parallel", summary: "Run functions at the same time and return their results under the same keys",
            details: """
                Takes a list or a table of functions. The branches of a table are shown by their names. When one fails
                the others are stopped, and the error is the first one's.
                """,
            effect: .pure, style: .positional,
            parameters: [.required("functions", .either([.list(.function), .map(.function)]), "the functions")],
            isVariadic: true, returns: ReturnSpec(.any, "the results, under the functions' keys"),
            examples: [
                ExampleSpec(
                    "local r = parallel { a = function() return 1 end, b = function() return 2 end }\nassert(r.a + r.b == 3)"
                )
            ])
    ) { arguments, call in
        switch arguments["functions"] {
        case .list(let items): try await Branches(arguments, call).run(items.map { ("", $0) })
        // Lua's own order differs from run to run.
        case .table(let table): try await Branches(arguments, call).run(table.fields.sorted { $0.name < $1.name })
        default: break
        }
        return .nil
    }

    private static let confirm = ModuleFunction(
        FunctionSpec(
            "confirm", summary: "Ask the person at the terminal, and end the run when the answer is no",
            details: "`--yes` answers it. Without a terminal and without `--yes` the run ends with exit code 6.",
            effect: .interactive, style: .positional, parameters: [.required("question", .string, "what to ask")],
            returns: ReturnSpec(.boolean, "true: a no has ended the run"),
            examples: [ExampleSpec("confirm(\"Delete the namespace?\")")])
    ) { arguments, call in
        try await Confirmation.ask(arguments.string("question"), call.run)
        return .boolean(true)
    }

    private static let log = ModuleFunction(
        FunctionSpec(
            "log", summary: "Tell a person something",
            details:
                "`log.info(text)` and `log.warn(text)` go to the run's log and the terminal; `log(text)` is `log.info`.",
            effect: .pure, style: .positional, parameters: [.required("message", .any, "what to tell")],
            examples: [ExampleSpec("log.info(\"three pods are ready\")")], variants: ["info", "warn"])
    ) { arguments, call in
        call.note(.info, Display.text(arguments["message"]))
        return .nil
    }

    private static let fail = ModuleFunction(
        FunctionSpec(
            "fail", summary: "End the step and the run with a message",
            details:
                "Takes a text, or `{ message = …, remedy = …, exit = …, result = … }`; with a result the failure is a verdict, and the result is printed all the same.",
            effect: .pure, style: .positional,
            parameters: [
                .required(
                    "reason",
                    .either([
                        .string,
                        .record([
                            .required("message", .string, "what is wrong"),
                            ParameterSpec("remedy", .string, "what to do about it"),
                            ParameterSpec(
                                "exit", .integer, default: "1",
                                "the exit code: 1, 2 for a wrong parameter, or 3 for something missing"),
                            ParameterSpec("result", .any, "what the run gives all the same"),
                        ]),
                    ]), "what is wrong")
            ], examples: [ExampleSpec("if false then fail(\"the image is too large\") end")])
    ) { arguments, call in
        if let record = arguments.record("reason") {
            throw RunbookError(
                .failed, record.string("message"), remedy: record.optionalString("remedy"),
                runExit: record.integer("exit"),
                result: record.has("result") ? .some(record["result"]) : Optional<LuaValue>.none)
        }
        throw RunbookError(.failed, arguments.string("reason"))
    }

    // The prelude defines it: what a table or a secret shows is decided before the values leave Lua.
    private static let print = ModuleFunction(
        FunctionSpec(
            "print", summary: "Print values: the run's product, on standard output",
            details: "Tables are shown as JSON, secrets as their masks.", effect: .pure, style: .positional,
            parameters: [ParameterSpec("values", .any, "what to print")], isVariadic: true,
            examples: [ExampleSpec("print(\"ready\", 3)")])
    ) { _, _ in .nil }

    private static let require = ModuleFunction(
        FunctionSpec(
            "require", summary: "Load a module once, and return what it returned",
            details: """
                `require "diagnose.image"` is `diagnose/image.lua` or `diagnose/image/init.lua`: in the runbook's
                `lib`, the shipped `lib`, and the runbook's folder. Nothing outside of them can be loaded.
                """,
            effect: .pure, style: .positional, parameters: [.required("module", .string, "the module's dotted name")],
            returns: ReturnSpec(.any, "the module"))
    ) { _, _ in .nil }

    private static let requireAll = ModuleFunction(
        FunctionSpec(
            "require_all", summary: "Load every module of a folder, and return them by name",
            details: "Looks where `require` does; the first module of a name wins.",
            effect: .pure, style: .positional,
            parameters: [.required("folder", .string, "the folder as in `require`: `diagnose.detectors`")],
            returns: ReturnSpec(.map(.any), "the modules by name"))
    ) { _, _ in .nil }
}

/// Runs the branches of `parallel`; their results stay in Lua.
struct Branches {
    private let call: CallContext
    private let collect: LuaFunction?
    private let restore: LuaFunction?
    private let position: Position

    init(_ arguments: Arguments, _ call: CallContext) {
        self.call = call
        collect = arguments.function(Arguments.extra(0))
        restore = arguments.function(Arguments.extra(1))
        position = call.run.position.parallel()
    }

    /// Runs them at the same time; the first failure stops the others.
    func run(_ branches: [(String, LuaValue)]) async throws {
        let isRevisiting = call.run.lifecycle.isRevisiting
        try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            for (index, (name, value)) in branches.enumerated() {
                guard case .function(let body) = value else { continue }
                group.addTask {
                    do {
                        try await run(name, index, body)
                        return nil
                    } catch  where isRevisiting {
                        // Each branch shows its own undo, however far the others came.
                        return error
                    }
                }
            }
            var failure: (any Error)?
            for try await error in group { failure = failure ?? error }
            if let failure { throw failure }
        }
    }

    private func run(_ name: String, _ index: Int, _ body: LuaFunction) async throws {
        let run = call.run
        let key: LuaValue = name.isEmpty ? .integer(Int64(index + 1)) : .string(name)
        let results = collect.map { StepResults(function: $0, arguments: [key]) }
        let restored: [LuaValue]?
        if name.isEmpty {
            let place = position.branch(index + 1)
            restored = try await StepRunner(run: run, site: call.site).branch(place, body, results)
        } else {
            let visit = StepVisit(scope: position.step(run.vault.redactor.redact(name)), name: name, undo: nil)
            restored = try await StepRunner(run: run, site: call.site).run(
                name, StepOptions(), body, at: visit, results: results)
        }
        if let value = restored?.first, let restore { _ = try await run.engine.call(restore, [key, value]) }
    }
}
