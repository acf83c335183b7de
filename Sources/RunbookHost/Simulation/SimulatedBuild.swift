import RunbookLua

/// `docker build`, simulated: the context and the Dockerfile are read, and what docker would refuse is refused.
struct SimulatedBuild: Sendable {
    let docker: SimulatedDocker

    /// A build that cannot be made, in docker's words.
    struct Refusal: Error {
        let message: String
    }

    private static let valued: Set<String> = [
        "add-host", "allow", "annotation", "attest", "build-arg", "build-context", "builder", "cache-from", "cache-to",
        "call", "cgroup-parent", "file", "iidfile", "label", "metadata-file", "network", "no-cache-filter", "output",
        "platform", "policy", "progress", "provenance", "sbom", "secret", "shm-size", "ssh", "tag", "target", "ulimit",
    ]
    private static let plain: Set<String> = [
        "check", "debug", "load", "no-cache", "pull", "push", "quiet", "rm", "force-rm",
    ]

    func answer(_ arguments: [String]) async throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: Self.valued, plain: Self.plain,
            short: ["t": "tag", "f": "file", "q": "quiet", "o": "output", "D": "debug"])
        guard flags.operands.count == 1 else {
            return .failed(
                1,
                "ERROR: docker: 'docker buildx build' requires 1 argument\n\nUsage:  docker buildx build [OPTIONS] PATH | URL | -\n\nRun 'docker buildx build --help' for more information"
            )
        }
        do {
            return try await build(flags)
        } catch let refusal as Refusal {
            return .failed(1, "ERROR: \(refusal.message)")
        }
    }

    private func build(_ flags: ToolFlags) async throws -> ToolAnswer {
        for tag in flags.all("tag") where !ImageName.isValid(tag) {
            let reason =
                tag.lowercased() == tag
                ? "invalid reference format" : "invalid reference format: repository name (\(tag)) must be lowercase"
            throw Refusal(message: "invalid tag \"\(tag)\": \(reason)")
        }
        let context = BuildContext(
            folder: docker.shell.path(flags.operands[0]), file: flags["file"].map(docker.shell.path))
        let dockerfile = try await read(context, flags)
        if flags.has("check") || flags["call"]?.hasPrefix("check") == true { return check(dockerfile, flags) }
        var assembly = SimulatedAssembly(
            dockerfile: dockerfile, context: context, world: docker.shell.base,
            arguments: Dictionary(
                flags.all("build-arg").map { argument in
                    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                    return (parts[0], parts.count > 1 ? parts[1] : "")
                }, uniquingKeysWith: { $1 }),
            sizeOfLocal: { name in try docker.withEngine { $0.image(name)?.size } })
        let missing = try await context.missingSources(of: dockerfile, in: docker.shell.base).first
        if let missing {
            throw Refusal(
                message:
                    "failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref \(SimulatedImage.number(of: missing.path))::simulated: \"/\(missing.path)\": not found"
            )
        }
        var image = try await assembly.image(target: flags["target"])
        image.created = try await docker.shell.base.now()
        for label in flags.all("label") {
            let parts = label.split(separator: "=", maxSplits: 1).map(String.init)
            if let name = parts.first { image.labels[name] = parts.count > 1 ? parts[1] : "" }
        }
        let made = image
        try docker.withEngine { $0.add(made, as: flags.all("tag")) }
        if let file = flags["iidfile"] { try await docker.shell.write(file, Array(image.id.utf8)) }
        if let file = flags["metadata-file"] {
            let metadata: LuaValue = [
                "containerimage.config.digest": .string(image.id), "containerimage.digest": .string(image.id),
                "image.name": .string(flags.all("tag").map(ImageName.full).joined(separator: ",")),
                "buildx.build.ref": .string("default/default/\(DockerTags.short(image.id))"),
            ]
            try await docker.shell.write(file, Array(JSONText.encode(metadata, pretty: true).utf8))
        }
        if flags.has("quiet") { return .ok("\(image.id)\n") }
        return .ok(stderr: progress(dockerfile, image, flags))
    }

    private func read(_ context: BuildContext, _ flags: ToolFlags) async throws -> Dockerfile {
        guard try await docker.shell.base.status(of: context.folder)?.isFolder ?? false else {
            throw Refusal(message: "unable to prepare context: path \"\(flags.operands[0])\" not found")
        }
        let name = flags["file"] ?? "Dockerfile"
        guard let status = try await docker.shell.base.status(of: context.dockerfilePath), !status.isFolder else {
            throw Refusal(
                message:
                    "failed to build: failed to solve: failed to read dockerfile: open \(name.split(separator: "/").last.map(String.init) ?? name): no such file or directory"
            )
        }
        do {
            return try await context.dockerfile(in: docker.shell.base)
        } catch let error as Dockerfile.ParseError {
            let place = error.line > 0 ? " on line \(error.line)" : ""
            throw Refusal(message: "failed to build: failed to solve: dockerfile parse error\(place): \(error.message)")
        }
    }

    private func check(_ dockerfile: Dockerfile, _ flags: ToolFlags) -> ToolAnswer {
        let warnings = dockerfile.warnings
        let ignoresStatus = flags["call"]?.contains("ignorestatus=true") ?? false
        let status = warnings.isEmpty || ignoresStatus ? 0 : 1
        guard flags["call"]?.contains("format=json") ?? false else {
            let text = warnings.map { "WARNING: \($0.rule)\n\($0.message)\nDockerfile:\($0.line)\n" }.joined(
                separator: "\n")
            let summary =
                warnings.isEmpty
                ? "Check complete, no warnings found.\n"
                : "Check complete, \(warnings.count) warnings have been found!\n\n"
            return ToolAnswer(status: status, stdout: summary + text)
        }
        let answer: LuaValue = [
            "warnings": .list(
                warnings.map { warning in
                    let position: LuaValue = ["line": .integer(Int64(warning.line)), "character": 0]
                    return [
                        "ruleName": .string(warning.rule), "description": .string(warning.message),
                        "detail": .string(warning.message),
                        "location": ["ranges": [["start": position, "end": position]]],
                    ]
                }), "sources": .list([]),
        ]
        return ToolAnswer(status: status, stdout: JSONText.encode(answer, pretty: true) + "\n")
    }

    private func progress(_ dockerfile: Dockerfile, _ image: SimulatedImage, _ flags: ToolFlags) -> String {
        var lines = [
            "#0 building with \"default\" instance using docker driver", "",
            "#1 [internal] load build definition from \(flags["file"] ?? "Dockerfile")", "#1 DONE 0.0s", "",
        ]
        let steps = dockerfile.instructions.filter { ["FROM", "RUN", "COPY", "ADD", "WORKDIR"].contains($0.name) }
        for (index, step) in steps.enumerated() {
            lines.append(
                "#\(index + 2) [\(index + 1)/\(steps.count)] \(step.name) \(CommandFailure.short(step.arguments))")
            lines += ["#\(index + 2) DONE 0.1s", ""]
        }
        let last = steps.count + 2
        lines += ["#\(last) exporting to image", "#\(last) writing image \(image.id) done"]
        lines += flags.all("tag").map { "#\(last) naming to \(ImageName.full($0)) done" }
        lines.append("#\(last) DONE 0.0s")
        return lines.joined(separator: "\n") + "\n"
    }
}
