import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct MemoryLimitTests {
        static let greedy = [
            "local t = {} while true do t[#t + 1] = {} end",
            "local t = {} for i = 1, 1e6 do t[i] = coroutine.create(print or type) end",
            "local s = 'x' while true do s = s .. s end",
            "string.rep('x', 1 << 40)",
            "string.rep('x', 1e9)",
            "local t = {} for i = 1, 1e8 do t[i] = i end",
            "table.concat({string.rep('x', 5e6)}, string.rep('y', 5e6), 1, 1) local t = {} for i = 1, 2e6 do t[i] = i .. '' end",
            "local function f(n) local a <const> = {n} return f(n + 1), a end f(1)",
            "string.format('%s%s', string.rep('x', 5e6), string.rep('y', 5e6)):gsub('.', '%0%0')",
        ]

        @Test(arguments: greedy) func scriptsEndAtTheCap(_ script: String) async throws {
            let engine = try await makeEngine(memoryLimit: 8 << 20)
            let error = await failure(engine, script)
            let isStackOverflow = error?.message.contains("stack overflow") == true
            #expect(error?.code == .memory || isStackOverflow || error?.message.contains("too large") == true)
            #expect(try await run(engine, "return 1 + 1").first?.integerValue == 2)
            await engine.collectGarbage()
            #expect(await engine.memoryUsed < 1 << 20)
        }

        @Test func tenThousandMemoryErrorsLeakNothing() async throws {
            let canaries = CanaryCount()
            do {
                let big = HostFunction.immediate("big") { _ in
                    let local = canaries.make()
                    defer { withExtendedLifetime(local) {} }
                    return [.bytes([UInt8](repeating: 120, count: 2 << 20))]
                }
                let engine = try await makeEngine(memoryLimit: 1 << 20, functions: [("big", big)])
                let script = """
                    for i = 1, ... do
                      local ok, e = pcall(i % 2 == 0 and big or string.rep, "x", 1e8)
                      assert(not ok and e == "not enough memory")
                    end
                    """
                _ = try await run(engine, script, [100])
                await engine.collectGarbage()
                let base = await engine.memoryUsed
                _ = try await run(engine, script, [10_000])
                await engine.collectGarbage()
                #expect(await engine.memoryUsed < base + 4096)
                #expect(await engine.liveObjects == 0)
            }
            #expect(canaries.live == 0)
        }

        @Test func aLargeResultIsAnErrorAtTheCall() async throws {
            let text = HostFunction.suspending("big") { _ in [.string(String(repeating: "x", count: 20 << 20))] }
            let engine = try await makeEngine(memoryLimit: 8 << 20, functions: [("big", text)])
            let values = try await run(engine, "local ok, e = pcall(big) local t = {1, 2, 3} return ok, e, #t")
            #expect(values.map(\.typeName) == ["boolean", "string", "number"])
            #expect(values[1].stringValue == "not enough memory")
            let error = await failure(engine, "big()")
            #expect(error?.code == .memory)
            #expect(error?.message == "not enough memory: the script reached its cap")
        }

        @Test func aLargeArgumentIsAnErrorOfTheScript() async throws {
            let engine = try await makeEngine(memoryLimit: 1 << 20)
            let error = await failure(
                engine, "local x = ... return #(x .. x)", [.string(String(repeating: "x", count: 4 << 20))])
            #expect(error?.code == .memory)
            #expect(try await run(engine, "return 1").first?.integerValue == 1)
        }

        @Test func aLongScriptIsLoadedWithinTheCap() async throws {
            let engine = try await makeEngine(memoryLimit: 1 << 20)
            let error = await failure(engine, "return load('return \"' .. ('x'):rep(600000) .. '\"')")
            #expect(error == nil || error?.code == .memory)
        }

        @Test func aStateNeedsSomeMemory() async throws {
            let engine = try LuaEngine(memoryLimit: 1)
            let error = await failure(engine, "return {}")
            #expect(error?.code == .memory)
        }

        /// An allocation that fails where Lua protects nothing would end the process: each limit moves the failure.
        @Test func noLimitEndsTheProcess() async throws {
            let script = """
                local dead = coroutine.create(function() end)
                coroutine.resume(dead)
                local function deep(n)
                  local co = coroutine.wrap(function() return deep(n + 1) end)
                  pcall(coroutine.resume, dead, n)
                  local x <close> = setmetatable({}, {__close = function() pcall(fail, "x" .. n) end})
                  pcall(now, {n, {n}})
                  pcall(sleep, 0)
                  return co()
                end
                while true do pcall(deep, 1) pcall(string.rep, "x", 20000) end
                """
            for limit in stride(from: 20_000, to: 140_000, by: 1973) {
                let engine = try await makeEngine(memoryLimit: limit)
                let function = try await engine.load(Array(script.utf8), name: "test.lua")
                let task = Task { try await engine.call(function) }
                try await Task.sleep(for: .milliseconds(4))
                task.cancel()
                await #expect(throws: LuaError.self) { try await task.value }
            }
        }
    }
}
