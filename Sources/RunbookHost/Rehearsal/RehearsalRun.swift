import RunbookSecrets
import Synchronization

/// One run of a rehearsal, in an arena of its own: from its start to its end, over a kill and a resume.
final class RehearsalRun: Sendable {
    /// The limit of a run that has none: a person would have pressed Ctrl-C.
    private static let patience = Duration.seconds(3600)

    private let settings: RehearsalSettings
    private let options: RunOptions
    private let arena: any RehearsalArena
    private let folder: String
    private let effects = StandInEffects()
    private let state = Mutex(State())

    private struct State {
        var overlay: FileOverlay?
        var vaults: [SecretVault] = []
        var last: (id: String, options: RunOptions)?
    }

    /// How a run ended.
    struct Ending: Sendable {
        var summary: RunSummary
        /// The writes that the resume was in doubt about.
        var doubts: [String] = []
        /// False where a limit of the runbook or of the command line bounds the whole run.
        var isUnbounded = false
    }

    /// - Parameters:
    ///   - options: Those of `RehearsalSettings.prepared`.
    ///   - folder: The run's own folder.
    init(_ settings: RehearsalSettings, _ options: RunOptions, _ arena: any RehearsalArena, folder: String) {
        self.settings = settings
        self.arena = arena
        self.folder = folder
        var options = options
        options.stateFolder = folder + "/state"
        options.environment = RehearsalHelm.environment(options.environment, in: folder)
        arena.point(&options)
        self.options = options
    }

    /// Runs the runbook, and resumes it when its engine is killed.
    ///
    /// - Throws: `CancellationError`.
    func perform(_ script: FaultScript) async throws -> Ending {
        let id = RunID.make()
        var options = options
        options.timeout = options.timeout ?? Self.patience
        state.withLock { [options] in $0.last = (id, options) }
        let stop = StopSwitch()
        let limit = options.timeout ?? Self.patience
        script.onRunLimit { stop.stop(.timeout(limit)) }
        let lifecycle = DurableLifecycle(id: id, options: options, purpose: .run, stop: stop, diagnoses: false)
        let ended = try await run(settings.source, id, options, lifecycle, stop, script)
        // Its process is over in either case.
        lifecycle.abandon()
        if let summary = ended {
            return Ending(summary: summary, isUnbounded: script.hasNoLimit && self.options.timeout == nil)
        }
        return try await resume(id, options, took: script.target?.fault == .killedAfter)
    }

    private func resume(_ id: String, _ options: RunOptions, took: Bool) async throws -> Ending {
        var options = options
        // Whoever is asked looks, and sees what happened.
        options.inDoubt = took ? .skip : .repeat
        do {
            let point = try ResumePoint.load(id, stateFolder: options.stateFolder)
            options.context = options.context ?? point.run.context
            let stop = StopSwitch()
            let lifecycle = DurableLifecycle(
                id: id, options: options, purpose: .resume(point), stop: stop, diagnoses: false)
            guard let summary = try await run(settings.source, id, options, lifecycle, stop, FaultScript()) else {
                throw RunbookError(.internal, "a resumed run was killed")
            }
            return Ending(summary: summary, doubts: lifecycle.doubts)
        } catch let error as RunbookError {
            return Ending(summary: RunSummary.refused(id, error))
        }
    }

    /// Resumes the run that has failed, with nothing going wrong any more; true when it then succeeds.
    ///
    /// - Throws: `CancellationError`.
    func resumeFailed() async throws -> Bool {
        guard let (id, options) = state.withLock({ $0.last }) else { return false }
        return try await resume(id, options, took: true).summary.exitCode == 0
    }

    /// Runs a file that goes before; what it changes in the arena stays.
    ///
    /// - Throws: `CancellationError`.
    func performEarlier(_ source: RunbookSource) async throws -> RunSummary {
        var options = options
        options.parameters = []
        let summary = try await run(source, RunID.make(), options, PlainLifecycle(), StopSwitch(), FaultScript())
        return summary ?? RunSummary.refused(source.name, RunbookError(.internal, "it did not end"))
    }

    /// The summary, or nil when the engine was killed.
    private func run(
        _ source: RunbookSource, _ id: String, _ options: RunOptions, _ lifecycle: any RunLifecycle,
        _ stop: StopSwitch, _ script: FaultScript
    ) async throws -> RunSummary? {
        let runner = settings.runner(options, lifecycle, stop) { [self] live, vault in
            world(live, vault, script, source.folder)
        }
        let (endings, end) = AsyncStream<RunSummary?>.makeStream()
        script.onDeath { end.yield(nil) }
        let task = Task { end.yield(await runner.run(source, id: id)) }
        return try await withTaskCancellationHandler {
            for await summary in endings { return summary }
            throw CancellationError()
        } onCancel: {
            task.cancel()
        }
    }

    private func world(
        _ live: any World, _ vault: SecretVault, _ script: FaultScript, _ base: String
    ) -> any World {
        let overlay = state.withLock { state in
            state.vaults.append(vault)
            let overlay =
                state.overlay?.followed(by: vault)
                ?? FileOverlay(folder: folder + "/files", base: base, vault: vault)
            state.overlay = overlay
            return overlay
        }
        let simulated = arena.wrap(OverlayWorld(base: live, overlay: overlay), vault)
        let stoodIn = StandInWorld(base: simulated, effects: effects, speed: settings.speed)
        return FaultyWorld(base: stoodIn, script: script) { vault.redactor }
    }

    /// Lets what the cluster counts go by before the run.
    func age() async { await arena.age() }

    // MARK: What it left

    /// The world as it is now.
    func worldState() async -> WorldState {
        await arena.settle()
        var world = WorldState()
        world.add(ClusterState.of(await arena.objects()))
        world.add(arena.machine.rehearsalState)
        world.add(state.withLock { $0.overlay }?.state ?? [:])
        world.add(effects.state)
        return world
    }

    /// The writes that were stood in for.
    var stoodIn: [String] { effects.displays }

    /// What must not be there when a run is over: a lock that is held, a secret, a file for a secret.
    func remains() async -> [String] {
        let (overlay, vaults) = state.withLock { ($0.overlay, $0.vaults) }
        let search = SecretSearch(vaults: vaults)
        let objects = await arena.objects()
        var lines = LockProbe(stateFolder: options.stateFolder, objects: objects).held
        lines += search.lines(below: options.stateFolder)
        for object in objects where object.kind != "Secret" {
            lines += search.lines(in: object.json, at: object.title)
        }
        for file in overlay?.open ?? [] { lines += search.lines(in: file.content, at: "the open file \(file.path)") }
        return lines + PrivateFiles.left(in: options.stateFolder).map { "a file for a secret is left: \($0)" }
    }
}
