import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct ErrorTests {
        @Test func syntaxErrorsNameTheLine() async throws {
            let engine = try await makeEngine()
            let error = await failure(engine, "local x = 1\nlocal y = = 2")
            #expect(error?.code == .syntax)
            #expect(error?.message == "test.lua:2: unexpected symbol near '='")
        }

        @Test func errorsCarryTheTraceback() async throws {
            let engine = try await makeEngine()
            let error = await failure(
                engine,
                """
                local function inner() error("broken") end
                function outer()
                  inner()
                  return 1
                end
                outer()
                return 1
                """)
            #expect(error?.message == "test.lua:1: broken")
            #expect(
                error?.traceback == """
                    stack traceback:
                    \t[C]: in function 'error'
                    \ttest.lua:1: in upvalue 'inner'
                    \ttest.lua:3: in function 'outer'
                    \ttest.lua:6: in main chunk
                    """)
        }

        @Test func hostErrorsAreObjects() async throws {
            let engine = try await makeEngine()
            let values = try await run(
                engine,
                "\nlocal ok, e = pcall(fail, 'broken') return ok, type(e), e.code, e.message, tostring(e), e.nothing")
            #expect(values[1].stringValue == "userdata")
            #expect(values[2].stringValue == "value")
            #expect(values[3].stringValue == "broken")
            #expect(values[4].stringValue == "broken")
            #expect(values[5].isNil)
            let fields = try await run(
                engine, "local _, e = pcall(function()\n fail('x') end) return e.where, e.traceback")
            #expect(fields[0].stringValue == "test.lua:2")
            #expect(fields[1].stringValue?.contains("test.lua:2: in function") == true)
        }

        @Test func anErrorObjectReadsTheSameAfterAVisitToTheHost() async throws {
            let engine = try await makeEngine()
            let script = """
                local _, e = pcall(function()
                  fail("x") end)
                local back = now(e)
                return back.code, back.message, back.where, back.traceback == e.traceback
                """
            let values = try await run(engine, script)
            #expect(values.prefix(3).map(\.stringValue) == ["value", "x", "test.lua:2"])
            #expect(values[3].booleanValue == true)
        }

        /// `call` runs a function of the script as `parallel` does.
        private func nesting() async throws -> LuaEngine {
            let engine = try await makeEngine()
            let call = HostFunction.suspending("call") { [unowned engine] call in
                guard case .function(let function) = call.arguments.first else { return [] }
                return try await engine.call(function)
            }
            try await engine.setGlobals(functions: [("call", call)])
            return engine
        }

        @Test func errorsKeepTheirValueThroughANestedCall() async throws {
            let engine = try await nesting()
            let values = try await run(
                engine,
                "local _, e = pcall(call, function()\n fail('x') end) return e.code, e.where, select(2, pcall(call, function() error({1}) end))[1]"
            )
            #expect(values[0].stringValue == "value")
            #expect(values[1].stringValue == "test.lua:2")
            #expect(values[2].integerValue == 1)
            let error = await failure(engine, "call(function()\n fail('x') end)")
            #expect(error?.underlying is ConversionError)
            #expect(error?.traceback?.contains("test.lua:2: in function") == true)
        }

        @Test func memoryErrorsStayMemoryErrorsThroughANestedCall() async throws {
            let engine = try await nesting()
            let error = await failure(engine, "call(function() string.rep('x', 1e9) end)")
            #expect(error?.code == .memory)
        }

        @Test func cancellationReachesNestedCalls() async throws {
            let engine = try await nesting()
            for script in [
                "call(function() while true do end end)", "call(function() call(function() sleep(1e6) end) end)",
            ] {
                let (latency, code) = try await stopLatency(engine, script) { $0.cancel() }
                #expect(code == .stopped)
                #expect(latency < longest)
            }
            let (_, code) = try await stopLatency(engine, "pcall(call, function() sleep(1e6) end) while true do end") {
                _ in
                engine.stop()
            }
            #expect(code == .stopped)
        }

        static let values: [(String, String)] = [
            ("error(nil)", "error value of type nil"),
            ("error()", "error value of type nil"),
            ("error({})", "error value of type table"),
            ("error(setmetatable({}, {__tostring = error}))", "error value of type table"),
            ("error(setmetatable({}, {__tostring = function() while true do end end}))", "error value of type table"),
            ("error(true)", "error value of type boolean"),
            ("error(12)", "error value of type number"),
            ("error(coroutine.create(type))", "error value of type nil"),
            ("error('\\xff', 0)", "error value of type string"),
            ("error('plain', 0)", "plain"),
            ("local t = {} t.t = t error(t)", "error value of type nil"),
            (
                "local x <close> = setmetatable({}, {__close = function() error('closing', 0) end}) error('x')",
                "closing"
            ),
        ]

        @Test(arguments: values.map(\.0)) func anyErrorValueEndsTheScript(_ script: String) async throws {
            let engine = try await makeEngine()
            let error = await failure(engine, script)
            #expect(error?.code == .runtime)
            #expect(error?.message == Self.values.first { $0.0 == script }?.1)
        }

        @Test func stackOverflowIsAnError() async throws {
            let engine = try await makeEngine(memoryLimit: 256 << 20)
            let deep = await failure(engine, "local function f() return 1 + f() end f()")
            #expect(deep?.message.contains("stack overflow") == true)
            let nested = await failure(engine, "local function f() return select(2, pcall(f)) end error(f(), 0)")
            #expect(
                nested?.message == "error in error handling" || nested?.message.contains("C stack overflow") == true)
            let coroutines = await failure(
                engine, "local function f() return coroutine.wrap(f)() end f()")
            #expect(coroutines?.message.contains("C stack overflow") == true)
        }

        @Test func callSitesAreReported() async throws {
            let engine = try await makeEngine()
            let site = HostFunction.immediate("site") { call in [.string(call.site?.description ?? "none")] }
            try await engine.setGlobals(functions: [("site", site)])
            #expect(try await text(engine, "local function f()\nreturn (site()) end\nreturn f()") == "test.lua:2")
            #expect(try await text(engine, "return select(2, pcall(site))") == "test.lua:1")
            #expect(try await text(engine, "return select(2, pcall(coroutine.wrap(site)))") == "none")
        }
    }
}
