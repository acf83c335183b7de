import RunbookLua
import RunbookSpec

/// `minikube`: images in the cluster.
enum MinikubeImages {
    static let load = ModuleFunction(
        FunctionSpec(
            "image_load", summary: "Bring an image from docker, or from a file, into the cluster",
            details: """
                minikube exits 0 even when the image did not arrive, so the cluster's images are listed afterwards: one that is not
                among them is an error. Undo removes an image that was not there before.
                """,
            effect: .write,
            parameters: [
                ParameterSpec("image", .string, "the image's name"),
                ParameterSpec("file", .path, "a file of `docker save` in place of a name"),
                ParameterSpec("overwrite", .boolean, default: "true", "false: keep an image that is there"),
                ParameterSpec("daemon", .boolean, default: "false", "true: look in docker only, not in a registry"),
            ] + MinikubeCommand.common(timeout: "10m"),
            returns: ReturnSpec(
                .record([
                    .required("image", .string, "the name"), .required("id", .string, "the id in the cluster"),
                    .required("size", .integer, "bytes"), .required("ms", .integer, "how long it took"),
                ])), examples: [ExampleSpec("minikube.image_load { image = \"todo-backend:v1.0.0\" }")])
    ) { arguments, call in
        guard let source = arguments.optionalString("image") ?? arguments.optionalString("file"),
            arguments.has("image") != arguments.has("file")
        else { throw RunbookError(.argument, "`minikube.image_load` needs either `image` or `file`") }
        let command = try MinikubeCommand.make(["image", "load"], arguments, timeout: .seconds(600)) { line in
            line.flag("--daemon", if: arguments.boolean("daemon"))
            if arguments.has("overwrite") { line.add("--overwrite=\(arguments.boolean("overwrite"))") }
            try line.operands([source], of: arguments)
        }
        let isFile = arguments.has("file")
        let change = Change(
            .create, "image", source, summary: "into \(MinikubeCommand.profile(arguments))", isIdempotent: true,
            capability: "minikube",
            inverse: { isFile ? nil : try await ClusterImage.removal(of: source, arguments, in: $0, call) },
            difference: { try await presence(of: source, arguments, in: $0, call) },
            // One that is there may be an earlier one.
            tookEffect: { world in
                if isFile { return nil }
                return try await ClusterImage.find(source, arguments, in: world, call) == nil ? false : nil
            })
        guard case .process(let result)? = try await call.write(.process(command), change) else {
            return predicted(source, call)
        }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        let names = isFile ? try await DockerTransfer.savedNames(in: source, call.world) : [source]
        var value: LuaValue = .nil
        for name in names {
            value = try await ClusterImage.verified(name, arguments, result, call)
        }
        return value
    }

    static let build = ModuleFunction(
        FunctionSpec(
            "image_build", summary: "Build an image inside the cluster",
            details: "The cluster's images are listed afterwards: an image that is not among them is an error.",
            effect: .write,
            parameters: [
                .required("tag", .string, "the image's name"),
                ParameterSpec("context", .path, default: "\".\"", "the folder that is sent"),
                ParameterSpec("file", .string, "the Dockerfile, as minikube takes it: relative to the context"),
                ParameterSpec("build_options", .list(.string), "options of the build, such as `no-cache`"),
            ] + MinikubeCommand.common(timeout: "20m"),
            returns: ReturnSpec(
                .record([
                    .required("image", .string, "the name"), .required("id", .string, "the id in the cluster"),
                    .required("size", .integer, "bytes"), .required("ms", .integer, "how long it took"),
                ])),
            examples: [ExampleSpec("minikube.image_build { tag = \"todo-backend:v1.0.0\", context = \"backend\" }")])
    ) { arguments, call in
        let tag = arguments.string("tag")
        let command = try MinikubeCommand.make(["image", "build"], arguments, timeout: .seconds(1200)) { line in
            line.option("--tag", tag)
            line.option("--file", arguments.optionalString("file"))
            line.option("--build-opt", each: arguments.strings("build_options"))
            try line.operands([arguments.optionalString("context") ?? "."], of: arguments)
        }
        let change = Change(
            .create, "image", tag, summary: "in \(MinikubeCommand.profile(arguments))", isIdempotent: true,
            capability: "minikube",
            inverse: { try await ClusterImage.removal(of: tag, arguments, in: $0, call) },
            difference: { try await presence(of: tag, arguments, in: $0, call) })
        guard case .process(let result)? = try await call.write(.process(command), change) else {
            return predicted(tag, call)
        }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return try await ClusterImage.verified(tag, arguments, result, call)
    }

    static let list = ModuleFunction(
        FunctionSpec(
            "image_ls", summary: "List the images in the cluster", effect: .read,
            parameters: MinikubeCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("id", .string, "the id"), .required("tags", .list(.string), "its names"),
                        .required("digests", .list(.string), "its digests"), .required("size", .integer, "bytes"),
                    ]))), examples: [ExampleSpec("for _, image in ipairs(minikube.image_ls()) do print(image.id) end")])
    ) { arguments, call in
        .list(try await ClusterImage.all(arguments, in: call.world, call, own: true).map(\.value))
    }

    static let remove = ModuleFunction(
        FunctionSpec(
            "image_rm", summary: "Remove an image from the cluster", details: "It cannot be undone.", effect: .write,
            parameters: [.required("image", .string, "its name")] + MinikubeCommand.common(timeout: "60s"),
            examples: [ExampleSpec("minikube.image_rm { image = \"todo-backend:old\" }")])
    ) { arguments, call in
        let name = arguments.string("image")
        let command = try MinikubeCommand.make(["image", "rm"], arguments, timeout: .seconds(60)) {
            try $0.operands([name], of: arguments)
        }
        let change = Change(
            .delete, "image", name, summary: "from \(MinikubeCommand.profile(arguments))", isIdempotent: true,
            capability: "minikube",
            difference: { try await presence(of: name, arguments, in: $0, call) })
        guard case .process(let result)? = try await call.write(.process(command), change) else { return .nil }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return .nil
    }

    private static func presence(
        of name: String, _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> Difference {
        let image = try await ClusterImage.find(name, arguments, in: world, call)
        return Difference(summary: image.map { "there already, \(DockerTags.short($0.id))" } ?? "not there yet")
    }

    private static func predicted(_ name: String, _ call: CallContext) -> LuaValue {
        ["image": .string(name), "id": call.unknown("id of \(name)"), "size": call.unknown("size of \(name)"), "ms": 0]
    }
}

/// An image in the cluster, as `minikube image ls --format json` tells it.
struct ClusterImage: Decodable, Sendable {
    let id: String
    let tags: [String]
    let digests: [String]
    let size: Int

    private enum CodingKeys: String, CodingKey {
        case id
        case tags = "repoTags"
        case digests = "repoDigests"
        case size
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        tags = try fields.decodeIfPresent([String].self, forKey: .tags) ?? []
        digests = try fields.decodeIfPresent([String].self, forKey: .digests) ?? []
        // A text in the versions that we know.
        size =
            (try? fields.decode(String.self, forKey: .size)).flatMap { Int($0) }
            ?? (try? fields.decode(Int.self, forKey: .size)) ?? 0
    }

    var value: LuaValue {
        [
            "id": .string(id), "tags": .list(tags.map { .string($0) }), "digests": .list(digests.map { .string($0) }),
            "size": .integer(Int64(size)),
        ]
    }

    static func all(_ arguments: Arguments, in world: any World, _ call: CallContext, own: Bool = false) async throws
        -> [ClusterImage]
    {
        let command = MinikubeCommand.query(
            ["image", "ls", "--format", "json"], arguments, timeout: .seconds(60), own: own)
        let result = try await world.read(command)
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        // Go writes a list of nothing as `null`.
        return try ToolJSON.decode([ClusterImage]?.self, result, of: command) ?? []
    }

    static func find(
        _ name: String, _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> ClusterImage? {
        let wanted = ImageName.full(name)
        return try await all(arguments, in: world, call).first { image in
            image.tags.contains { ImageName.full($0) == wanted }
                || image.digests.contains { ImageName.full($0) == wanted }
        }
    }

    /// The image as a script sees it, once it is certain that the cluster has it.
    ///
    /// - Throws: `RunbookError` with code `failed` that names the image and the profile.
    static func verified(
        _ name: String, _ arguments: Arguments, _ result: ProcessResult, _ call: CallContext
    ) async throws -> LuaValue {
        guard let image = try await find(name, arguments, in: call.world, call) else {
            throw RunbookError(
                .failed,
                "image \(name) did not arrive in minikube's profile \(MinikubeCommand.profile(arguments)), though minikube exited 0",
                details: OutputLines.last(8, of: result.stderr),
                remedy: "is the image in docker (docker image ls), and does the node run (minikube status)?")
        }
        return [
            "image": .string(name), "id": .string(image.id), "size": .integer(Int64(image.size)),
            "ms": .integer(Int64(result.milliseconds)),
        ]
    }

    static func removal(
        of name: String, _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> Inverse? {
        guard try await find(name, arguments, in: world, call) == nil else { return nil }
        return Inverse(
            "minikube image rm \(name)",
            commands: [InverseCommand(MinikubeCommand.undoing(["image", "rm"], arguments) + [name], timeout: 60)])
    }
}

/// Names of images.
enum ImageName {
    /// The name in full: `todo:v1` is `docker.io/library/todo:v1`.
    static func full(_ name: String) -> String {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let first = parts[0]
        if parts.count == 1 {
            parts = ["docker.io", "library", first]
        } else if !first.contains("."), !first.contains(":"), first != "localhost" {
            parts.insert("docker.io", at: 0)
        } else if first == "docker.io", parts.count == 2 {
            parts.insert("library", at: 1)
        }
        let last = parts[parts.count - 1]
        if !last.contains(":") && !last.contains("@") { parts[parts.count - 1] = last + ":latest" }
        return parts.joined(separator: "/")
    }
}
