import RunbookLua
import RunbookSecrets
import Synchronization

/// Runs one test file.
public struct TestFileRunner: Sendable {
    /// Puts a simulated cluster or a tape behind a run that a test asks for; nil leaves the commands to the test's stubs.
    public typealias Worlds = @Sendable (TestRunRequest, inout RunOptions) async throws -> TestWorld?

    private let options: RunOptions
    private let worlds: Worlds
    private let http: any HTTPSender
    private let filter: String?

    /// Makes a runner; `filter` is a part of the names of the tests that are wanted.
    public init(options: RunOptions, http: any HTTPSender, filter: String?, worlds: @escaping Worlds) {
        self.options = options
        self.worlds = worlds
        self.http = http
        self.filter = filter
    }

    /// Runs a file; one that cannot be run, or has no test, gives a failed result.
    public func run(_ source: RunbookSource) async -> [TestResult] {
        let results = Mutex<[TestResult]>([])
        let start = ContinuousClock.now
        func failure(_ message: String) -> TestResult {
            TestResult(
                file: source.displayName, name: "the file", passed: false, message: message,
                milliseconds: (ContinuousClock.now - start).milliseconds)
        }
        let runner = Runner(
            options: options, listeners: [], lifecycle: PlainLifecycle(), prompter: RefusingPrompter(), http: http)
        do {
            let last = Mutex(ContinuousClock.now)
            try await runner.evaluate(source) { engine in
                try await install(in: engine, source) { name, passed, message in
                    let now = ContinuousClock.now
                    let milliseconds = last.withLock { last in
                        defer { last = now }
                        return (now - last).milliseconds
                    }
                    results.withLock {
                        $0.append(
                            TestResult(
                                file: source.displayName, name: name, passed: passed, message: message,
                                milliseconds: milliseconds))
                    }
                }
            }
        } catch {
            results.withLock { $0.append(failure(StepRunner.message(of: error))) }
        }
        let all = results.withLock { $0 }
        return all.isEmpty && filter == nil ? [failure("the file has no test: write it with describe and it")] : all
    }

    private func install(
        in engine: LuaEngine, _ source: RunbookSource, report: @escaping @Sendable (String, Bool, String) -> Void
    ) async throws {
        let stubs = CommandStubs()
        let filter = filter
        try await engine.setGlobals(functions: [
            (
                "__test_report",
                .immediate("report") { call in
                    report(
                        call.arguments.first?.stringValue ?? "", call.arguments.count > 1 && call.arguments[1].isTruthy,
                        call.arguments.count > 2 ? Display.text(call.arguments[2]) : "")
                    return []
                }
            ),
            (
                "__test_wanted",
                .immediate("wanted") { call in
                    [.boolean(filter.map { (call.arguments.first?.stringValue ?? "").contains($0) } ?? true)]
                }
            ),
            (
                "__test_stub",
                .immediate("on") { call in
                    stubs.add(
                        try Self.words(call.arguments.first ?? .nil),
                        Self.answer(call.arguments.count > 1 ? call.arguments[1] : .nil))
                    return []
                }
            ),
            (
                "__test_clear",
                .immediate("clear") { _ in
                    stubs.clear(); return []
                }
            ),
            (
                "__test_run",
                .suspending("runbook.run") { call in
                    guard let file = call.arguments.first?.stringValue else {
                        throw RunbookError(.argument, "`runbook.run` needs a runbook's name as its first argument")
                    }
                    let request = try TestRunRequest(
                        file, call.arguments.count > 1 ? call.arguments[1].tableValue ?? LuaTable() : LuaTable())
                    return [try await run(request, from: source, stubs)]
                }
            ),
        ])
        _ = try await engine.call(try await engine.load(Array(TestPrelude.text.utf8), name: TestPrelude.name))
    }

    private static func words(_ value: LuaValue) throws -> [String] {
        let words = (value.listValue ?? []).compactMap(Arguments.plain)
        guard !words.isEmpty else {
            throw RunbookError(.argument, "`on` takes the first words of a command: on { \"helm\", \"upgrade\" }")
        }
        return words
    }

    private static func answer(_ value: LuaValue) -> ProcessResult {
        func bytes(_ value: LuaValue) -> [UInt8] {
            switch value {
            case .nil: []
            case .table, .list: Array(JSONText.encode(value, pretty: false).utf8)
            default: Array((Arguments.plain(value) ?? "").utf8)
            }
        }
        return ProcessResult(
            status: Int(value["exit"].integerValue ?? 0), stdout: bytes(value["stdout"]), stderr: bytes(value["stderr"])
        )
    }

    private func run(_ request: TestRunRequest, from source: RunbookSource, _ stubs: CommandStubs) async throws
        -> LuaValue
    {
        var options = options
        options.parameters = request.parameters
        options.environment.merge(request.environment) { $1 }
        options.assumesYes = request.assumesYes
        options.dryRun = request.isDryRun ? .preview : nil
        options.environmentFiles = []
        options.isInteractive = false
        if options.context == nil { options.context = "runbook-sim" }
        let observer = TestObserver()
        // Tests stand beside the runbooks, or in a folder below them.
        var near = options
        near.workingDirectory = source.folder
        let target =
            try (try? RunbookLocator(options: near).find(request.file))
            ?? (try? RunbookLocator(options: near).find("../" + request.file))
            ?? RunbookLocator(options: options).find(request.file)
        var request = request
        // As every path in a test, a snapshot's is one from the test's folder.
        if let snapshot = request.simulator, !snapshot.isEmpty, !snapshot.hasPrefix("/") {
            request.simulator = source.folder + "/" + snapshot
        }
        let world = try await worlds(request, &options)
        let runner = Runner(
            options: options, listeners: [observer], lifecycle: PlainLifecycle(), prompter: RefusingPrompter(),
            http: http,
            wrap: { live, vault in world?.wrap(live, vault) ?? StubWorld(base: live, stubs: stubs) })
        let summary = await runner.run(target)
        await world?.end()
        return observer.value(summary)
    }
}

/// What stands behind a run of a test.
public struct TestWorld: Sendable {
    /// Wraps the real world.
    public let wrap: @Sendable (any World, SecretVault) -> any World
    /// Called when the run has ended.
    public let end: @Sendable () async -> Void

    /// Makes it.
    public init(
        wrap: @escaping @Sendable (any World, SecretVault) -> any World, end: @escaping @Sendable () async -> Void
    ) {
        self.wrap = wrap
        self.end = end
    }
}

/// Refuses every question: nobody sits before a test.
struct RefusingPrompter: Prompter {
    func ask(_ prompt: Prompt) async throws -> String {
        throw RunbookError(.declined, "\"\(prompt.text)\" needs a person to answer it")
    }
}
