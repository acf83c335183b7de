import RunbookLua
import RunbookSecrets
import Synchronization

/// One run: what its parts share.
public final class RunSession: Sendable {
    /// How far the run has come: what calls are allowed goes by it.
    enum Phase: Sendable {
        /// Nothing was called yet, or only what computes.
        case beforeHeader
        /// The header stands; the body runs.
        case body
        /// Only the header is wanted: every effect is refused.
        case headerOnly
    }

    private struct State {
        var phase: Phase
        var header: RunbookHeader
        var parameters: [(name: String, value: LuaValue)] = []
        var actions = 0
        var hasActed = false
        var hasWritten = false
    }

    /// The run's id.
    public let id: String
    /// What was asked for on the command line.
    public let options: RunOptions
    /// The file.
    public let source: RunbookSource
    /// The secrets.
    public let vault: SecretVault
    /// The listeners.
    public let hub: EventHub
    /// What a preview has found.
    public let plan = RunPlan()
    let steps = StepLog()
    let decisions = Decisions()
    let engine: LuaEngine
    let tools: ToolVersions
    let target: KubeTarget
    let secrets: SecretSources
    let libraries = LibraryFiles()
    /// Reads of the engine's own: runbooks and libraries.
    let files: LiveFiles
    let lifecycle: any RunLifecycle
    let stop: StopSwitch
    /// The position of the body itself.
    let rootPosition = Position()
    private let state: Mutex<State>
    private let worlds = Mutex<(any World)?>(nil)

    init(
        id: String, options: RunOptions, source: RunbookSource, vault: SecretVault, hub: EventHub, engine: LuaEngine,
        lifecycle: any RunLifecycle, stop: StopSwitch, phase: Phase
    ) {
        self.id = id
        self.options = options
        self.source = source
        self.vault = vault
        self.hub = hub
        self.engine = engine
        self.lifecycle = lifecycle
        self.stop = stop
        files = LiveFiles(folder: source.folder, vault: vault)
        tools = ToolVersions()
        target = KubeTarget(options: options)
        secrets = SecretSources(vault: vault, options: options)
        state = Mutex(State(phase: phase, header: RunbookHeader(name: source.name)))
        target.noteMissing { [weak self] in self?.note(unread: $0) }
    }

    /// The way to the outside.
    var world: any World {
        worlds.withLock { $0 } ?? NoWorld()
    }

    // The worlds know the run, which a task that outlasts the body may still need; `close` ends the circle.
    func setWorld(_ world: any World) {
        worlds.withLock { $0 = world }
    }

    /// Lets go of the way to the outside, when the run is over.
    func close() {
        worlds.withLock { $0 = nil }
    }

    /// The header; one with the file's name before it is read.
    public var header: RunbookHeader { state.withLock { $0.header } }

    /// The parameters' values.
    public var parameters: [(name: String, value: LuaValue)] { state.withLock { $0.parameters } }

    var phase: Phase { state.withLock { $0.phase } }

    func begin(_ header: RunbookHeader, parameters: [(name: String, value: LuaValue)]) {
        state.withLock {
            $0.header = header
            $0.parameters = parameters
            if $0.phase == .beforeHeader { $0.phase = .body }
        }
    }

    /// Notes that the script has called something with an effect.
    func noteActivity() {
        state.withLock { $0.hasActed = true }
    }

    var hasActed: Bool { state.withLock { $0.hasActed } }

    /// Notes that something was changed.
    func noteWrite() { state.withLock { $0.hasWritten = true } }

    var hasWritten: Bool { state.withLock { $0.hasWritten } }

    func nextAction() -> Int {
        state.withLock {
            $0.actions += 1
            return $0.actions
        }
    }
}

/// Stands where a run has no way to the outside: while only its header is read.
struct NoWorld: World {
    func perform(_ request: Request) async throws -> Response {
        throw RunbookError(.refused, "nothing may be done while only the header is read")
    }
}
