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
                .required("options", .either([.function, .record(StepOptions.fields)]), "options, or the function"),
                ParameterSpec("body", .any, "what to do"),
            ], isVariadic: true, returns: ReturnSpec(.any, "what the function returned"),
            examples: [ExampleSpec("step(\"Say hello\", { budget = \"1s\" }, function() log.info(\"hello\") end)")]),
        body: { arguments, call in
            let name = arguments.string("name")
            if let body = arguments.function("options") {
                return try await StepRunner(run: call.run, site: call.site).run(name, StepOptions(), body)
            }
            guard let body = arguments.function("body") else {
                throw RunbookError(
                    .argument,
                    "`step` needs a function as its last argument: step(\"\(name)\", { … }, function() … end)")
            }
            let options = StepOptions(arguments.record("options") ?? arguments, name: name)
            return try await StepRunner(run: call.run, site: call.site).run(name, options, body)
        })

    private static let parallel = ModuleFunction(
        FunctionSpec(
            "parallel", summary: "Run functions at the same time and return their results under the same keys",
            details: """
                Takes a list or a table of functions. The branches of a table are shown by their names. When one fails
                the others are stopped, and the error is the first one's.
                """,
            effect: .pure, style: .positional,
            parameters: [.required("functions", .either([.list(.function), .map(.function)]), "the functions")],
            returns: ReturnSpec(.any, "the results, under the functions' keys"),
            examples: [
                ExampleSpec(
                    "local r = parallel { a = function() return 1 end, b = function() return 2 end }\nassert(r.a + r.b == 3)"
                )
            ])
    ) { arguments, call in
        switch arguments["functions"] {
        case .list(let items): .list(try await Branches.run(items.map { ("", $0) }, call).map { $0.1 })
        case .table(let table):
            .table(LuaTable(try await Branches.run(table.fields, call).map { (.string($0.0), $0.1) }))
        default: LuaValue.table(LuaTable())
        }
    }

    private static let confirm = ModuleFunction(
        FunctionSpec(
            "confirm", summary: "Ask the person at the terminal, and end the run when the answer is no",
            details: "`--yes` answers it. Without a terminal and without `--yes` the run ends with exit code 6.",
            effect: .interactive, style: .positional, parameters: [.required("question", .string, "what to ask")],
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
            examples: [ExampleSpec("log.info(\"three pods are ready\")")])
    ) { arguments, call in
        call.note(.info, Display.text(arguments["message"]))
        return .nil
    }

    private static let fail = ModuleFunction(
        FunctionSpec(
            "fail", summary: "End the step and the run with a message",
            details: "Takes a text, or `{ message = …, remedy = …, exit = …, result = … }`; with a result the failure is a verdict, and the result is printed all the same.", effect: .pure, style: .positional,
            parameters: [
                .required(
                    "reason",
                    .either([
                        .string,
                        .record([
                            .required("message", .string, "what is wrong"),
                            ParameterSpec("remedy", .string, "what to do about it"),
                            ParameterSpec("exit", .integer, default: "1", "the exit code: 1 or 3"),
                            ParameterSpec("result", .any, "what the run gives all the same"),
                        ]),
                    ]), "what is wrong")
            ], examples: [ExampleSpec("if false then fail(\"the image is too large\") end")])
    ) { arguments, call in
        if let record = arguments.record("reason") {
            throw RunbookError(
                .failed, record.string("message"), remedy: record.optionalString("remedy"),
                runExit: record.integer("exit"),
                result: record.has("result") ? record["result"] : nil)
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

/// Runs the branches of `parallel`.
enum Branches {
    static func run(_ branches: [(String, LuaValue)], _ call: CallContext) async throws -> [(String, LuaValue)] {
        try await withThrowingTaskGroup(of: (Int, LuaValue).self) { group in
            for (index, (name, value)) in branches.enumerated() {
                guard case .function(let body) = value else { continue }
                group.addTask { (index, try await run(name, body, call)) }
            }
            var results = [LuaValue](repeating: .nil, count: branches.count)
            for try await (index, value) in group { results[index] = value }
            return zip(branches, results).map { ($0.0, $1) }
        }
    }

    private static func run(_ name: String, _ body: LuaFunction, _ call: CallContext) async throws -> LuaValue {
        if name.isEmpty { return try await call.run.engine.call(body).first ?? .nil }
        return try await StepRunner(run: call.run, site: call.site).run(name, StepOptions(), body).first ?? .nil
    }
}
