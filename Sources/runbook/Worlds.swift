import RunbookHost
import RunbookSecrets

/// The worlds that the command line puts between a run and the real one.
struct Worlds: Sendable {
    private let tape: TapeWriter?
    private let replay: (path: String, records: [TapeRecord])?
    private let simulator: SimulatorSession?

    /// Opens the tapes.
    ///
    /// - Throws: `RunbookError` with code `usage`.
    init(record: String?, replay: String?, simulator: SimulatorSession?) throws {
        if record != nil && replay != nil {
            throw RunbookError(.usage, "--record and --replay cannot be used together")
        }
        tape = try record.map { try TapeWriter(path: $0, about: ["runbook": BuildInfo.version]) }
        self.replay = try replay.map { ($0, try ReplayWorld.read(path: $0)) }
        self.simulator = simulator
    }

    /// Wraps the real world.
    func wrap(_ live: any World, _ vault: SecretVault) -> any World {
        if let replay { return ReplayWorld(base: live, vault: vault, path: replay.path, records: replay.records) }
        var world = live
        if let simulator { world = simulator.wrap(world, vault) }
        if let tape { world = RecordingWorld(base: world, vault: vault, tape: tape) }
        return world
    }
}
