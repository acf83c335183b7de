import ArgumentParser
import RunbookHTTP
import RunbookHost
import RunbookTerminal

/// Takes back what a run changed.
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back what a run changed, newest first.",
        discussion: """
            What somebody has changed since is left alone unless --force says otherwise. What has no way back is listed.
            Exit code 0: all that can be was undone; 5: something could not be.
            """)

    @Argument(help: "The run's id, or its beginning.")
    var id: String

    @Option(
        name: .customLong("dry-run"),
        help: ArgumentHelp("Show what would be undone and change nothing.", valueName: "preview"))
    var dryRun: String?

    private var isDryRun: Bool { dryRun != nil }

    @Flag(help: "Undo also what was changed since.")
    var force = false

    @OptionGroup var group: RunOptionsGroup

    func validate() throws {
        let _: RunOptions.DryRun? = try OptionText.choice(dryRun, of: "--dry-run")
    }

    mutating func run() async throws {
        var options = try group.options()
        // The body is gone through again to find the steps' own functions: it asks nobody.
        options.assumesYes = true
        let style = Style(isColored: Terminal.usesColor(2, environment: options.environment))
        let renderer = Renderer(environment: options.environment, isJSON: group.output == .json)
        var summary: RunSummary
        do {
            let point = try ResumePoint.load(id, stateFolder: options.stateFolder)
            if point.run.status == "running" {
                throw RunbookError(.locked, "run \(point.run.id) is under way; stop it first")
            }
            try point.check(world: nil)
            options.parameters = point.arguments
            options.context = options.context ?? point.run.context
            let undo = LaterUndo(
                point: point, isDryRun: isDryRun, isForced: force,
                listeners: [UndoRenderer(base: renderer.listener)])
            let stop = StopSwitch()
            let id = point.run.id
            let signals = SignalHandling(
                stop: stop, keepsRunning: group.keepRunning, run: id, of: point.run.runbook, options: options,
                output: group.output, live: renderer.live)
            signals.install()
            let lifecycle = DurableLifecycle(id: id, options: options, purpose: .revisit(undo), stop: stop)
            let runner = Runner(
                options: options, listeners: [], lifecycle: lifecycle,
                prompter: TerminalPrompter(options: options, live: renderer.live), http: AsyncHTTPSender(), stop: stop)
            summary = await runner.run(try undo.source(), id: id)
            renderer.live?.pause()
            signals.finish()
            write(summary, style)
        } catch let error as RunbookError {
            summary = RunSummary.refused(id, error)
            if error.code == .locked { (summary.status, summary.exitCode) = (.locked, 7) }
            Terminal.error(ErrorText.of(error))
        }
        if group.output == .json { Terminal.out(SummaryJSON.text(of: summary)) }
        throw ExitCode(summary.exitCode)
    }

    private func write(_ summary: RunSummary, _ style: Style) {
        if let failure = summary.failure { Terminal.error(style.red(ScreenText.line(failure.message))) }
        if summary.failure == nil || summary.exitCode == 5 {
            if summary.undone.isEmpty && summary.exitCode == 0 {
                Terminal.error("nothing to undo in run \(summary.id)")
            }
            for text in summary.undone {
                Terminal.error((isDryRun ? "  Would    " : "  Undone   ") + ScreenText.line(text))
            }
            for text in summary.left { Terminal.error("  Left     " + ScreenText.line(text)) }
        }
        if let remedy = summary.failure?.remedy { Terminal.error("  Try      " + remedy) }
    }
}

/// Tells of an undo's steps; its end is told by the command.
private struct UndoRenderer: EventListener {
    let base: any EventListener

    func receive(_ event: RunEvent) {
        if case .runEnded = event { return }
        base.receive(event)
    }
}
