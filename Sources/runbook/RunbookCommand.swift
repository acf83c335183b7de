import ArgumentParser
import Foundation
import RunbookHost
import RunbookSecrets
import RunbookTerminal

/// The command line: `runbook FILE` runs a runbook, and the verbs do the rest.
@main
struct RunbookCommand: AsyncParsableCommand {
    static let name = "runbook"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Run deployment, troubleshooting and rollback procedures that are editable Lua files.",
        usage: """
            runbook <file> [-p key=value]… [--dry-run] [--sim] [--yes] [<options>]
            runbook <verb> [<options>]
            """,
        discussion: """
            To begin:
              runbook list                          what can be run here
              runbook deploy-local.lua --dry-run    what it would do; nothing is changed
              runbook deploy-local.lua --sim --yes  try it with no cluster at all
              runbook doctor                        what this machine has and lacks
            """,
        version: BuildInfo.version,
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, CheckCommand.self, HistoryCommand.self,
            LogsCommand.self, ReportCommand.self, ResumeCommand.self, UndoCommand.self, RehearseCommand.self,
            TestCommand.self, SimCommand.self, DoctorCommand.self, NewCommand.self, EditorCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    static func main() async {
        CoreDumps.forbid()
        #if DEBUG
            SecretVault.masksNothing.store(Surroundings.showsSecrets, ordering: .relaxed)
        #endif
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.isEmpty {
            Terminal.error(helpMessage())
            exit(withError: ExitCode(2))
        }
        do {
            // The parser is half the work of this, and it has nothing to parse (docs/decisions/0061).
            if arguments == [HistoryCommand.name] { return try HistoryCommand.show() }
            var command = try command(of: OptionalValues.fill(arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            let error = await ParameterSlip.explanation(of: error, arguments) ?? error
            // The library's own code for a wrong command line is 64; the CONTRACT's is 2.
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code == .success {
                Terminal.out(text)
                exit(withError: code)
            }
            Terminal.error(text)
            if wantsJSON(arguments) {
                let error = RunbookError(.usage, message(for: error))
                Terminal.out(SummaryJSON.text(of: .refused("", error)))
            }
            exit(withError: ExitCode(2))
        }
    }

    /// The command that the arguments ask for.
    ///
    /// The way through the tree of all verbs costs every start a millisecond or two (docs/decisions/0061), so the verb's own
    /// parser is asked first. Help, and what is wrong with a command line, is told by the whole tree.
    private static func command(of arguments: [String]) throws -> any ParsableCommand {
        if let first = arguments.first, !first.hasPrefix("-"), first != "help" {
            let verb = configuration.subcommands.first { $0.configuration.commandName == first }
            let direct = verb ?? RunCommand.self
            if let command = try? direct.parseAsRoot(verb == nil ? arguments : Array(arguments.dropFirst())),
                type(of: command) == direct
            {
                return command
            }
        }
        return try parseAsRoot(arguments)
    }

    /// True when a run's result was to be one JSON document, which is then printed for a wrong command line too.
    private static func wantsJSON(_ arguments: [String]) -> Bool {
        let others = verbs.filter { !["run", "resume", "undo", "doctor"].contains($0) }
        if let verb = arguments.first, others.contains(verb) { return false }
        return arguments.contains("--output=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == "--output" && $1 == "json" }
    }

    /// The verbs, in the order of the help.
    static var verbs: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }
}

/// Options whose value may be left out: `--dry-run` is `--dry-run=preview`.
///
/// The library would take the word after such an option for its value, and `runbook --dry-run FILE` is what people type.
enum OptionalValues {
    private static func standard(_ option: String) -> String? {
        switch option {
        case "--dry-run": "preview"
        case "--sim": SimulationOptions.newCluster
        default: nil
        }
    }
    /// What `show --api` without a name stands for.
    static let wholeAPI = "*"

    static func fill(_ arguments: [String]) -> [String] {
        var isOption = true
        // A name after `--api` is its value; without one, all of the API is meant.
        if arguments.last == "--api" { return fill(arguments.dropLast()) + ["--api=\(wholeAPI)"] }
        return arguments.map { argument in
            if argument == "--" { isOption = false }
            guard isOption, let value = standard(argument) else { return argument }
            return "\(argument)=\(value)"
        }
    }
}

/// What this build is.
enum BuildInfo {
    static let version = "0.1.0"
}
