import ArgumentParser
import RunbookHTTP
import RunbookHost
import RunbookLua

/// Shows what a runbook does, takes and needs.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a runbook's description, parameters and needs.")

    @Argument(help: "The runbook.")
    var file: String

    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        let options = try group.options()
        let runner = Runner(
            options: options, listeners: [], lifecycle: PlainLifecycle(), prompter: NoPrompter(),
            http: AsyncHTTPSender())
        do {
            let source = try RunbookLocator(options: options).find(file)
            let header = try await runner.header(of: source)
            Terminal.out(
                group.output == .json ? HeaderText.json(header, source) : HeaderText.text(header, source))
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(2)
        }
    }
}
