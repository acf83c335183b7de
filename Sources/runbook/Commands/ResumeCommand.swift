import ArgumentParser
import RunbookHost

/// Goes on with a run that was interrupted or failed.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was interrupted or failed.",
        discussion: """
            Finished steps return what they returned. A write that was under way is looked at first; where nobody can \
            tell whether it took effect, it is made again only when that does no harm or you say so. Parameters and \
            context are those of the run; secrets are read again.
            """)

    @Argument(help: "The run's id, or its beginning.")
    var id: String

    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        try await Execution(group: group).run(nil, resume: id, try group.options())
    }
}
