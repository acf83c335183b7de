import ArgumentParser
import RunbookHost

/// Runs a runbook.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", _superCommandName: RunbookCommand.name,
        abstract: "Run a runbook (the verb can be left out).",
        usage: "runbook <file> [-p key=value]… [--dry-run] [--sim] [--yes] [<options>]",
        discussion: """
            The file is looked for as given, then in ./runbooks, in each folder of RUNBOOK_PATH, then among those that \
            ship with the program.
            """)

    @Argument(help: "The runbook.")
    var file: String

    @Option(
        name: .customLong("dry-run"),
        help: ArgumentHelp("Show what would happen and change nothing.", valueName: "preview|server"),
        completion: .list(RunOptions.DryRun.allCases.map(\.rawValue)))
    var dryRun: String?

    @Option(help: ArgumentHelp("Write every request and its answer to this file.", valueName: "tape"))
    var record: String?

    @Option(help: ArgumentHelp("Answer every request from this file; no tool is needed.", valueName: "tape"))
    var replay: String?

    @Option(help: ArgumentHelp("Go on with an earlier run of this runbook.", valueName: "run"))
    var resume: String?

    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        if resume != nil && dryRun != nil { throw ValidationError("--resume cannot be combined with --dry-run") }
        var options = try group.options()
        options.dryRun = try OptionText.choice(dryRun, of: "--dry-run")
        let execution = Execution(group: group, simulation: simulation, record: record, replay: replay)
        try await execution.run(file, resume: resume, options)
    }
}
