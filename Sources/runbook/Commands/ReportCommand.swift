import ArgumentParser
import RunbookHost
import RunbookTerminal

/// Writes a report of a past run.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a report of a past run.",
        discussion: "The HTML report is one file without any reference to the outside.")

    @Argument(help: "The run's id, or its beginning (default: the newest run).")
    var id: String?

    @Option(help: "markdown, html, json or junit.")
    var format: RunReport.Format = .markdown

    @Option(name: [.customShort("o"), .long], help: "Write it to this file.")
    var file: String?

    mutating func run() throws {
        do {
            let history = UntilExit.keep(try History.open(Surroundings.stateFolder))
            let text = try RunReport(history: history, run: try history.find(id)).text(format)
            if let file { try RunReport.write(text, to: file) } else { Terminal.out(text) }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(error.code == .usage ? 2 : 1)
        }
    }
}

extension RunReport.Format: ExpressibleByArgument {}
