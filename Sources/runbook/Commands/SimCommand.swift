import ArgumentParser
import ClusterSim
import RunbookHost
import RunbookTerminal
import SimulatedCluster

/// Serves a simulated cluster until it is interrupted.
struct SimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "Serve a simulated cluster to kubectl and helm.",
        discussion: "Prints the path of a kubeconfig on its first line, then serves until it is interrupted.")

    @Option(help: ArgumentHelp("Start from a recorded namespace.", valueName: "folder"))
    var snapshot: String = ""

    @Option(help: "The port on 127.0.0.1; 0 takes a free one.")
    var port: Int = 0

    @Option(name: .customLong("fault"), help: ArgumentHelp("Let something go wrong.", valueName: "kind:object"))
    var faults: [String] = []

    @Option(help: ArgumentHelp("How many times faster than real the cluster works.", valueName: "factor"))
    var speed: Double = 1

    @Flag(help: "Serve metrics, for kubectl top and autoscalers.")
    var metrics = false

    mutating func run() async throws {
        do {
            var configuration = try SimulationOptions.configuration(
                snapshot: snapshot, faults: faults, speed: speed, port: port)
            configuration.metricsAreServed = { [metrics] in metrics }
            let simulator = try ClusterSimulator(configuration)
            let endpoint = try await simulator.start()
            // Before the path is told: whoever reads it may end the program at once.
            let interruption = Interruption()
            let path = try SimulatorFiles.write(try simulator.kubeconfig())
            Terminal.out(path)
            Terminal.error(
                "serving \(endpoint.url), context \(ClusterSimulator.contextName); try: KUBECONFIG=\(path) kubectl get nodes"
            )
            await interruption.wait()
            await simulator.stop()
            SimulatorFiles.remove(path)
        } catch let error as SimulatorError {
            Terminal.error("\(error)")
            throw ExitCode(2)
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(2)
        }
    }
}
