import ArgumentParser
import ClusterSim
import RunbookHost

/// The options of a simulated cluster.
struct SimulationOptions: ParsableArguments {
    @Option(
        name: .customLong("sim"),
        help: ArgumentHelp("Run against a simulated cluster, empty or from a recorded snapshot.", valueName: "snapshot")
    )
    var snapshot: String?

    @Option(help: ArgumentHelp("Use the real tool in a simulated run: docker.", valueName: "tool"))
    var real: [String] = []

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp("Let something go wrong in the simulator.", valueName: "kind:object"))
    var faults: [String] = []

    @Option(help: ArgumentHelp("How many times faster than real the simulator works.", valueName: "factor"))
    var speed: Double = 10

    /// What `--sim` without a snapshot stands for.
    static let newCluster = "new"

    /// Starts the simulator, when it is wanted.
    func start(_ options: inout RunOptions) async throws -> SimulatorSession? {
        guard let snapshot else {
            guard faults.isEmpty && real.isEmpty else {
                throw RunbookError(.usage, "--fault and --real belong to a simulated run", remedy: "add --sim")
            }
            return nil
        }
        return try await SimulatorSession(
            try Self.configuration(
                snapshot: snapshot == Self.newCluster ? "" : snapshot, faults: faults, speed: speed, port: 0),
            real: Set(real), &options)
    }

    /// The configuration of a simulator.
    ///
    /// - Throws: `RunbookError` with code `usage` for a fault that is none.
    static func configuration(snapshot: String, faults: [String], speed: Double, port: Int) throws
        -> SimulatorConfiguration
    {
        guard let share = Surroundings.shippedFolder else {
            throw RunbookError(
                .usage, "the simulator's API documents are not found beside the program",
                remedy: "set RUNBOOK_HOME to the folder that holds `share/kubernetes-1.36`")
        }
        do {
            return SimulatorConfiguration(
                apiDocuments: share + "/share/kubernetes-1.36", snapshot: snapshot.isEmpty ? nil : snapshot,
                faults: try faults.map { try Fault(parsing: $0) }, speed: speed, port: port)
        } catch {
            throw RunbookError(.usage, "\(error)")
        }
    }
}
