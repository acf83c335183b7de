import ArgumentParser
import RunbookHTTP
import RunbookHost

/// Runs a runbook.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a runbook (the verb can be left out).",
        discussion: """
            FILE is looked for as given, then in ./runbooks, in each folder of RUNBOOK_PATH, then among those that ship
            with the program.
            """)

    @Argument(help: "The runbook.")
    var file: String

    @Option(
        name: .customLong("dry-run"),
        help: ArgumentHelp("Show what would happen and change nothing.", valueName: "preview|server"))
    var dryRun: DryRunArgument?

    @Option(help: ArgumentHelp("Write every request and its answer to this file.", valueName: "tape"))
    var record: String?

    @Option(help: ArgumentHelp("Answer every request from this file; no tool is needed.", valueName: "tape"))
    var replay: String?

    @Option(help: ArgumentHelp("Go on with an earlier run of this runbook.", valueName: "run"))
    var resume: String?

    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        var options = try group.options()
        options.dryRun = dryRun?.value
        options.isReplay = replay != nil
        if resume != nil && dryRun != nil { throw ValidationError("--resume cannot be combined with --dry-run") }
        var execution = Execution(options: options, group: group)
        execution.simulation = simulation
        execution.record = record
        execution.replay = replay
        try await execution.run(file: file, resume: resume)
    }
}

/// Runs a body with its surroundings: renderer, simulator, tapes, journal, signals.
struct Execution {
    var options: RunOptions
    let group: RunOptionsGroup
    var simulation: SimulationOptions?
    var record: String?
    var replay: String?

    init(options: RunOptions, group: RunOptionsGroup) {
        self.options = options
        self.group = group
    }

    /// Runs a file, or goes on with an earlier run of it; ends the program with the run's exit code.
    func run(file: String?, resume: String?) async throws -> Never {
        var options = options
        let renderer = PlainRenderer(
            style: Style(isColored: Terminal.usesColor(2, environment: options.environment)), output: group.output)
        let summary: RunSummary
        do {
            let point = try resume.map { try ResumePoint.load($0, stateFolder: options.stateFolder) }
            if let point { Self.adopt(point, &options) }
            let source = try RunbookLocator(options: options).find(file ?? point?.run.file ?? "")
            let simulator = try await simulation?.start(&options)
            let worlds = try Worlds(record: record, replay: replay, simulator: simulator)
            let id = point?.run.id ?? RunID.make()
            let stop = StopSwitch()
            let folder = options.stateFolder
            let signals = SignalHandling(stop: stop, keepsRunning: group.keepRunning) { _ in
                PrivateFiles.remove(id, in: folder)
                simulator?.discard()
            }
            signals.install()
            let lifecycle: any RunLifecycle =
                options.dryRun == nil && replay == nil
                ? DurableLifecycle(
                    id: id, options: options, purpose: point.map { .resume($0) } ?? .run, stop: stop)
                : PlainLifecycle()
            let runner = Runner(
                options: options, listeners: [renderer], lifecycle: lifecycle,
                prompter: TerminalPrompter(options: options), http: AsyncHTTPSender(), stop: stop, wrap: worlds.wrap)
            summary = await runner.run(source, id: id)
            signals.finish()
            await simulator?.stop()
        } catch let error as RunbookError {
            summary = RunSummary.refused(file ?? resume ?? "", error)
            renderer.receive(.runEnded(summary))
        }
        if group.output == .json { Terminal.out(SummaryJSON.text(of: summary)) }
        throw ExitCode(summary.exitCode)
    }

    // What was given then holds now, unless it is given again.
    private static func adopt(_ point: ResumePoint, _ options: inout RunOptions) {
        let given = Set(options.parameters.map(\.name))
        options.parameters += point.arguments.filter { !given.contains($0.name) }
        options.context = options.context ?? point.run.context
    }
}

/// `--dry-run[=preview|server]`.
struct DryRunArgument: ExpressibleByArgument {
    let value: RunOptions.DryRun

    init?(argument: String) {
        guard let value = RunOptions.DryRun(rawValue: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { RunOptions.DryRun.allCases.map(\.rawValue) }
}
