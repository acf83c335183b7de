import RunbookLua
import RunbookSpec

/// `docker`: names of images, and their way between engines, registries and files.
enum DockerTransfer {
    static let tag = ModuleFunction(
        FunctionSpec(
            "tag", summary: "Give an image a further name",
            details: "Undo gives the name back to the image that had it, or removes it.", effect: .write,
            parameters: [
                .required("source", .string, "the image"), .required("target", .string, "the further name"),
            ] + DockerCommand.common(timeout: "30s"), returns: ReturnSpec(.string, "the further name"),
            examples: [ExampleSpec("docker.tag { source = \"todo-backend:v1.0.0\", target = \"todo-backend:stable\" }")]
        )
    ) { arguments, call in
        let target = arguments.string("target")
        var line = ToolLine(["tag"])
        try line.operands([arguments.string("source"), target], of: arguments)
        let change = Change(
            .modify, "image", target, summary: "is \(arguments.string("source"))", isIdempotent: true,
            capability: "docker",
            inverse: { try await DockerTags.inverse([target], arguments, in: $0, call) },
            tookEffect: { world in
                let source = try await DockerImage.find(arguments.string("source"), arguments, in: world, call)
                return try await DockerImage.find(target, arguments, in: world, call)?.id == source?.id
            })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .string(target)
    }

    static let pull = ModuleFunction(
        FunctionSpec(
            "pull", summary: "Fetch an image from its registry",
            details: "Undo removes an image that was not there before.", effect: .write,
            parameters: [
                .required("image", .string, "its name"), ParameterSpec("platform", .string, "such as `linux/amd64`"),
            ] + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(imageRecord), examples: [ExampleSpec("docker.pull { image = \"postgres:16-alpine\" }")])
    ) { arguments, call in
        let name = arguments.string("image")
        var line = ToolLine(["pull"])
        line.option("--platform", arguments.optionalString("platform"))
        try line.operands([name], of: arguments)
        let change = Change(
            .create, "image", name, isIdempotent: true, capability: "docker",
            inverse: { try await DockerTags.removal(of: [name], arguments, in: $0, call) },
            difference: { world in
                let isThere = try await DockerImage.find(name, arguments, in: world, call) != nil
                return Difference(summary: isThere ? "there already; a newer one would replace it" : "not there yet")
            },
            // One that is there may be the earlier one.
            tookEffect: { try await DockerImage.find(name, arguments, in: $0, call) == nil ? false : nil })
        guard try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(600)), change) != nil else {
            return predicted(name, call)
        }
        return .table(
            LuaTable(try await DockerImages.required(arguments, call).fields(named: name).map { (.string($0.0), $0.1) })
        )
    }

    static let push = ModuleFunction(
        FunctionSpec(
            "push", summary: "Send an image to its registry", details: "It cannot be undone.", effect: .write,
            parameters: [
                .required("image", .string, "its name, with the registry")
            ] + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(imageRecord),
            examples: [ExampleSpec("docker.push { image = \"registry.example.com/todo-backend:v1.0.0\" }")])
    ) { arguments, call in
        let name = arguments.string("image")
        var line = ToolLine(["push"])
        try line.operands([name], of: arguments)
        let change = Change(.modify, "registry", name, isIdempotent: true, capability: "docker")
        guard try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(600)), change) != nil else {
            return predicted(name, call)
        }
        return .table(
            LuaTable(try await DockerImages.required(arguments, call).fields(named: name).map { (.string($0.0), $0.1) })
        )
    }

    static let save = ModuleFunction(
        FunctionSpec(
            "save", summary: "Write images to a tar file", effect: .write,
            parameters: [
                .required("image", .either([.string, .list(.string)]), "the image, or a list"),
                .required("file", .path, "the file to write"),
            ] + DockerCommand.common(timeout: "10m"), returns: ReturnSpec(.string, "the file"),
            examples: [ExampleSpec("docker.save { image = \"todo-backend:v1.0.0\", file = \"backend.tar\" }")])
    ) { arguments, call in
        let file = arguments.string("file")
        var line = ToolLine(["save", "--output", file])
        try line.operands(arguments.strings("image"), of: arguments)
        let change = Change(
            .create, "file", file, summary: arguments.strings("image").joined(separator: ", "), isIdempotent: true,
            capability: "docker",
            inverse: { try await FileInverse.of(file, $0) })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(600)), change)
        return .string(file)
    }

    static let load = ModuleFunction(
        FunctionSpec(
            "load", summary: "Take images in from a tar file",
            details: """
                Images of the same names are replaced. Undo gives each name back to the image that had it; it looks into the file for
                the names, by `tar`.
                """, effect: .write,
            parameters: [.required("file", .path, "the file")] + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(.list(.string), "the names of the images"),
            examples: [ExampleSpec("docker.load { file = \"backend.tar\" }")])
    ) { arguments, call in
        let file = arguments.string("file")
        var line = ToolLine(["load", "--input", file])
        try line.operands([], of: arguments)
        let change = Change(
            .create, "image", file, summary: "docker load", isIdempotent: true, capability: "docker",
            inverse: { world in
                let saved = try await savedNames(in: file, world)
                return saved.isEmpty ? nil : try await DockerTags.inverse(saved, arguments, in: world, call)
            },
            difference: { world in
                Difference(lines: try await savedNames(in: file, world).map { "+ \($0)" })
            })
        guard let result = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(600)), change)
        else { return call.unknown("images in \(file)") }
        let names = result.text.split(whereSeparator: \.isNewline).compactMap { line -> LuaValue? in
            for mark in ["Loaded image: ", "Loaded image ID: "] where line.hasPrefix(mark) {
                return .string(String(line.dropFirst(mark.count)))
            }
            return nil
        }
        return .list(names)
    }

    static let rmi = ModuleFunction(
        FunctionSpec(
            "rmi", summary: "Remove images, or names of images",
            details: "A name that is not there is no error. Undo works for an image that keeps another name.",
            effect: .write,
            parameters: [
                .required("image", .either([.string, .list(.string)]), "the image, or a list"),
                ParameterSpec("force", .boolean, default: "false", "true: also when a stopped container uses it"),
            ] + DockerCommand.common(timeout: "60s"), returns: ReturnSpec(.boolean, "true when something was removed"),
            examples: [ExampleSpec("docker.rmi { image = \"todo-backend:old\" }")])
    ) { arguments, call in
        let names = arguments.strings("image")
        var line = ToolLine(["rmi"])
        line.flag("--force", if: arguments.boolean("force"))
        try line.operands(names, of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(60))
        let change = Change(
            .delete, "image", names.joined(separator: ", "), isIdempotent: true, capability: "docker",
            inverse: { try await renaming(names, arguments, in: $0, call) },
            tookEffect: { world in
                for name in names where try await DockerImage.find(name, arguments, in: world, call) != nil {
                    return false
                }
                return true
            })
        guard case .process(let result)? = try await call.write(.process(command), change) else { return true }
        if result.succeeded { return true }
        if DockerCommand.saysMissing(result), !result.errorText.lowercased().contains("conflict") {
            return .boolean(!result.stdout.isEmpty)
        }
        throw call.failure(of: command, result)
    }

    private static func renaming(
        _ names: [String], _ arguments: Arguments, in world: any World, _ call: CallContext
    ) async throws -> Inverse? {
        var commands: [InverseCommand] = []
        for name in names {
            guard let image = try await DockerImage.find(name, arguments, in: world, call), image.tags.count > 1,
                image.tags.contains(name)
            else { return nil }
            commands.append(InverseCommand(DockerCommand.reaching(arguments) + ["tag", image.id, name], timeout: 60))
        }
        return Inverse("docker tag … \(names.joined(separator: " "))", commands: commands)
    }

    private struct Manifest: Decodable {
        var tags: [String]?
        enum CodingKeys: String, CodingKey { case tags = "RepoTags" }
    }

    /// The names that a saved file holds.
    static func savedNames(in file: String, _ world: any World) async throws -> [String] {
        let command = Command(["tar", "-xOf", file, "manifest.json"], timeout: .seconds(60), isQuiet: true)
        let result = try await world.read(command)
        guard result.succeeded else {
            throw RunbookError(
                .missing, "\(file) is no saved image: \(OutputLines.last(1, of: result.stderr).first ?? "no manifest")")
        }
        return try ToolJSON.decode([Manifest].self, result, of: command).flatMap { $0.tags ?? [] }
    }

    private static func predicted(_ name: String, _ call: CallContext) -> LuaValue {
        [
            "image": .string(name), "id": call.unknown("id of \(name)"), "size": call.unknown("size of \(name)"),
            "tags": [.string(name)], "digests": call.unknown("digests of \(name)"),
            "created": call.unknown("age of \(name)"), "platform": call.unknown("platform of \(name)"),
        ]
    }

    private static let imageRecord = ValueType.record([
        .required("image", .string, "the name"), .required("id", .string, "the id"),
        .required("size", .integer, "bytes"), .required("tags", .list(.string), "all its names"),
        .required("digests", .list(.string), "its digests in registries"),
        .required("created", .string, "when it was built"), .required("platform", .string, "such as `linux/amd64`"),
    ])
}
