import ArgumentParser

/// The command line: `runbook FILE` runs a runbook, and the verbs do the rest.
@main
struct RunbookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runbook",
        abstract: "Run deployment, troubleshooting and rollback procedures that are editable Lua files.",
        version: BuildInfo.version,
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, CheckCommand.self, HistoryCommand.self,
            LogsCommand.self, ReportCommand.self, ResumeCommand.self, UndoCommand.self, RehearseCommand.self,
            TestCommand.self, SimCommand.self, DoctorCommand.self, NewCommand.self, EditorCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    static func main() async {
        do {
            var command = try parseAsRoot(OptionalValues.fill(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            // The library's own code for a wrong command line is 64; the CONTRACT's is 2.
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code == .success {
                Terminal.out(text)
                exit(withError: code)
            }
            Terminal.error(text)
            exit(withError: ExitCode(2))
        }
    }
}

/// Options whose value may be left out: `--dry-run` is `--dry-run=preview`.
///
/// The library would take the word after such an option for its value, and `runbook --dry-run FILE` is what people type.
enum OptionalValues {
    private static let defaults = ["--dry-run": "preview", "--sim": SimulationOptions.newCluster]

    static func fill(_ arguments: [String]) -> [String] {
        var isOption = true
        return arguments.map { argument in
            if argument == "--" { isOption = false }
            guard isOption, let value = defaults[argument] else { return argument }
            return "\(argument)=\(value)"
        }
    }
}

/// What this build is.
enum BuildInfo {
    static let version = "0.1.0"
}
