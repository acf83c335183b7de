import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct TrampolineTests {
        /// Objects that live in a Swift frame would leak if Lua raised while that frame is on the stack.
        @Test func tenThousandThrowsLeakNothing() async throws {
            let canaries = CanaryCount()
            do {
                let fail = HostFunction.immediate("canary") { _ in
                    let local = canaries.make()
                    defer { withExtendedLifetime(local) {} }
                    throw CanaryError(canary: canaries.make())
                }
                let wait = HostFunction.suspending("wait_canary") { _ in
                    let local = canaries.make()
                    defer { withExtendedLifetime(local) {} }
                    throw CanaryError(canary: canaries.make())
                }
                let engine = try await makeEngine(functions: [("canary", fail), ("wait_canary", wait)])
                let script = "for i = 1, ... do assert(not pcall(canary, {i})) assert(not pcall(wait_canary, {i})) end"
                _ = try await run(engine, script, [200])
                // Each collection halves Lua's table of strings at most once, which the loop has made large.
                for _ in 0..<6 { await engine.collectGarbage() }
                let base = await engine.memoryUsed
                _ = try await run(engine, script, [5000])
                for _ in 0..<6 { await engine.collectGarbage() }
                #expect(await engine.liveObjects == 0)
                #expect(await engine.memoryUsed < base + 4096)
            }
            #expect(canaries.live == 0)
        }

        @Test func uncaughtErrorsLeakNothing() async throws {
            let canaries = CanaryCount()
            do {
                let fail = HostFunction.immediate("canary") { _ in throw CanaryError(canary: canaries.make()) }
                let engine = try await makeEngine(functions: [("canary", fail)])
                for _ in 0..<1000 {
                    let error = await failure(engine, "canary()")
                    #expect(error?.underlying is CanaryError)
                }
                await engine.collectGarbage()
                #expect(await engine.liveObjects == 0)
            }
            #expect(canaries.live == 0)
        }

        @Test func objectsAreFreedWithTheScriptsThatHeldThem() async throws {
            let canaries = CanaryCount()
            let kind = LuaObjectKind(rawValue: 7)
            let make = HostFunction.immediate("make") { _ in [.object(LuaObject(kind: kind, payload: canaries.make()))]
            }
            let engine = try await makeEngine(functions: [("make", make)])
            try await engine.defineObjects(kind, name: "canary", metamethods: [])
            _ = try await run(engine, "for i = 1, 10000 do make() end")
            await engine.collectGarbage()
            #expect(await engine.liveObjects == 0)
            #expect(canaries.live == 0)
            _ = try await run(engine, "kept = {} for i = 1, 10 do kept[i] = make() end")
            await engine.collectGarbage()
            #expect(await engine.liveObjects == 10)
            _ = try await run(engine, "kept = nil")
            await engine.collectGarbage()
            #expect(canaries.live == 0)
        }

        @Test func functionsOfTheScriptAreReleased() async throws {
            let engine = try await makeEngine()
            _ = try await run(engine, "for i = 1, 100 do now(function() return i end) end")
            await engine.collectGarbage()
            let base = await engine.memoryUsed
            _ = try await run(engine, "for i = 1, 10000 do now(function() return i end) end")
            _ = try await run(engine, "return 1")
            await engine.collectGarbage()
            #expect(await engine.memoryUsed < base + 300_000)
        }

        @Test func moreResultsThanTheStackHoldsAreAnError() async throws {
            let many = HostFunction.immediate("many") { _ in [LuaValue](repeating: 1, count: 2_000_000) }
            let engine = try await makeEngine(functions: [("many", many)])
            let error = await failure(engine, "local ok, e = pcall(many) assert(not ok) error(e)")
            #expect(error?.message == "more values than Lua can hold")
        }
    }
}
