import Foundation
import Testing

@testable import RunbookLua

/// A script that would run for ever.
struct EndlessScript: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var testDescription: String { name }

    static let all: [EndlessScript] = [
        .init(name: "plain loop", text: "while true do end"),
        .init(name: "goto loop", text: "::again:: goto again"),
        .init(name: "pcall loop", text: "while true do pcall(function() while true do end end) end"),
        .init(name: "pcall of itself", text: "local function f() pcall(f) f() end f()"),
        .init(name: "xpcall handler loop", text: "xpcall(error, function() while true do end end)"),
        .init(
            name: "xpcall loop with handlers that loop",
            text: "while true do xpcall(function() while true do end end, function() while true do end end) end"),
        .init(
            name: "error in handler of handler",
            text: "while true do xpcall(error, function() xpcall(error, function() error() end) end) end"),
        .init(
            name: "coroutine resume loop",
            text: """
                while true do
                  local co = coroutine.create(function() while true do coroutine.yield() end end)
                  for _ = 1, 100 do coroutine.resume(co) end
                end
                """),
        .init(
            name: "loop inside a coroutine made before",
            text: "local co = coroutine.create(function() while true do end end) coroutine.resume(co)"),
        .init(
            name: "resume of loops inside pcall",
            text: """
                while true do
                  pcall(coroutine.resume, coroutine.create(function() while true do pcall(error) end end))
                end
                """),
        .init(
            name: "nested wrap loop",
            text: """
                local function nest(depth)
                  if depth == 0 then while true do end end
                  return coroutine.wrap(function() while true do pcall(nest, depth - 1) end end)()
                end
                nest(20)
                """),
        .init(
            name: "wrap iterator loop",
            text: "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end"),
        .init(
            name: "close handler loop",
            text: """
                while true do
                  local x <close> = setmetatable({}, {__close = function() while true do end end})
                end
                """),
        .init(
            name: "close handler loop after the stop",
            text: """
                local x <close> = setmetatable({}, {__close = function() while true do end end})
                while true do end
                """),
        .init(
            name: "many close handlers that loop after the stop",
            text: """
                local function f(n)
                  local x <close> = setmetatable({}, {__close = function() while true do pcall(error) end end})
                  if n > 0 then f(n - 1) else while true do end end
                end
                f(100)
                """),
        .init(
            name: "close handler that resumes an older coroutine",
            text: """
                local co = coroutine.create(function() while true do end end)
                local x <close> = setmetatable({}, {__close = function() coroutine.resume(co) end})
                while true do end
                """),
        .init(
            name: "coroutine.close of a looping handler",
            text: """
                local co = coroutine.create(function()
                  local x <close> = setmetatable({}, {__close = function() while true do end end})
                  coroutine.yield()
                end)
                coroutine.resume(co)
                coroutine.close(co)
                """),
        .init(
            name: "wrap that fails with a looping handler",
            text: """
                coroutine.wrap(function()
                  local x <close> = setmetatable({}, {__close = function() while true do end end})
                  error("failed")
                end)()
                """),
        .init(
            name: "wait in a pcall loop",
            text: "while true do pcall(sleep, 1) end"),
        .init(name: "wait", text: "sleep(100000)"),
        .init(
            name: "wait, then a looping handler",
            text: """
                local x <close> = setmetatable({}, {__close = function() while true do end end})
                sleep(100000)
                """),
        .init(
            name: "wait inside nested coroutines",
            text: "coroutine.wrap(function() coroutine.wrap(function() pcall(sleep, 100000) end)() end)()"),
        .init(
            name: "__index chain loop",
            text: """
                local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})
                while true do pcall(function() return t[1] end) end
                """),
        .init(
            name: "metamethod loop",
            text: """
                local mt = {}
                mt.__add = function(a, b) while true do local c = #a end end
                mt.__len = function() return 1 end
                return setmetatable({}, mt) + 1
                """),
        .init(
            name: "tostring metamethod loop",
            text: "tostring(setmetatable({}, {__tostring = function() while true do end end}))"),
        .init(
            name: "error values whose __tostring fails",
            text:
                "pcall(error, setmetatable({}, {__tostring = error})) while true do pcall(tostring, setmetatable({}, {__tostring = error})) end"
        ),
        .init(
            name: "sort comparator loop",
            text: "table.sort({1, 2, 3}, function() while true do end end)"),
        .init(
            name: "sort loop",
            text: """
                while true do
                  local t = {} for i = 1, 1000 do t[i] = -i end
                  pcall(table.sort, t, function(a, b) return a < b end)
                end
                """),
        .init(
            name: "gsub callback loop",
            text: "string.gsub('abc', '.', function() while true do end end)"),
        .init(
            name: "gsub over a long text with a C callback",
            text: "local s = ('x'):rep(5e6) while true do s:gsub('.', string.upper) end"),
        .init(
            name: "table.concat loop",
            text: "local t = {} for i = 1, 1e6 do t[i] = 'x' end while true do table.concat(t) end"),
        .init(name: "string.rep loop", text: "while true do pcall(string.rep, 'x', 1e9) end"),
        .init(name: "string.rep of nothing", text: "while true do string.rep('', 1e15) end"),
        .init(name: "garbage loop", text: "while true do local t = {} for i = 1, 100 do t[i] = {} end end"),
        .init(
            name: "memory error loop",
            text: "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end"),
        .init(name: "load loop", text: "while true do load('return 1')() end"),
        .init(
            name: "load from an endless reader",
            text: "load(function() return ' ' end)  while true do end"),
        .init(
            name: "load from an endless coroutine",
            text: "while true do load(coroutine.wrap(function() while true do coroutine.yield(' ') end end)) end"),
        .init(name: "host call loop", text: "while true do now(1) end"),
        .init(name: "host error loop", text: "while true do pcall(fail, 'x') end"),
        .init(name: "recursion loop", text: "local function f() return 1 + f() end while true do pcall(f) end"),
        .init(name: "tail call loop", text: "local function f() return f() end f()"),
        .init(
            name: "endless varargs",
            text: "local function f(...) if select('#', ...) > 100 then return f() end return f(1, ...) end f()"),
    ]
}

extension LuaTests {
    @Suite struct StopTests {
        @Test(arguments: EndlessScript.all)
        func engineStopEnds(_ script: EndlessScript) async throws {
            let engine = try await makeEngine()
            let (latency, code) = try await stopLatency(engine, script.text) { _ in engine.stop() }
            record(script, latency)
            #expect(code == .stopped)
            #expect(latency < longest)
            #expect(!engine.isBusy)
            engine.resumeAfterStop()
            #expect(try await run(engine, "return 1").first?.integerValue == 1)
        }

        @Test(arguments: EndlessScript.all)
        func cancellationEnds(_ script: EndlessScript) async throws {
            let engine = try await makeEngine()
            let (latency, code) = try await stopLatency(engine, script.text) { $0.cancel() }
            #expect(code == .stopped)
            #expect(latency < longest)
            #expect(try await run(engine, "return 1").first?.integerValue == 1)
        }

        @Test func stopAtAnyMomentIsNotLost() async throws {
            let engine = try await makeEngine()
            let script = """
                local function step() coroutine.wrap(function() pcall(now) coroutine.yield() end)() end
                while true do step() pcall(sleep, 0) end
                """
            let function = try await engine.load(Array(script.utf8), name: "test.lua")
            for delay in 0..<300 {
                let task = Task { try await engine.call(function) }
                try await Task.sleep(for: .microseconds(delay * 7))
                task.cancel()
                await #expect(throws: LuaError.self) { try await task.value }
            }
        }

        @Test func onlyTheCancelledScriptEnds() async throws {
            let engine = try await makeEngine()
            let counter = try await engine.load(
                Array("local n = 0 for i = 1, 40 do n = n + 1 sleep(2) end return n".utf8), name: "counter.lua")
            let endless = try await engine.load(
                Array("while true do pcall(sleep, 1) local t <const> = 1 end".utf8), name: "endless.lua")
            let counting = (0..<5).map { _ in Task { try await engine.call(counter) } }
            let stopping = (0..<5).map { _ in Task { try await engine.call(endless) } }
            try await Task.sleep(for: .milliseconds(10))
            for task in stopping {
                task.cancel()
                await #expect(throws: LuaError.self) { try await task.value }
            }
            for task in counting {
                let count = try await task.value.first?.integerValue
                #expect(count == 40)
            }
        }

        @Test func callsAfterAStopEndAtOnce() async throws {
            let engine = try await makeEngine()
            engine.stop()
            await #expect(throws: LuaError.self) { try await run(engine, "x = 1") }
            engine.resumeAfterStop()
            #expect(try await run(engine, "return x").first?.isNil == true)
        }

        @Test func resumingDoesNotReviveWhatWasStopped() async throws {
            let engine = try await makeEngine()
            let (_, code) = try await stopLatency(engine, "while true do end") { _ in
                engine.stop()
                engine.resumeAfterStop()
            }
            #expect(code == .stopped)
        }

        @Test func stoppedCoroutineOfAnotherScriptStaysDead() async throws {
            let engine = try await makeEngine()
            let script = "co = coroutine.create(function() while true do end end) coroutine.resume(co)"
            let function = try await engine.load(Array(script.utf8), name: "test.lua")
            let task = Task { try await engine.call(function) }
            while !engine.isBusy { try await Task.sleep(for: .milliseconds(20)) }
            task.cancel()
            await #expect(throws: LuaError.self) { try await task.value }
            let values = try await run(engine, "return coroutine.status(co), coroutine.resume(co)")
            #expect(values[0].stringValue == "dead")
            #expect(values[2].stringValue == "cannot resume dead coroutine")
            #expect(try await run(engine, "return (coroutine.close(co))").first?.booleanValue == true)
        }

        @Test func noHostFunctionRunsAfterTheStop() async throws {
            let canaries = CanaryCount()
            let keep = HostFunction.immediate("keep") { _ in
                [.object(LuaObject(kind: .init(rawValue: 1), payload: canaries.make()))]
            }
            let engine = try await makeEngine(functions: [("keep", keep)])
            try await engine.defineObjects(LuaObjectKind(rawValue: 1), name: "canary", metamethods: [])
            _ = try await stopLatency(engine, "while true do pcall(sleep, 100000) kept = keep() end") { $0.cancel() }
            #expect(canaries.live == 0)
        }

        @Test func closingRunsForAShortTime() async throws {
            let engine = try await makeEngine()
            for wait in ["sleep(100000)", "while true do end"] {
                let script = """
                    state = "open"
                    local x <close> = setmetatable({}, {__close = function() state = "closed" local _, e = pcall(sleep, 1)
                      waiting = e.message end})
                    \(wait)
                    """
                let (_, code) = try await stopLatency(engine, script) { $0.cancel() }
                #expect(code == .stopped)
                #expect(try await engine.global("state").stringValue == "closed")
                #expect(
                    try await engine.global("waiting").stringValue
                        == "sleep cannot wait here: a sort, gsub, tostring or closing callback called it")
            }
        }

        /// A pattern that backtracks is one call of a C function: nothing in Lua can end it, so a watchdog must be able to see it.
        @Test func backtrackingPatternShowsAsBusy() async throws {
            let engine = try await makeEngine()
            let function = try await engine.load(
                Array("local x = string.find(('a'):rep(60), ('a-'):rep(5) .. 'b') while true do end".utf8),
                name: "test.lua"
            )
            let task = Task { try await engine.call(function) }
            while !engine.isBusy { await Task.yield() }
            task.cancel()
            #expect(engine.isBusy)
            await #expect(throws: LuaError.self) { try await task.value }
            #expect(!engine.isBusy)
        }

        @Test func tenThousandStopsLeakNothing() async throws {
            let canaries = CanaryCount()
            do {
                let make = HostFunction.suspending("make") { _ in
                    let canary = canaries.make()
                    try await Task.sleep(for: .seconds(100))
                    return [.object(LuaObject(kind: .init(rawValue: 1), payload: canary))]
                }
                let engine = try await makeEngine(functions: [("make", make)])
                try await engine.defineObjects(LuaObjectKind(rawValue: 1), name: "canary", metamethods: [])
                let script = try await engine.load(
                    Array("local t = {} for i = 1, 10 do t[i] = now(i) end pcall(make) while true do end".utf8),
                    name: "test.lua")
                func round(_ count: Int) async throws {
                    for _ in 0..<count {
                        let tasks = (0..<20).map { _ in Task { try await engine.call(script) } }
                        await Task.yield()
                        for task in tasks { task.cancel() }
                        for task in tasks {
                            await #expect(throws: LuaError.self) { try await task.value }
                        }
                    }
                }
                try await round(20)
                await engine.collectGarbage()
                let base = await engine.memoryUsed
                try await round(500)
                await engine.collectGarbage()
                #expect(await engine.memoryUsed < base + 4096)
                #expect(await engine.liveObjects == 0)
            }
            #expect(canaries.live == 0)
        }
    }
}

private func record(_ script: EndlessScript, _ latency: Duration) {
    guard ProcessInfo.processInfo.environment["RECORD_LATENCY"] != nil else { return }
    let figure = latency.formatted(.units(allowed: [.milliseconds], fractionalPart: .show(length: 2)))
    FileHandle.standardError.write(Data("latency \(figure): \(script.name)\n".utf8))
}
