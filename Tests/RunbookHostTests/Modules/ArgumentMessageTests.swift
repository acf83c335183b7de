import RunbookLua
import RunbookSpec
import Testing

@testable import RunbookHost

/// What is said of wrong arguments, for every function of every module from its description.
@Suite("messages about arguments")
struct ArgumentMessageTests {
    /// One function with its full name.
    struct Function: Sendable, CustomTestStringConvertible {
        let name: String
        let spec: FunctionSpec
        var testDescription: String { name }

        func message(_ arguments: [LuaValue]) -> String? {
            do {
                _ = try ArgumentCheck(name: name, spec: spec).check(arguments)
                return nil
            } catch let error as RunbookError {
                return error.message
            } catch {
                return "\(error)"
            }
        }
    }

    static let all: [Function] = BuiltinModules.specs.flatMap { module in
        module.functions.map { function in
            Function(name: module.isGlobal ? function.name : "\(module.name).\(function.name)", spec: function)
        }
    }
    static let withOptions = all.filter { $0.spec.style == .options && !$0.spec.parameters.isEmpty }

    private func options(_ fields: [(String, LuaValue)]) -> [LuaValue] {
        [.table(LuaTable(fields.map { (.string($0.0), $0.1) }))]
    }

    @Test("an unknown option is named, and the near one when there is one", arguments: withOptions)
    func unknownOption(_ function: Function) throws {
        #expect(
            function.message(options([("zzzzzzzz", 1)]))?.hasPrefix("`\(function.name)`: unknown option `zzzzzzzz`")
                == true)
        // The longest name that no other one is like, with two letters in the wrong order.
        let names = function.spec.parameters.map(\.name)
        let alone = names.filter { name in !names.contains { $0 != name && ($0.hasPrefix(name) || name.hasPrefix($0)) }
        }
        guard let meant = alone.max(by: { $0.count < $1.count }) else { return }
        guard meant.count >= 5 else { return }
        var letters = Array(meant)
        let place = letters.indices.dropLast().last { letters[$0] != letters[$0 + 1] } ?? 0
        letters.swapAt(place, place + 1)
        let message = function.message(options([(String(letters), 1)]))
        #expect(message == "`\(function.name)`: unknown option `\(String(letters))`; did you mean `\(meant)`?")
    }

    @Test("a value of a wrong type is told with what is wanted and what was given", arguments: withOptions)
    func wrongType(_ function: Function) {
        for parameter in function.spec.parameters {
            guard let (wrong, shown) = Self.wrong(for: parameter.type) else { continue }
            let message = function.message(options([(parameter.name, wrong)]))
            let expected =
                "`\(function.name)`: `\(parameter.name)` must be \(ArgumentCheck.article(parameter.type)), not \(shown)"
            #expect(message == expected)
        }
    }

    @Test("what is missing is told with what it is for", arguments: all)
    func missing(_ function: Function) throws {
        guard let parameter = function.spec.parameters.first(where: \.isRequired) else { return }
        let message = try #require(function.message([]))
        let place =
            function.spec.style == .positional
            ? " as argument \((function.spec.parameters.firstIndex(of: parameter) ?? 0) + 1)" : ""
        #expect(
            message
                == "`\(function.name)` needs `\(parameter.name)`\(place): \(parameter.summary) (\(parameter.type.displayName))"
        )
    }

    @Test("a number out of its range is told with the range", arguments: all)
    func outOfRange(_ function: Function) {
        for parameter in function.spec.parameters {
            guard case .bounded(let range) = parameter.type else { continue }
            let wrong = LuaValue.integer(Int64(range.lowerBound) - 1)
            let message =
                function.spec.style == .options
                ? function.message(options([(parameter.name, wrong)])) : function.message([wrong])
            #expect(message?.hasSuffix("is \(range.lowerBound - 1); it takes an \(parameter.type.displayName)") == true)
        }
    }

    @Test("a negative span, one that has no end and one that is no span are refused", arguments: withOptions)
    func spans(_ function: Function) {
        for parameter in function.spec.parameters where parameter.type == .duration {
            for wrong: LuaValue in [
                -1, .number(.infinity), .number(.nan), .number(1e300), "5 min", "-2m", "", "99999999999d",
            ] {
                #expect(function.message(options([(parameter.name, wrong)]))?.contains("must be a duration") == true)
            }
        }
    }

    @Test("a call with something else than a table shows how to write it", arguments: withOptions)
    func noTable(_ function: Function) {
        #expect(
            function.message(["todo"])?.hasPrefix(
                "`\(function.name)` takes a table of options, not a the string \"todo\"") == false)
        #expect(function.message(["todo"])?.contains("write \(function.name) {") == true)
        #expect(
            function.message([.table(LuaTable()), 1])
                == "`\(function.name)` takes one table of options: \(function.name) { … }")
    }

    @Test("a secret where everyone could read it is refused with the way out")
    func secrets() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            "local s = secret.random { name = \"TOKEN\" }\nkubectl.get { resource = \"pods\", selector = s }")
        #expect(
            outcome.message
                == "`kubectl.get`: `selector` would put ‹secret TOKEN› where everyone on the machine can read it")
        #expect(outcome.remedy == "pass it in `env`, `stdin` or an option that takes a secret")
    }

    @Test(
        "the exact words",
        arguments: [
            ("helm.upgrade { relase = 1 }", "`helm.upgrade`: unknown option `relase`; did you mean `release`?"),
            (
                "helm.upgrade { release = 1, chart = {} }",
                "`helm.upgrade`: `chart` must be a string, not a table"
            ),
            (
                "helm.upgrade { release = \"a\", chart = \"c\", wait = \"2 minutes\" }",
                "`helm.upgrade`: `wait` must be a boolean or duration, not the string \"2 minutes\""
            ),
            (
                "kubectl.scale { resource = \"deployment/a\", replicas = -1 }",
                "`kubectl.scale`: `replicas` is -1; it takes an integer from 0"
            ),
            (
                "kubectl.scale { resource = \"deployment/a\", replicas = 2.5 }",
                "`kubectl.scale`: `replicas` must be an integer from 0, not the number 2.5"
            ),
            (
                "http.load { url = \"http://127.0.0.1:1\", users = 100000 }",
                "`http.load`: `users` is 100000; it takes an integer from 1 to 1000"
            ),
            (
                "http.request { url = \"http://127.0.0.1:1\", method = \"post\" }",
                "`http.request`: `method` is \"post\"; it takes \"GET\" | \"HEAD\" | \"OPTIONS\" | \"POST\" | \"PUT\" | \"PATCH\" | \"DELETE\"; did you mean \"POST\"?"
            ),
            (
                "docker.build { tag = \"a\", max_size = \"500 megs\" }",
                "`docker.build`: `max_size` must be a size, not the string \"500 megs\""
            ),
            ("json.decode(1, 2)", "`json.decode` takes at most 1 arguments and was given 2"),
            (
                "kubectl.get \"pods\"",
                "`kubectl.get` takes a table of options, not the string \"pods\": write kubectl.get { resource = … }"
            ),
            ("kubectl.get { \"pods\" }", "`kubectl.get` takes named options, and has a value without a name"),
            (
                "kubectl.exec { pod = \"a\", command = { \"a\", { } } }",
                "`kubectl.exec`: `command[2]` must be a string, not a table"
            ),
            (
                "step(\"a\", { retrys = 1 }, print)",
                "`step`: argument 2, `options`: unknown option `retrys`; did you mean `retries`?"
            ),
        ])
    func exact(_ lua: String, _ message: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(lua)
        #expect(outcome.message == message)
        #expect(outcome.summary.failure?.site == "test.lua:1")
    }

    /// A value that a type does not take, and how it is shown; nil for a type that takes everything.
    private static func wrong(for type: ValueType) -> (LuaValue, String)? {
        switch type {
        case .any, .none: return nil
        case .enumeration, .list, .map, .record, .boolean, .function, .handle: return (.number(2.5), "the number 2.5")
        // A boolean is a text here: `true` among the variables of a container.
        case .text: return (["zz": 1], "a table")
        case .string, .path, .integer, .bounded, .number, .duration, .size: return (true, "true")
        case .either(let types):
            let takesBooleans = types.contains { if case .boolean = $0 { true } else { false } }
            return takesBooleans ? (["zz": 1], "a table") : (true, "true")
        }
    }
}
