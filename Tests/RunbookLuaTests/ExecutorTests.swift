import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct ExecutorTests {
        @Test func aBusyScriptHoldsNoThreadOfThePool() async throws {
            let engines = try await withThrowingTaskGroup(of: LuaEngine.self) { group in
                for _ in 0..<16 { group.addTask { try await makeEngine() } }
                return try await group.reduce(into: [LuaEngine]()) { $0.append($1) }
            }
            let tasks = engines.map { engine in Task { try await run(engine, "while true do end") } }
            for engine in engines {
                while !engine.isBusy { try await Task.sleep(for: .milliseconds(1)) }
            }
            #expect(try await run(try await makeEngine(), "return sleep(1)").first?.integerValue == 1)
            for engine in engines { engine.stop() }
            for task in tasks { await #expect(throws: LuaError.self) { try await task.value } }
        }

        /// The thread holds the queue for as long as it runs.
        @Test func threadsEndWithTheirEngines() async throws {
            weak var queue: AnyObject?
            for _ in 0..<200 {
                let engine = try await makeEngine()
                #expect(try await run(engine, "return sleep(0)").count == 1)
                queue = engine.threadQueue
            }
            for _ in 0..<1000 where queue != nil { try await Task.sleep(for: .milliseconds(5)) }
            #expect(queue == nil)
        }

        @Test func anEngineLivesUntilItsCallsHaveEnded() async throws {
            let function: LuaFunction
            let task: Task<[LuaValue], any Error>
            do {
                let engine = try await makeEngine()
                function = try await engine.load(Array("return sleep(50)".utf8), name: "test.lua")
                task = Task { try await engine.call(function) }
            }
            #expect(try await task.value.first?.integerValue == 50)
        }
    }
}
