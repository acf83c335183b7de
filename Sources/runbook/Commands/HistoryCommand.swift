import ArgumentParser
import RunbookHost
import RunbookLua
import RunbookTerminal

/// Lists the runs of the past.
struct HistoryCommand: ParsableCommand {
    static let name = "history"
    static let configuration = CommandConfiguration(
        commandName: name, _superCommandName: RunbookCommand.name,
        abstract: "List the runs of the past, newest first.")

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("How many runs; 0: all (default: 30, and all with --output json).", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Only runs of this runbook.", valueName: "name"))
    var runbook: String?

    @Option(help: ArgumentHelp("How the result is printed.", valueName: "format"))
    var output: OutputFormat = .text

    mutating func run() throws {
        if let limit, limit < 0 { throw ValidationError("`--limit \(limit)`: write a number from 0") }
        try Self.show(limit: limit, runbook: runbook, output: output)
    }

    /// Prints the runs; what is left out is what the command line leaves out.
    static func show(limit: Int? = nil, runbook: String? = nil, output: OutputFormat = .text) throws {
        do {
            let history = UntilExit.keep(try History.openIfThere(Surroundings.stateFolder))
            if let notice = history?.notice { Terminal.error("warning: " + notice) }
            switch output {
            case .text: try writeText(history, limit ?? 30, runbook)
            case .json: try writeJSON(history, limit ?? 0, runbook)
            }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(error.code == .usage ? 2 : 1)
        }
    }

    private static func writeJSON(_ history: History?, _ limit: Int, _ runbook: String?) throws {
        var text = "{\"runs\":["
        var isFirst = true
        try history?.eachJSON(limit == 0 ? -1 : limit, runbook: runbook) { line in
            if !isFirst { text += ",\n" }
            isFirst = false
            text += line
            if text.utf8.count > 1 << 20 {
                Terminal.write(text, to: 1)
                text = ""
            }
        }
        Terminal.write(text + "]}\n", to: 1)
    }

    private static func writeText(_ history: History?, _ limit: Int, _ runbook: String?) throws {
        let runs = try history?.recent(limit == 0 ? -1 : limit, runbook: runbook) ?? []
        if runs.isEmpty {
            Terminal.out(runbook.map { "no runs of \($0) yet" } ?? "no runs yet")
            return
        }
        let style = Style(isColored: Terminal.usesColor(1, environment: Surroundings.environment))
        let table = HistoryTable(runs: runs, style: style, columns: Terminal.size(1)?.columns ?? 160)
        Terminal.write(table.lines.map { $0 + "\n" }.joined(), to: 1)
    }
}
