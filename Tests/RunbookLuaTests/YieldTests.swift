import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct YieldTests {
        static let places: [(String, String)] = [
            ("top level", "return sleep(1)"),
            ("pcall", "local ok, v = pcall(sleep, 1) return v"),
            ("nested pcall", "local _, _, v = pcall(pcall, sleep, 1) return v"),
            ("xpcall", "local ok, v = xpcall(sleep, error, 1) return v"),
            ("xpcall handler not run", "local ok, v = xpcall(function(a) return sleep(a) end, error, 1) return v"),
            ("__index", "return setmetatable({}, {__index = function() return sleep(1) end}).x"),
            ("__add", "return setmetatable({}, {__add = function() return sleep(1) end}) + 1"),
            (
                "__eq",
                "local mt = {__eq = function() return sleep(1) == 1 end} return setmetatable({}, mt) == setmetatable({}, mt) and 1"
            ),
            ("__close", "do local x <close> = setmetatable({}, {__close = function() v = sleep(1) end}) end return v"),
            (
                "__close on an error",
                "pcall(function() local x <close> = setmetatable({}, {__close = function() v = sleep(1) end}) error('x') end) return v"
            ),
            ("iterator", "for v in function(_, c) if not c then return sleep(1) end end do return v end"),
            (
                "for in pairs",
                "for k in pairs(setmetatable({}, {__pairs = function() return function(_, k) if not k then return sleep(1) end end end})) do return k end"
            ),
            ("coroutine", "local co = coroutine.create(sleep) local _, v = coroutine.resume(co, 1) return v"),
            ("wrap", "return coroutine.wrap(sleep)(1)"),
            (
                "nested wrap",
                "return coroutine.wrap(function() return coroutine.wrap(function() return pcall(sleep, 1) end)() end)() and 1"
            ),
            (
                "wrap as an iterator",
                "for v in coroutine.wrap(function() coroutine.yield(sleep(1)) end) do return v end"
            ),
            ("load and call", "return load('return sleep(1)')()"),
            ("error caught", "local ok = pcall(sleep_and_fail) return ok == false and 1"),
            (
                "inside a coroutine that yields",
                "local co = coroutine.wrap(function() sleep(1) coroutine.yield(1) sleep(1) return 2 end) return co() + co() - 2"
            ),
        ]

        @Test(arguments: places.map(\.0), [64 << 20, 1 << 20])
        func hostCallsWaitHere(_ place: String, limit: Int) async throws {
            let fails = HostFunction.suspending("sleep_and_fail") { _ in
                try await Task.sleep(for: .milliseconds(1))
                throw ConversionError(description: "failed")
            }
            let engine = try await makeEngine(memoryLimit: limit, functions: [("sleep_and_fail", fails)])
            let script = try #require(Self.places.first { $0.0 == place }).1
            #expect(try await run(engine, script).first?.integerValue == 1)
        }

        static let refusals: [(String, String)] = [
            ("sort", "table.sort({1, 2}, function() return sleep(1) end)"),
            ("gsub", "string.gsub('a', 'a', function() return sleep(1) end)"),
            ("tostring", "tostring(setmetatable({}, {__tostring = function() return sleep(1) end}))"),
            ("coroutine in sort", "table.sort({1, 2}, function() return coroutine.wrap(sleep)(1) end)"),
            (
                "nested coroutine in gsub",
                "string.gsub('a', 'a', function() local f = coroutine.wrap(function() return coroutine.wrap(sleep)(1) end) return f() end)"
            ),
            ("load reader", "assert(load(function() return sleep(1) end))"),
            ("xpcall handler", "local _, e = xpcall(error, function() return select(2, pcall(sleep, 1)) end) error(e)"),
            (
                "close of a coroutine",
                """
                local co = coroutine.create(function()
                  local x <close> = setmetatable({}, {__close = function() sleep(1) end})
                  coroutine.yield()
                end)
                coroutine.resume(co)
                local _, e = coroutine.close(co) error(e)
                """
            ),
        ]

        @Test(arguments: refusals.map(\.0))
        func hostCallsCannotWaitHere(_ place: String) async throws {
            let engine = try await makeEngine()
            let script = try #require(Self.refusals.first { $0.0 == place }).1
            let error = await failure(engine, script)
            #expect(
                error?.message == "sleep cannot wait here: a sort, gsub, tostring or closing callback called it")
            #expect(try await run(engine, "return sleep(1)").first?.integerValue == 1)
        }

        @Test func repliesReachTheCallThatWaitsForThem() async throws {
            let engine = try await makeEngine()
            let script = try await engine.load(
                Array(
                    """
                    local id, n = ...
                    local function inner(k)
                      return coroutine.wrap(function()
                        for i = 1, n do
                          local a = sleep((id * 7 + i * 3) % 5, id, k, i)
                          local _, b, c, d = sleep(0, id, k, i)
                          assert(b == id and c == k and d == i)
                          coroutine.yield(i)
                        end
                      end)
                    end
                    local left, right, sum = inner("left"), inner("right"), 0
                    for i = 1, n do sum = sum + left() + right() end
                    return id, sum
                    """.utf8), name: "test.lua")
            try await withThrowingTaskGroup(of: (Int64?, Int64?).self) { group in
                for id in 0..<20 {
                    group.addTask {
                        let values = try await engine.call(script, [.integer(Int64(id)), 20])
                        return (values[0].integerValue, values[1].integerValue)
                    }
                }
                var ids: Set<Int64> = []
                for try await (id, sum) in group {
                    #expect(sum == 420)
                    if let id { ids.insert(id) }
                }
                #expect(ids.count == 20)
            }
        }

        @Test func aWaitingCoroutineCannotBeResumedFromOutside() async throws {
            let gate = Gate()
            let engine = try await makeEngine(functions: [("gate", gate.function)])
            let owner = try await engine.load(
                Array("co = coroutine.create(function() return gate('mine') end) return coroutine.resume(co)".utf8),
                name: "owner.lua")
            let waiting = Task { try await engine.call(owner) }
            while try await engine.global("co_seen").isNil {
                _ = try await run(engine, "if co then co_seen = coroutine.status(co) end")
            }
            let values = try await run(
                engine, "return co_seen, pcall(coroutine.close, co), select(2, coroutine.resume(co, 'stolen'))")
            #expect(values[0].stringValue == "normal")
            #expect(values[1].booleanValue == false)
            #expect(values.last?.stringValue == "cannot resume non-suspended coroutine")
            gate.open()
            #expect(try await waiting.value.last?.stringValue == "mine")
        }

        @Test func aWaitingScriptCannotBeResumedByAnother() async throws {
            let gate = Gate()
            let engine = try await makeEngine(functions: [("gate", gate.function)])
            let owner = try await engine.load(
                Array("main = coroutine.running() return gate('mine')".utf8), name: "owner.lua")
            let waiting = Task { try await engine.call(owner) }
            while try await run(engine, "return main ~= nil").first?.booleanValue == false {}
            let values = try await run(engine, "return coroutine.status(main), coroutine.resume(main, 'stolen')")
            #expect(values.last?.stringValue == "cannot resume non-suspended coroutine")
            gate.open()
            #expect(try await waiting.value.last?.stringValue == "mine")
        }

        @Test func yieldingOutsideACoroutineIsAnErrorAtTheCall() async throws {
            let engine = try await makeEngine()
            let error = await failure(engine, "local x = 1\ncoroutine.yield(x)")
            #expect(error?.message == "test.lua:2: attempt to yield from outside a coroutine")
            #expect(
                try await text(engine, "return select(2, pcall(coroutine.yield))")
                    == "attempt to yield from outside a coroutine")
        }

        static let coroutineCases: [(String, String)] = [
            ("return coroutine.resume(coroutine.running())", "cannot resume non-suspended coroutine"),
            ("return coroutine.resume(coroutine.running(), true, 1, 2)", "cannot resume non-suspended coroutine"),
            (
                "local main = coroutine.running() return coroutine.wrap(function() return coroutine.resume(main) end)()",
                "cannot resume non-suspended coroutine"
            ),
            (
                "local co = coroutine.create(type) coroutine.resume(co, 1) coroutine.resume(co, print, 1) return coroutine.resume(co)",
                "cannot resume dead coroutine"
            ),
            ("return pcall(coroutine.close, coroutine.running())", "cannot close a running coroutine"),
            (
                "return pcall(coroutine.resume, 1)",
                "bad argument #1 to 'coroutine.resume' (coroutine expected, got number)"
            ),
            ("local f = coroutine.wrap(error) pcall(f, 'x') return pcall(f)", "cannot resume dead coroutine"),
            ("local co = coroutine.create(error) coroutine.resume(co, 'failed') return coroutine.close(co)", "failed"),
            (
                "return pcall(coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function(_, e) error(e .. ' closed', 0) end}) error('failed', 0) end))",
                "failed closed"
            ),
        ]

        @Test(arguments: coroutineCases.map(\.0))
        func coroutinesFailAsInStockLua(_ script: String) async throws {
            let engine = try await makeEngine()
            let values = try await run(engine, script)
            #expect(values.first?.booleanValue == false)
            let expected = try #require(Self.coroutineCases.first { $0.0 == script }).1
            #expect(values.last?.stringValue == expected)
        }
    }
}
