import Synchronization
import Testing

@testable import RunbookLua

/// One after the other: many of them keep a processor busy, or measure how long something takes.
@Suite(.serialized) enum LuaTests {}

/// What a stop takes at most where other test targets keep the machine busy; alone it is under 25 ms.
let longest = Duration.seconds(2)

/// Counts the objects of a test that live, so that a leak shows.
final class CanaryCount: Sendable {
    private let count = Mutex(0)

    var live: Int { count.withLock { $0 } }

    func make() -> Canary { Canary(self) }

    fileprivate func add(_ change: Int) { count.withLock { $0 += change } }
}

final class Canary: Sendable {
    private let owner: CanaryCount

    init(_ owner: CanaryCount) {
        self.owner = owner
        owner.add(1)
    }

    deinit { owner.add(-1) }
}

/// An error that holds a canary.
struct CanaryError: LuaConvertibleError {
    let canary: Canary
    var luaFields: LuaTable { ["code": "canary", "message": "a host function failed"] }
}

extension LuaTable: ExpressibleByDictionaryLiteral {
    /// Makes a table of named fields.
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self.init(elements.map { (.string($0.0), $0.1) })
    }
}

/// A state with `sleep(ms)`, which waits and gives back its argument, `now(x)`, which only computes, and `fail(text)`.
func makeEngine(memoryLimit: Int = 64 << 20, functions: [(String, HostFunction)] = []) async throws -> LuaEngine {
    let engine = try LuaEngine(memoryLimit: memoryLimit)
    let sleep = HostFunction.suspending("sleep") { call in
        try await Task.sleep(for: .milliseconds(call.arguments.first?.integerValue ?? 0))
        return call.arguments
    }
    let now = HostFunction.immediate("now") { $0.arguments }
    let fail = HostFunction.immediate("fail") { call in
        throw ConversionError(description: call.arguments.first?.stringValue ?? "failed")
    }
    try await engine.setGlobals(functions: [("sleep", sleep), ("now", now), ("fail", fail)] + functions)
    return engine
}

func run(_ engine: LuaEngine, _ text: String, _ arguments: [LuaValue] = [], name: String = "test.lua") async throws
    -> [LuaValue]
{
    try await engine.call(try await engine.load(Array(text.utf8), name: name), arguments)
}

/// The first result as the text that a script would show.
func text(_ engine: LuaEngine, _ script: String) async throws -> String? {
    try await run(engine, script).first?.stringValue
}

/// The error that a script ends with.
func failure(_ engine: LuaEngine, _ script: String, _ arguments: [LuaValue] = []) async -> LuaError? {
    do {
        _ = try await run(engine, script, arguments)
        return nil
    } catch {
        return error as? LuaError
    }
}

/// Runs a script, stops it by `stop` once it has run for a while, and tells how long it took to end.
func stopLatency(
    _ engine: LuaEngine, _ script: String, after delay: Duration = .milliseconds(30),
    stop: (Task<[LuaValue], any Error>) -> Void
) async throws -> (latency: Duration, code: LuaError.Code?) {
    let function = try await engine.load(Array(script.utf8), name: "test.lua")
    let task = Task { try await engine.call(function) }
    try await Task.sleep(for: delay)
    let clock = ContinuousClock()
    let start = clock.now
    stop(task)
    let result = await task.result
    let latency = clock.now - start
    if case .failure(let error) = result { return (latency, (error as? LuaError)?.code) }
    return (latency, nil)
}

/// A host function `gate` that waits until it is opened.
struct Gate: Sendable {
    let function: HostFunction
    private let opened: AsyncStream<Void>.Continuation

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        opened = continuation
        function = .suspending("gate") { call in
            for await _ in stream {}
            return call.arguments
        }
    }

    func open() { opened.finish() }
}
