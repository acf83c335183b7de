import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `docker.build`: one call for both builders, with a budget for the size of the image.
enum DockerBuild {
    static let build = ModuleFunction(
        FunctionSpec(
            "build", summary: "Build an image from a Dockerfile",
            details: """
                Uses BuildKit where docker has the buildx plugin, and the legacy builder otherwise. An image over `max_size` is an
                error that names the image, its size and the limit. `secrets` are mounted for the build (`RUN --mount=type=secret,id=NAME`)
                and stand neither in the image nor in an argument list.

                A preview makes sure that the context and the Dockerfile are there and shows what `docker build --check` says of it.
                Undo gives the tag back to the image that had it, or removes it.
                """,
            effect: .write,
            parameters: [
                .required("tag", .either([.string, .list(.string)]), "the image's name, or a list of names"),
                ParameterSpec("context", .path, default: "\".\"", "the folder that is sent to the builder"),
                ParameterSpec("file", .path, "the Dockerfile; the context's own when left out"),
                ParameterSpec("target", .string, "the stage to build"),
                ParameterSpec("build_args", .map(.string), "values for the Dockerfile's ARGs; no secrets"),
                ParameterSpec("secrets", .map(.text), "secrets that the build mounts, by id"),
                ParameterSpec("platform", .string, "such as `linux/amd64`"),
                ParameterSpec("pull", .boolean, default: "false", "true: look for newer base images"),
                ParameterSpec("no_cache", .boolean, default: "false", "true: build every layer again"),
                ParameterSpec("cache_from", .list(.string), "images to take layers from"),
                ParameterSpec("network", .string, "the network of RUN instructions, such as `none`"),
                ParameterSpec("labels", .map(.string), "labels of the image"),
                ParameterSpec("builder", .string, "the buildx builder; the engine's own when left out"),
                ParameterSpec("metadata_file", .path, "where buildx writes what it knows of the build"),
                ParameterSpec("max_size", .size, "the largest image that is accepted"),
            ] + DockerCommand.common(timeout: "20m"),
            returns: ReturnSpec(
                .record([
                    .required("image", .string, "the first tag"), .required("id", .string, "the image's id"),
                    .required("size", .integer, "bytes, as the engine counts them"),
                    .required("ms", .integer, "how long the build took"),
                    .required("builder", .enumeration(["buildx", "legacy"]), "what built it"),
                    ParameterSpec("metadata", .any, "with `metadata_file`: its content"),
                ])),
            examples: [
                ExampleSpec(
                    "docker.build { context = \"backend\", tag = \"todo-backend:v1.0.0\", max_size = \"500MB\" }",
                    title: "Build with a limit on the size")
            ])
    ) { arguments, call in
        let request = try BuildRequest(arguments)
        let builder = try await call.reading(else: BuildRequest.Builder.buildx(nil)) {
            try await DockerPlugins.builder(arguments, call)
        }
        let command = try request.command(for: builder)
        if !call.isPreview { try await request.context?.checkPresence(call.function, in: call.world) }
        let change = Change(
            .create, "image", request.tags.joined(separator: ", "), summary: "docker build \(request.contextPath)",
            isIdempotent: true, capability: "docker",
            inverse: { try await request.inverse(in: $0, call) },
            difference: { try await BuildPreview(request: request, builder: builder, call: call).difference(in: $0) },
            preliminary: { try await BuildPreview(request: request, builder: .legacy, call: call).preliminary(in: $0) })
        guard let result = try await call.write(command, change) else {
            return [
                "image": .string(request.tag), "id": call.unknown("id of \(request.tag)"),
                "size": call.unknown("size of \(request.tag)"), "ms": 0, "builder": .string(builder.name),
            ]
        }
        guard let image = try await DockerImage.find(request.tag, arguments, in: call.world, call) else {
            throw RunbookError(
                .command, "docker build ended well, and the engine has no image \(request.tag)",
                remedy: "a builder of its own keeps what it builds: add args = { \"--load\" }")
        }
        try request.checkSize(of: image, call)
        var fields: [(String, LuaValue)] = [
            ("image", .string(request.tag)), ("id", .string(image.id)), ("size", .integer(Int64(image.size))),
            ("ms", .integer(Int64(result.milliseconds))), ("builder", .string(builder.name)),
        ]
        if let path = arguments.optionalString("metadata_file") {
            fields.append(("metadata", .json(try await call.world.contents(of: path))))
        }
        return .table(LuaTable(fields.map { (.string($0.0), $0.1) }))
    }
}

/// What a call of `docker.build` asks for.
struct BuildRequest: Sendable {
    /// What builds the image.
    enum Builder: Sendable, Equatable {
        /// BuildKit by the plugin of this version; nil when that is not known.
        case buildx(ToolVersion?)
        /// The engine's own old builder.
        case legacy

        var name: String { self == .legacy ? "legacy" : "buildx" }
    }

    let arguments: Arguments
    let tags: [String]
    let contextPath: String

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        tags = arguments.strings("tag")
        contextPath = arguments.optionalString("context") ?? "."
        guard let first = tags.first, !first.isEmpty else {
            throw RunbookError(.argument, "`\(arguments.function)`: `tag` is empty")
        }
        for id in arguments.texts("secrets").map(\.name) where !Self.isPlain(id) {
            throw RunbookError(
                .argument, "`\(arguments.function)`: the secret id \"\(id)\" may hold letters, digits, _ . - only")
        }
    }

    /// The name that the image is known by.
    var tag: String { tags[0] }

    /// The folder that is built, or nil for one that is not on this machine.
    var context: BuildContext? {
        BuildContext.isRemote(contextPath)
            ? nil : BuildContext(folder: contextPath, file: arguments.optionalString("file"))
    }

    private static func isPlain(_ id: String) -> Bool {
        !id.isEmpty && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
    }

    /// The build.
    ///
    /// - Throws: `RunbookError` with code `missing` for what the legacy builder cannot do.
    func command(for builder: Builder) throws -> Command {
        var line = ToolLine(["build"])
        var environment: [String: SensitiveText] = ["DOCKER_BUILDKIT": builder == .legacy ? "0" : "1"]
        if builder == .legacy {
            // The legacy builder answers each of these with "unknown flag" and code 125.
            for option in ["secrets", "builder", "metadata_file"] where arguments.has(option) {
                throw RunbookError(
                    .missing,
                    "`\(arguments.function)`: `\(option)` needs BuildKit, and docker has no buildx plugin here",
                    remedy: "install the docker-buildx plugin")
            }
        } else {
            line.add("--progress", "plain")
        }
        options(&line)
        line.option("--builder", arguments.optionalString("builder"))
        line.option("--metadata-file", arguments.optionalString("metadata_file"))
        for secret in arguments.texts("secrets") {
            let variable =
                "RUNBOOK_SECRET_" + secret.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
            line.add("--secret", "id=\(secret.name),env=\(variable)")
            environment[variable] = secret.value
        }
        try line.operands([contextPath], of: arguments)
        return DockerCommand.make(line, arguments, timeout: .seconds(1200), environment: environment)
    }

    /// The check of the Dockerfile that changes nothing; needs buildx 0.15.
    func checkCommand() throws -> Command {
        // Any warning makes the check fail, unless it is told to ignore that.
        var line = ToolLine(["build", "--call=check,format=json,ignorestatus=true"])
        options(&line, isCheck: true)
        try line.operands([contextPath], of: arguments)
        var command = DockerCommand.make(
            line, arguments, timeout: .seconds(60), environment: ["DOCKER_BUILDKIT": "1"], isQuiet: true)
        command.timeout = .seconds(60)
        return command
    }

    private func options(_ line: inout ToolLine, isCheck: Bool = false) {
        if !isCheck { line.option("--tag", each: tags) }
        line.option("--file", arguments.optionalString("file"))
        line.option("--target", arguments.optionalString("target"))
        line.option("--build-arg", each: arguments.map("build_args").map { "\($0.name)=\($0.value)" })
        line.option("--platform", arguments.optionalString("platform"))
        if isCheck { return }
        line.option("--label", each: arguments.map("labels").map { "\($0.name)=\($0.value)" })
        line.option("--network", arguments.optionalString("network"))
        line.option("--cache-from", each: arguments.strings("cache_from"))
        line.flag("--pull", if: arguments.boolean("pull"))
        line.flag("--no-cache", if: arguments.boolean("no_cache"))
    }

    /// Gives each tag back to the image that has it now, or takes it away.
    func inverse(in world: any World, _ call: CallContext) async throws -> Inverse? {
        try await DockerTags.inverse(tags, arguments, in: world, call)
    }

    /// Holds the image to its budget.
    ///
    /// - Throws: `RunbookError` with code `failed` that names the image, its size and the limit.
    func checkSize(of image: DockerImage, _ call: CallContext) throws {
        guard let limit = arguments.size("max_size") else {
            call.remark("\(tag)  \(SizeText.of(image.size))")
            return
        }
        call.remark("\(tag)  \(SizeText.of(image.size)) of \(SizeText.of(limit))")
        guard image.size > limit else { return }
        throw RunbookError(
            .failed,
            "image \(tag) is \(SizeText.of(image.size)) (\(image.size) bytes), over its limit of \(SizeText.of(limit))",
            remedy: "see what its layers hold: docker history \(tag)")
    }
}
