import ClusterSim
import Foundation
import Synchronization
import Testing

@testable import RunbookHost

/// Runs runbooks with the real kubectl and helm against a simulated cluster.
struct ClusterRun {
    var run: ModuleRun
    let simulator: ClusterSimulator

    /// Where the real tools are; nil when the machine has none.
    static let tools: String? = {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            (environment["RUNBOOK_TOOLS_BIN"] ?? "").split(separator: ":").map(String.init)
            + ["\(RepositoryFiles.root)/.tools/bin"]
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { folder in
            ["kubectl", "helm"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
    }()

    /// The folder with helm 3, which stands before the others on the PATH when it is asked for.
    static let helm3: String? = {
        let folder = "\(RepositoryFiles.root)/.tools/bin/helm3"
        return FileManager.default.isExecutableFile(atPath: "\(folder)/helm") ? folder : nil
    }()

    /// Starts a cluster, gives a body the way to run texts against it, and stops it.
    static func with(
        metrics: Bool = false, helm major: Int = 4, _ body: (ClusterRun) async throws -> Void
    ) async throws {
        guard let tools else { return }
        let simulator = try ClusterSimulator(
            SimulatorConfiguration(
                apiDocuments: "\(RepositoryFiles.root)/share/kubernetes-1.36", speed: 20, metrics: metrics))
        _ = try await simulator.start()
        let older = major == 3 ? [try #require(helm3, "helm 3 is not installed: scripts/install-tools.sh")] : []
        var run = try ModuleRun(path: older + [tools])
        try run.write("kubeconfig", simulator.kubeconfig(), mode: 0o600)
        run.environment["KUBECONFIG"] = run.folder + "/kubeconfig"
        do {
            try await body(ClusterRun(run: run, simulator: simulator))
        } catch {
            await simulator.stop()
            run.remove()
            throw error
        }
        await simulator.stop()
        run.remove()
    }

    /// Runs a text for real.
    func callAsFunction(_ lua: String, dryRun: RunOptions.DryRun? = nil) async -> ModuleRun.Outcome {
        await run(lua, dryRun: dryRun)
    }
}

/// Looks, before each write, how it would be taken back, as the journal of a real run does.
final class InverseRecorder: World {
    private let base: any World
    private let list: Inverses

    /// What was found, newest last.
    final class Inverses: Sendable {
        private let found = Mutex<[Inverse]>([])
        func add(_ inverse: Inverse) { found.withLock { $0.append(inverse) } }
        var all: [Inverse] { found.withLock { $0 } }
    }

    init(base: any World, list: Inverses) {
        self.base = base
        self.list = list
    }

    func perform(_ request: Request) async throws -> Response {
        if let inverse = try await request.change?.inverse?(base) { list.add(inverse) }
        return try await base.perform(request)
    }
}

extension ClusterRun {
    /// Runs a text for real, then what takes its writes back, newest first.
    func thenBack(_ lua: String) async throws -> (
        outcome: ModuleRun.Outcome, undo: ModuleRun.Outcome, inverses: [Inverse]
    ) {
        let list = InverseRecorder.Inverses()
        var run = run
        run.wrap = { world, _ in InverseRecorder(base: world, list: list) }
        let outcome = await run(lua)
        let commands = list.all.reversed().flatMap(\.commands)
        var text = ""
        for (index, command) in commands.enumerated() {
            let words = command.argv.map { JSONText.encode(.string($0), pretty: false) }.joined(separator: ", ")
            try run.write("undo-\(index)", command.input ?? "")
            text += "exec.run({ \(words) }, { stdin = fs.read(\"undo-\(index)\") })\n"
        }
        return (outcome, await self.run(text), list.all)
    }
}
