/// What gives names of images back.
enum DockerTags {
    /// An inverse that gives each name back to the image that has it now, or removes the name.
    static func inverse(
        _ tags: [String], _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> Inverse? {
        var commands: [InverseCommand] = []
        var guards: [InverseGuard] = []
        var words: [String] = []
        let docker = DockerCommand.reaching(arguments)
        for tag in tags {
            let earlier = try await DockerImage.find(tag, arguments, in: world, call)
            if let earlier {
                commands.append(InverseCommand(docker + ["tag", earlier.id, tag], timeout: 60))
                words.append("docker tag \(short(earlier.id)) \(tag)")
            } else {
                commands.append(InverseCommand(docker + ["rmi", tag], timeout: 60, doneWhen: "No such image"))
                words.append("docker rmi \(tag)")
            }
            guards.append(
                InverseGuard(
                    docker + ["image", "inspect", "--format", "{{.Id}}", tag],
                    complaint: "\(tag) names another image since"))
        }
        return Inverse(words.joined(separator: ", "), commands: commands, guards: guards)
    }

    /// An inverse that removes what is not there now; nil when all of it is.
    static func removal(
        of tags: [String], _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> Inverse? {
        var absent: [String] = []
        for tag in tags where try await DockerImage.find(tag, arguments, in: world, call) == nil { absent.append(tag) }
        guard !absent.isEmpty else { return nil }
        return Inverse(
            "docker rmi \(absent.joined(separator: " "))",
            commands: [InverseCommand(DockerCommand.reaching(arguments) + ["rmi"] + absent, timeout: 60)])
    }

    /// An id as docker shows it in lists.
    static func short(_ id: String) -> String {
        String((id.hasPrefix("sha256:") ? id.dropFirst(7) : Substring(id)).prefix(12))
    }
}
