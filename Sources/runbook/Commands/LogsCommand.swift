import ArgumentParser
import RunbookHost
import RunbookTerminal

/// Shows what happened in a run.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what happened in a run.",
        discussion: "With --output json the lines of its events.jsonl are printed as they are.")

    @Argument(help: "The run's id, or its beginning (default: the newest run).")
    var id: String?

    @Option(help: ArgumentHelp("How the result is printed.", valueName: "format"))
    var output: OutputFormat = .text

    mutating func run() throws {
        do {
            let history = UntilExit.keep(try History.open(Surroundings.stateFolder))
            let run = try history.find(id)
            let log = RunLog(history: history, run: run)
            if output == .json {
                try log.eachLine { Terminal.out($0) }
                return
            }
            let style = Style(isColored: Terminal.usesColor(1, environment: Surroundings.environment))
            Terminal.out(style.bold(run.runbook) + "  run \(run.id)  \(run.status)  \(run.started)")
            try log.eachText { line in
                let text = ScreenText.line(line.text)
                Terminal.out(line.isProblem ? style.red(text) : line.isDim ? style.dim(text) : text)
            }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(error.code == .usage ? 2 : 1)
        }
    }
}
