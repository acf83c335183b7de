import ClusterSim
import RunbookHost
import RunbookSecrets
import RunbookTerminal
import SimulatedCluster

/// A simulated cluster and machine for the time of a run.
final class SimulatorSession: Sendable {
    private let simulator: ClusterSimulator
    private let machine: SimulatedMachine
    private let real: Set<String>
    private let kubeconfig: String

    /// Starts a cluster and points a run at it.
    ///
    /// - Parameters:
    ///   - configuration: The cluster.
    ///   - real: The tools that are not simulated.
    ///   - options: The run's options; its kubeconfig and context become the simulator's.
    /// - Throws: `RunbookError` with code `usage` for a snapshot, fault or port that cannot be had.
    init(_ configuration: SimulatorConfiguration, real: Set<String>, _ options: inout RunOptions) async throws {
        let machine = SimulatedMachine()
        var configuration = configuration
        // A recorded namespace brings its own images; in an empty cluster the node has what was loaded into it.
        if configuration.snapshot == nil && real.isEmpty {
            configuration.imageIsPresent = { machine.imageCanBeHad($0) }
        }
        configuration.metricsAreServed = { machine.metricsAreServed }
        do {
            simulator = try ClusterSimulator(configuration)
            _ = try await simulator.start()
            kubeconfig = try SimulatorFiles.write(try simulator.kubeconfig())
        } catch let error as SimulatorError {
            throw RunbookError(.usage, "the simulator: \(error)")
        }
        self.machine = machine
        self.real = real
        options.environment["KUBECONFIG"] = kubeconfig
        // What kubectl notes of a cluster that soon is gone goes with it.
        options.environment["KUBECACHEDIR"] = SimulatorFiles.folder(of: kubeconfig) + "/cache"
        options.context = ClusterSimulator.contextName
    }

    /// Answers docker and minikube in the real tools' place.
    func wrap(_ world: any World, _ vault: SecretVault) -> any World {
        SimulatedTools(base: world, machine: machine, real: real, vault: vault)
    }

    /// Tells of the faults that were asked for and never came about: the run has not shown what it was to show.
    func tellUnmetFaults() async {
        for fault in await simulator.unmetFaults() { Terminal.error("warning: \(fault)") }
    }

    /// Ends the cluster.
    func stop() async {
        await simulator.stop()
        discard()
    }

    /// Removes the kubeconfig, when there is no time for more.
    func discard() {
        SimulatorFiles.remove(kubeconfig)
    }
}
