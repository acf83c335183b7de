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

    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        var options = try group.options()
        options.dryRun = dryRun?.value
        options.isReplay = replay != nil
        let output = group.output
        let renderer = PlainRenderer(
            style: Style(isColored: Terminal.usesColor(2, environment: options.environment)), output: output)
        let summary: RunSummary
        do {
            let source = try RunbookLocator(options: options).find(file)
            let simulator = try await simulation.start(&options)
            let worlds = try Worlds(record: record, replay: replay, simulator: simulator)
            let runner = Runner(
                options: options, listeners: [renderer], lifecycle: PlainLifecycle(),
                prompter: TerminalPrompter(options: options), http: AsyncHTTPSender(), wrap: worlds.wrap)
            summary = await runner.run(source)
            await simulator?.stop()
        } catch let error as RunbookError {
            summary = RunSummary.refused(file, error)
            renderer.receive(.runEnded(summary))
        }
        if output == .json { Terminal.out(SummaryJSON.text(of: summary)) }
        throw ExitCode(summary.exitCode)
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
