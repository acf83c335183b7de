import RunbookLua
import RunbookSecrets

/// Runs a runbook from its file to its summary.
public struct Runner: Sendable {
    private let options: RunOptions
    private let listeners: [any EventListener]
    private let lifecycle: any RunLifecycle
    private let prompter: any Prompter
    private let http: any HTTPSender
    private let stop: StopSwitch
    private let wrap: @Sendable (any World, SecretVault) -> any World

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - lifecycle: What is done around the body.
    ///   - stop: Ends the body from outside.
    ///   - wrap: Puts worlds between the run and the real one: tapes, the simulator, faults.
    public init(
        options: RunOptions, listeners: [any EventListener], lifecycle: any RunLifecycle, prompter: any Prompter,
        http: any HTTPSender, stop: StopSwitch = StopSwitch(),
        wrap: @escaping @Sendable (any World, SecretVault) -> any World = { world, _ in world }
    ) {
        self.options = options
        self.listeners = listeners
        self.lifecycle = lifecycle
        self.prompter = prompter
        self.http = http
        self.stop = stop
        self.wrap = wrap
    }

    /// Runs a file; the summary is also the stream's last event.
    public func run(_ source: RunbookSource, id: String = RunID.make()) async -> RunSummary {
        let vault = SecretVault(
            options: RedactorOptions(shapes: options.project.masksShapes ? Set(CredentialShape.allCases) : []))
        let hub = EventHub(vault: vault, listeners: listeners)
        var summary = RunSummary(
            id: id, runbook: source.name, status: .ok, exitCode: 0, isDryRun: options.dryRun != nil,
            started: SystemClock.text(SystemClock.now()), milliseconds: 0)
        let start = ContinuousClock.now
        let caches = previewCaches(id)
        defer { caches?.remove() }
        do {
            let run = try await open(
                source, id: id, vault: vault, hub: hub, phase: .beforeHeader, environment: caches?.environment)
            stop.attach(run.engine)
            defer { run.close() }
            summary = await execute(run, summary)
            summary = await lifecycle.end(run, summary)
            removePrivateFiles(of: run)
        } catch {
            RunOutcome.fail(&summary, error, step: nil)
        }
        summary.milliseconds = (ContinuousClock.now - start).milliseconds
        return hub.publishEnd(summary)
    }

    /// Reads a file's header without running its body.
    ///
    /// - Throws: `RunbookError` with code `usage`, naming the line.
    public func header(of source: RunbookSource) async throws -> RunbookHeader {
        let vault = SecretVault()
        let run = try await open(
            source, id: "header", vault: vault, hub: EventHub(vault: vault, listeners: []), phase: .headerOnly)
        do {
            _ = try await body(run)
        } catch let error as LuaError {
            if error.underlying is HeaderOnly { return run.header }
            var summary = RunSummary(
                id: "", runbook: source.name, status: .ok, exitCode: 0, isDryRun: true, started: "", milliseconds: 0)
            RunOutcome.fail(&summary, error, step: nil)
            throw RunbookError(
                .usage, [summary.failure?.site, summary.failure?.message].compactMap { $0 }.joined(separator: ": "))
        }
        return run.header
    }

    /// Runs a file that is no runbook, such as a test, with more globals than a runbook has.
    ///
    /// - Throws: `LuaError` with what ended it.
    func evaluate(_ source: RunbookSource, prepare: (LuaEngine) async throws -> Void) async throws {
        let vault = SecretVault()
        let run = try await open(
            source, id: RunID.make(), vault: vault, hub: EventHub(vault: vault, listeners: listeners),
            phase: .beforeHeader)
        defer { run.close() }
        try await prepare(run.engine)
        _ = try await body(run)
    }

    private func previewCaches(_ id: String) -> PreviewCaches? {
        guard options.dryRun != nil else { return nil }
        return PreviewCaches(
            in: PrivateFiles.folder(of: id, in: options.stateFolder) + "/caches", base: options.environment,
            keepsKubectl: options.standIn != nil)
    }

    private func open(
        _ source: RunbookSource, id: String, vault: SecretVault, hub: EventHub, phase: RunSession.Phase,
        environment: [String: String]? = nil
    ) async throws -> RunSession {
        let engine = try LuaEngine(memoryLimit: options.memoryLimit)
        let run = RunSession(
            id: id, options: options, source: source, vault: vault, hub: hub, engine: engine, lifecycle: lifecycle,
            stop: stop, phase: phase)
        if phase != .headerOnly {
            let live = LiveWorld(
                settings: LiveWorld.Settings(
                    folder: source.folder, environment: environment ?? options.environment,
                    privateFolder: PrivateFiles.folder(of: id, in: options.stateFolder)),
                vault: vault, prompts: prompter, http: http)
            var world = wrap(live, vault)
            world = options.dryRun == nil ? lifecycle.world(world, of: run) : PreviewWorld(base: world, run: run)
            run.setWorld(ObservedWorld(base: world, run: run))
        }
        try await ScriptEnvironment.install(run, in: engine)
        return run
    }

    private func removePrivateFiles(of run: RunSession) {
        let folder = PrivateFiles.folder(of: run.id, in: options.stateFolder)
        if run.files.status(folder) != nil { try? run.files.remove(folder) }
    }

    private func body(_ run: RunSession) async throws -> [LuaValue] {
        let chunk = try await run.engine.load(
            SourceText.prepare(run.source.text, for: run), name: run.source.displayName)
        return try await run.engine.call(chunk)
    }

    private func execute(_ run: RunSession, _ initial: RunSummary) async -> RunSummary {
        var summary = initial
        do {
            if let limit = options.timeout { stop.stop(after: limit) }
            let values = try await stop.run { try await body(run) }
            summary.result = UnknownValue.shown(values.first ?? .nil)
        } catch {
            RunOutcome.fail(&summary, error, step: nil, hasWritten: run.hasWritten)
            if let reason = stop.reason { RunOutcome.note(reason, &summary) }
        }
        summary.runbook = run.header.name
        summary.steps = run.steps.all
        RunOutcome.locate(&summary)
        ShippedPlaces(run).leaveOut(of: &summary)
        summary.plan = run.plan.changes
        summary.missing = run.plan.missing
        summary.branches = run.plan.branches
        return summary
    }
}
