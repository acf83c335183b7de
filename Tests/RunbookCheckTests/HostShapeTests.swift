import RunbookCheck
import RunbookSpec
import Testing

/// Shapes of specs that the host uses besides those of ``TestAPI``.
@Suite struct HostShapeTests {
    private static let checker = Checker(
        modules: [
            ModuleSpec(
                "core", summary: "Words", isGlobal: true,
                functions: [
                    FunctionSpec(
                        "runbook", summary: "Header", effect: .pure,
                        parameters: [
                            ParameterSpec("name", .string, "name"),
                            ParameterSpec(
                                "params",
                                .map(
                                    .record([
                                        ParameterSpec("type", .enumeration(["string", "integer"]), "type"),
                                        ParameterSpec("default", .any, "default"),
                                    ])), "parameters"),
                        ]),
                    FunctionSpec(
                        "step", summary: "Step", effect: .pure, style: .positional,
                        parameters: [
                            .required("name", .string, "name"),
                            .required(
                                "options",
                                .either([.function, .record([ParameterSpec("retries", .integer, "again")])]),
                                "options or function"),
                            ParameterSpec("body", .function, "what to do"),
                        ]),
                    FunctionSpec(
                        "log", summary: "Log", effect: .pure, style: .positional,
                        parameters: [.required("message", .any, "text")]),
                    FunctionSpec(
                        "fail", summary: "Fail", effect: .pure, style: .positional,
                        parameters: [
                            .required(
                                "reason", .either([.string, .record([.required("message", .string, "text")])]), "why")
                        ]),
                ])
        ], globals: [])

    private func lines(_ source: String) -> [String] {
        Self.checker.check(source: "runbook { name = 't' }\n" + source, file: "t")
            .map { "\($0.line):\($0.column) \($0.rule): \($0.text)" }
    }

    @Test func aStepTakesOptionsOrAFunctionSecond() {
        #expect(lines("step('a', function() log(1) end)\nstep('b', { retries = 1 }, function() log.info(2) end)") == [])
        #expect(
            lines("step('a', { retires = 1 }, function() log(1) end)")
                == ["2:13 unknown-option: `step`: unknown option `options.retires`; did you mean `retries`?"])
        #expect(
            lines("step('a', 3, function() log(1) end)")
                == ["2:11 wrong-option-type: `step`: `options` takes a function or a table, not the number 3"])
        #expect(
            lines("step('a', { retries = 1 })")
                == ["2:1 empty-step: this step has options and no function; end the call with `function() … end`"])
        #expect(
            lines("local function f() log(1) end\nstep('a', f())") == [
                "3:11 wrong-option-type: `step`: `options` takes a function or a table, not `f(…)`, which returns nothing; hand over a function that makes the call: `function() return f(…) end`"
            ])
        #expect(
            lines("step('a')") == ["2:1 missing-option: `step`: needs the argument `options` (function or table)"])
    }

    @Test func aFailureIsATextOrATable() {
        #expect(lines("if log then fail('x') end\nif run.dry_run then fail { message = 'x' } end") == [])
        #expect(
            lines("fail { mesage = 'x' }")
                == ["2:8 unknown-option: `fail`: unknown option `reason.mesage`; did you mean `message`?"])
    }

    @Test func oneMistakeInAParameterGivesOneFinding() {
        func rules(_ source: String) -> [String] { Self.checker.check(source: source, file: "t").map(\.rule) }
        #expect(rules("runbook { params = { a = { type = 'int' } } }\nlog(params.a)") == ["wrong-option-type"])
        #expect(rules("runbook { params = { a = 3 } }\nlog(params.a)") == ["wrong-option-type"])
        #expect(
            rules("runbook { params = { a = { type = 'integer', default = 'x' } } }\nlog(params.a)") == ["header-param"]
        )
    }
}
