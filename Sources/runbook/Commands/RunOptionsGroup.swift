import ArgumentParser
import RunbookHost
import RunbookTerminal

/// The options of a run, as every verb that runs something takes them.
struct RunOptionsGroup: ParsableArguments {
    @Option(
        name: [.customShort("p"), .customLong("param")],
        help: ArgumentHelp("Set a parameter; may be given again.", valueName: "key=value"))
    var parameters: [String] = []

    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp("Read secrets and settings from this file (default: .env).", valueName: "file"))
    var environmentFiles: [String] = []

    @Option(help: ArgumentHelp("Work on this kube context.", valueName: "name"))
    var context: String?

    @Option(
        help: ArgumentHelp("What to do with the writes of a failed run.", valueName: "undo|ask|keep"),
        completion: .list(RunOptions.OnFailure.allCases.map(\.rawValue)))
    var onFailure: String?

    @Option(help: ArgumentHelp("End the run after this time.", valueName: "duration"))
    var timeout: String?

    @Option(help: ArgumentHelp("Why the run is made, for the history.", valueName: "text"))
    var reason: String?

    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Answer confirmations with yes.")
    var assumesYes = false

    @Option(help: ArgumentHelp("Wait this long for a lock that another run holds.", valueName: "duration"))
    var waitLock: String?

    @Flag(help: "Go on to the log when the terminal is closed (SIGHUP).")
    var keepRunning = false

    @Option(
        help: ArgumentHelp(
            "What a resume does with a write of which nobody knows whether it took effect.", valueName: "repeat|skip"),
        completion: .list(RunOptions.InDoubt.allCases.map(\.rawValue)))
    var inDoubt: String?

    @Flag(help: "Resume although the runbook, a library or a parameter has changed.")
    var acceptChanges = false

    @Option(help: ArgumentHelp("How the result is printed.", valueName: "format"))
    var output: OutputFormat = .text

    /// The options of a run.
    ///
    /// - Throws: `ValidationError` for what is no parameter or duration.
    func options() throws -> RunOptions {
        var options = try RunOptions.here()
        options.parameters = try parameters.map { text in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("`-p \(text)`: write it as -p key=value")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        options.environmentFiles = environmentFiles.isEmpty ? nil : environmentFiles
        options.context = context
        options.onFailure = try OptionText.choice(onFailure, of: "--on-failure")
        options.reason = reason
        options.assumesYes = assumesYes
        options.isInteractive =
            output == .text && Terminal.isInteractive(0, environment: options.environment)
            && Terminal.isInteractive(2, environment: options.environment)
        options.inDoubt = try OptionText.choice(inDoubt, of: "--in-doubt")
        options.acceptsChanges = acceptChanges
        options.lockWait = try OptionText.duration(waitLock, of: "--wait-lock") ?? options.lockWait
        options.timeout = try OptionText.duration(timeout, of: "--timeout")
        return options
    }
}

/// The options of a verb that only looks for runbooks.
struct LookupOptionsGroup: ParsableArguments {
    @Option(help: ArgumentHelp("How the result is printed.", valueName: "format"))
    var output: OutputFormat = .text
}

extension RunOptions {
    /// What a run in this working directory and environment goes by, with no wishes.
    ///
    /// - Throws: `ValidationError` for a `runbook.yaml` that is wrong.
    static func here() throws -> RunOptions {
        var options = RunOptions(
            workingDirectory: Surroundings.workingDirectory, environment: Surroundings.environment,
            stateFolder: Surroundings.stateFolder)
        options.shippedFolder = Surroundings.shippedFolder.map { $0 + "/runbooks" }
        options.manifestSchema = Surroundings.shippedFolder.map { ShippedSchema(share: $0 + "/share/kubernetes-1.36") }
        do {
            options.project = try ProjectFile.find(from: options.workingDirectory)
        } catch let error as RunbookError {
            throw ValidationError(ErrorText.of(error))
        }
        return options
    }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
