import Testing

@testable import RunbookLua

@Suite struct EngineTests {
    @Test func runsAndReturns() async throws {
        let engine = try LuaEngine()
        let values = try await run(engine, "local t = {a=1, b={1,2,3}} return t, 'x', 1.5, nil, true")
        #expect(values.count == 5)
        #expect(values[0]["a"].integerValue == 1)
        #expect(values[0]["b"].listValue?.count == 3)
    }

    @Test func suspendsAndRunsConcurrently() async throws {
        let engine = try LuaEngine()
        try await engine.setGlobals(functions: [
            (
                "sleep",
                .suspending("sleep") { call in
                    try await Task.sleep(for: .milliseconds(call.arguments[0].integerValue ?? 0))
                    return [.string("slept")]
                }
            )
        ])
        let function = try await engine.load(Array("return sleep(100)".utf8), name: "a.lua")
        let clock = ContinuousClock()
        let elapsed = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let values = try await engine.call(function)
                        #expect(values[0].stringValue == "slept")
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(elapsed < .seconds(1))
    }
}

func run(_ engine: LuaEngine, _ text: String, name: String = "test.lua") async throws -> [LuaValue] {
    try await engine.call(try await engine.load(Array(text.utf8), name: name))
}
