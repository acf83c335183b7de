import ArgumentParser
import RunbookCheck
import RunbookHost
import RunbookTerminal

/// Finds mistakes in runbooks without running them.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Find mistakes in runbooks without running them.",
        discussion: "Prints FILE:LINE:COLUMN: RULE: message for each finding, and exits 2 when there is one.")

    @Argument(help: "Runbooks, libraries or tests; folders are searched for .lua files (default: this folder).")
    var files: [String] = []

    @Option(help: "How findings are printed: text, json or sarif.")
    var output: CheckFormat = .text

    mutating func run() async throws {
        let options = try RunOptionsGroup.parse([]).options()
        let locator = RunbookLocator(options: options)
        let checker = Checker(modules: BuiltinModules.specs, globals: [])
        var findings: [Finding] = []
        do {
            let names = files.isEmpty ? ["."] : files
            let found = names.flatMap(LuaFiles.expand)
            if found.isEmpty { throw RunbookError(.usage, "no .lua file in \(names.joined(separator: ", "))") }
            for name in found {
                let source = try locator.find(name)
                guard let text = String(validating: source.text, as: UTF8.self) else {
                    throw RunbookError(.usage, "\(source.displayName) is no UTF-8 text")
                }
                // A definition file for editors describes the API and is never run.
                if text.hasPrefix("---@meta") { continue }
                findings += checker.check(source: text, file: source.displayName) { name, isRunbook in
                    locator.hasModule(name, for: source, isRunbook: isRunbook)
                }
            }
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(2)
        }
        Terminal.write(render(findings, as: output.format), to: 1)
        if !findings.isEmpty { throw ExitCode(2) }
        if output == .text { Terminal.error("nothing found") }
    }
}

/// How findings are printed.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif

    var format: FindingFormat {
        switch self {
        case .text: .text
        case .json: .json
        case .sarif: .sarif
        }
    }
}
