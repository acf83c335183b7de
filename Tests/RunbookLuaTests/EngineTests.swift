import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct EngineTests {
        @Test func runsAndReturns() async throws {
            let engine = try LuaEngine()
            let values = try await run(engine, "local t = {a=1, b={1,2,3}} return t, 'x', 1.5, nil, true")
            #expect(values.count == 5)
            #expect(values[0]["a"].integerValue == 1)
            #expect(values[0]["b"].listValue?.count == 3)
        }

        @Test func passesArguments() async throws {
            let engine = try LuaEngine()
            let values = try await run(engine, "local a, b = ... return b, a, select('#', ...)", ["x", 2, nil])
            #expect(values.map(\.typeName) == ["number", "string", "number"])
            #expect(values[2].integerValue == 3)
        }

        @Test func suspendsAndRunsConcurrently() async throws {
            let engine = try await makeEngine()
            let function = try await engine.load(Array("return sleep(100)".utf8), name: "a.lua")
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            let values = try await engine.call(function)
                            #expect(values.first?.integerValue == 100)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(elapsed < longest)
        }
    }
}
