import ArgumentParser
import ClusterSim
import Foundation
import RunbookHTTP
import RunbookHost
import RunbookTerminal
import SimulatedCluster

/// Rehearses a runbook in the simulator.
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Try what happens when each write of a runbook goes wrong, in the simulator.",
        discussion: """
            Runs FILE once cleanly, then five times for each of its writes: it fails before it takes effect, it fails
            after, it hangs, and the engine is killed before and after it and the run resumed. Each time all must be done
            or nothing, the exit code must say which, no lock may be held and no secret left. Nothing real is changed.
            Exit code 0: so it is; 1: a write leaves things half-done, or the clean run fails; 2 and 3 as of a run.
            """)

    @Argument(help: "The runbook.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "Run this runbook once before, so that FILE finds what it works on. May be given again.", valueName: "file")
    )
    var after: [String] = []

    @Option(
        name: .customLong("sim"),
        help: ArgumentHelp("Begin with a recorded snapshot instead of an empty cluster.", valueName: "snapshot"))
    var snapshot: String = ""

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp("Let something go wrong in the cluster all the time.", valueName: "kind:object"))
    var faults: [String] = []

    @Option(help: ArgumentHelp("Rehearse only the write of this number.", valueName: "number"))
    var write: Int?

    @Option(help: "How many runs go on at once. (default: one for each processor, at most 4)")
    var jobs: Int?

    @Option(help: ArgumentHelp("How many times faster than real the cluster works.", valueName: "factor"))
    var speed: Double = 50

    @OptionGroup var group: RunOptionsGroup

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("`--jobs \(jobs)`: write a number from 1") }
        if let write, write < 1 { throw ValidationError("`--write \(write)`: write a number from 1") }
    }

    mutating func run() async throws {
        let options = try group.options()
        let stop = StopSwitch()
        let signals = SignalHandling(
            stop: stop, keepsRunning: group.keepRunning, run: "rehearsal", of: file, options: options, output: .text,
            live: nil)
        signals.install()
        let text = RehearsalText(
            style: Style(isColored: Terminal.usesColor(1, environment: options.environment)), output: group.output)
        let command = self
        let code: Int32
        do {
            code = try await stop.run { try await command.rehearse(options, text) }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            if group.output == .json { Terminal.out(RehearsalJSON.text(of: error)) }
            code = error.code == .usage ? 2 : 1
        } catch is CancellationError {
            Terminal.error("the rehearsal was stopped; nothing real was changed")
            code = stop.reason == .terminate ? 143 : stop.reason == .hangup ? 129 : 130
        }
        signals.finish()
        throw ExitCode(code)
    }

    private func rehearse(_ options: RunOptions, _ text: RehearsalText) async throws -> Int32 {
        let locator = RunbookLocator(options: options)
        let source = try locator.find(file)
        let earlier = try after.map { try locator.find($0) }
        let folder = NSTemporaryDirectory() + "runbook-rehearsal-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = RehearsalSettings(
            source: source, options: options, folder: folder,
            jobs: jobs ?? min(4, ProcessInfo.processInfo.activeProcessorCount), speed: speed, http: AsyncHTTPSender())
        settings.earlier = earlier
        settings.onlyWrite = write
        let start = snapshot == SimulationOptions.newCluster ? "" : snapshot
        let arena = try await SimulatedArena.start(
            try SimulationOptions.configuration(snapshot: start, faults: faults, speed: speed, port: 0))
        do {
            let begun = ContinuousClock.now
            let report = try await Rehearsal(settings, in: arena).run(
                prepared: { text.begin($0, runs: $1) }, progress: { text.tell($0) })
            await arena.stop()
            text.end(report, ContinuousClock.now - begun)
            return report.exitCode
        } catch {
            await arena.stop()
            throw error
        }
    }
}
