import ArgumentParser

/// Says what this machine has and lacks for runbooks.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine has and lacks for runbooks.",
        usage: "runbook doctor [<options>]",
        discussion: "Runs the runbook doctor.lua that ships with the program.")

    @OptionGroup var group: RunOptionsGroup

    mutating func run() async throws {
        var command = try RunCommand.parse(["doctor.lua"])
        command.group = group
        try await command.run()
    }
}
