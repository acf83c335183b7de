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

    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        var options = try group.options()
        options.dryRun = dryRun?.value
        let output = group.output
        let renderer = PlainRenderer(
            style: Style(isColored: Terminal.usesColor(2, environment: options.environment)), output: output)
        let summary: RunSummary
        do {
            let source = try RunbookLocator(options: options).find(file)
            let runner = Runner(
                options: options, listeners: [renderer], lifecycle: PlainLifecycle(),
                prompter: TerminalPrompter(options: options), http: AsyncHTTPSender())
            summary = await runner.run(source)
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
