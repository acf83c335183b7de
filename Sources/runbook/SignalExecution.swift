import ArgumentParser
import RunbookHTTP
import RunbookHost
import RunbookTerminal

/// Runs a body with its surroundings: worlds, renderer, journal, signals.
struct Execution {
    let group: RunOptionsGroup
    var simulation: SimulationOptions?
    var record: String?
    var replay: String?

    /// Runs a file, or goes on with an earlier run; ends the program with the run's exit code.
    func run(_ file: String?, resume: String?, _ options: RunOptions) async throws -> Never {
        var options = options
        options.isReplay = replay != nil
        let renderer = Renderer(environment: options.environment, isJSON: group.output == .json)
        let summary: RunSummary
        do {
            let point = try resume.map { try ResumePoint.load($0, stateFolder: options.stateFolder) }
            if let point { Self.adopt(point, &options) }
            let source = try RunbookLocator(options: options).find(
                file ?? point?.run.file ?? "", verbs: RunbookCommand.verbs)
            let simulator = try await simulation?.start(&options)
            options.standIn = simulator != nil ? "sim" : replay != nil ? "replay" : nil
            let worlds = try Worlds(record: record, replay: replay, simulator: simulator)
            let id = point?.run.id ?? RunID.make()
            let stop = StopSwitch()
            let signals = SignalHandling(
                stop: stop, keepsRunning: group.keepRunning, run: id, of: source.name, options: options,
                output: group.output, live: renderer.live)
            signals.install()
            let runner = Runner(
                options: options, listeners: [renderer.listener], lifecycle: lifecycle(id, point, stop, options),
                prompter: TerminalPrompter(options: options, live: renderer.live), http: AsyncHTTPSender(), stop: stop,
                wrap: worlds.wrap)
            summary = await runner.run(source, id: id)
            // What ended before its body has met no object at all.
            if [0, 1, 4, 5].contains(summary.exitCode) { await simulator?.tellUnmetFaults() }
            await simulator?.stop()
            signals.finish()
        } catch let error as RunbookError {
            summary = RunSummary.refused(file ?? resume ?? "", error)
            renderer.listener.receive(.runEnded(summary))
        }
        if group.output == .json { Terminal.out(SummaryJSON.text(of: summary)) }
        throw ExitCode(summary.exitCode)
    }

    // A dry run leaves no trace, so it has no journal.
    private func lifecycle(
        _ id: String, _ point: ResumePoint?, _ stop: StopSwitch, _ options: RunOptions
    ) -> any RunLifecycle {
        if options.dryRun != nil { return PlainLifecycle() }
        return UntilExit.keep(
            DurableLifecycle(id: id, options: options, purpose: point.map { .resume($0) } ?? .run, stop: stop))
    }

    // What was given then holds now, unless it is given again.
    private static func adopt(_ point: ResumePoint, _ options: inout RunOptions) {
        let given = Set(options.parameters.map(\.name))
        options.parameters += point.arguments.filter { !given.contains($0.name) }
        options.context = options.context ?? point.run.context
    }
}
