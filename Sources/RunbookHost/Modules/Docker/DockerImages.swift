import RunbookLua
import RunbookSpec

/// `docker`: reads of images and other objects.
enum DockerImages {
    static let images = ModuleFunction(
        FunctionSpec(
            "images", summary: "List images with their exact sizes", effect: .read,
            parameters: [
                ParameterSpec("reference", .string, "only images of this name or pattern, such as `todo-*`"),
                ParameterSpec("filters", .map(.string), "docker's filters, such as `{ dangling = \"true\" }`"),
                ParameterSpec("all", .boolean, default: "false", "true: with images that have no name"),
            ] + DockerCommand.common(timeout: "60s"),
            returns: ReturnSpec(.list(DockerImages.record), "one entry a name; newest first"),
            examples: [
                ExampleSpec("for _, image in ipairs(docker.images { reference = \"todo-*\" }) do print(image.name) end")
            ])
    ) { arguments, call in
        // A user's settings can change what a list looks like, so the format is always given.
        var line = ToolLine(["image", "ls", "--no-trunc", "--format", "{{json .}}"])
        line.flag("--all", if: arguments.boolean("all"))
        line.option("--filter", each: arguments.map("filters").map { "\($0.name)=\($0.value)" })
        try line.operands(arguments.optionalString("reference").map { [$0] } ?? [], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(60), isQuiet: true)
        let rows = try ToolJSON.decodeLines(ImageRow.self, try await call.read(command), of: command)
        if rows.isEmpty { return .list([]) }
        // A list has sizes for people only ("259MB"); inspect has bytes.
        var seen: Set<String> = []
        let ids = rows.map(\.id).filter { seen.insert($0).inserted }
        let inspect = DockerCommand.query(["image", "inspect"] + ids, arguments)
        let told = try await call.world.read(inspect)
        // An image may go between the two; docker then tells of the others and exits 1.
        guard told.succeeded || DockerCommand.saysMissing(told) else { throw call.failure(of: inspect, told) }
        let details = try ToolJSON.decode([DockerImage].self, told, of: inspect)
        let byID = Dictionary(details.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return .list(rows.map { $0.value(byID[$0.id]) })
    }

    private struct ImageRow: Decodable {
        var id: String
        var repository: String
        var tag: String
        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case repository = "Repository"
            case tag = "Tag"
        }

        func value(_ image: DockerImage?) -> LuaValue {
            let hasName = repository != "<none>" && tag != "<none>"
            return [
                "id": .string(id), "name": hasName ? .string("\(repository):\(tag)") : .nil,
                "repository": repository == "<none>" ? .nil : .string(repository),
                "tag": tag == "<none>" ? .nil : .string(tag), "size": .integer(Int64(image?.size ?? 0)),
                "created": image.map { .string($0.created) } ?? .nil,
            ]
        }
    }

    private static let record = ValueType.record([
        .required("id", .string, "the id"), ParameterSpec("name", .string, "name and tag; nil for one without"),
        ParameterSpec("repository", .string, "the name"), ParameterSpec("tag", .string, "the tag"),
        .required("size", .integer, "bytes"), ParameterSpec("created", .string, "when it was built"),
    ])

    static let inspect = ModuleFunction(
        FunctionSpec(
            "inspect", summary: "Tell all that docker knows of a container, image, volume or network",
            details: "The table is docker's own. What does not exist gives nil.", effect: .read,
            parameters: [
                .required("name", .string, "its name or id"),
                ParameterSpec("type", .enumeration(["container", "image", "volume", "network"]), "what it is"),
            ] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(.any, "docker's table, or nil"),
            examples: [ExampleSpec("docker.inspect { name = \"todo-backend:v1.0.0\", type = \"image\" }")])
    ) { arguments, call in
        var line = ToolLine(["inspect", "--format", "{{json .}}"])
        line.option("--type", arguments.optionalString("type"))
        try line.operands([arguments.string("name")], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true)
        let result = try await call.world.read(command)
        if !result.succeeded {
            guard DockerCommand.saysMissing(result) else { throw call.failure(of: command, result) }
            let maker = call.isPreview ? planned(arguments.string("name"), call) : nil
            return maker.map { UnknownValue.make(call.function, from: $0) } ?? .nil
        }
        return .json(result.stdout)
    }

    static let exists = ModuleFunction(
        FunctionSpec(
            "exists", summary: "Tell whether the engine has an image", effect: .read,
            parameters: [.required("image", .string, "its name or id"), DockerCommand.engine],
            returns: ReturnSpec(.boolean, "true when it has"),
            examples: [ExampleSpec("docker.exists { image = \"todo-backend:v1.0.0\" }")])
    ) { arguments, call in
        // What the run itself makes first is there by then.
        if call.isPreview, planned(arguments.string("image"), call) != nil { return true }
        return try await .boolean(find(arguments, call) != nil)
    }

    static let size = ModuleFunction(
        FunctionSpec(
            "size", summary: "Tell the size of an image, and hold it to a limit",
            details:
                "The number is the engine's: with containerd's store it counts compressed content, so sizes of different engines do not compare.",
            effect: .read,
            parameters: [
                .required("image", .string, "its name or id"),
                ParameterSpec("max_size", .size, "a larger image is an error"), DockerCommand.engine,
            ], returns: ReturnSpec(.integer, "bytes"),
            examples: [ExampleSpec("docker.size { image = \"todo-backend:v1.0.0\", max_size = \"500MB\" }")])
    ) { arguments, call in
        if call.isPreview, let number = planned(arguments.string("image"), call) {
            return UnknownValue.make(call.function, from: number)
        }
        let image = try await required(arguments, call)
        if let limit = arguments.size("max_size"), image.size > limit {
            throw RunbookError(
                .failed,
                "image \(arguments.string("image")) is \(SizeText.of(image.size)) (\(image.size) bytes), over its limit of \(SizeText.of(limit))",
                remedy: "see what its layers hold: docker history \(arguments.string("image"))")
        }
        return .integer(Int64(image.size))
    }

    static let history = ModuleFunction(
        FunctionSpec(
            "history", summary: "List the layers of an image", effect: .read,
            parameters: [.required("image", .string, "its name or id")] + DockerCommand.common(timeout: "30s"),
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("created_by", .string, "the instruction"), .required("size", .integer, "bytes"),
                        .required("created", .string, "when"), .required("comment", .string, "the builder's remark"),
                    ])), "newest layer first"),
            examples: [ExampleSpec("docker.history { image = \"todo-backend:v1.0.0\" }")])
    ) { arguments, call in
        var line = ToolLine(["image", "history", "--no-trunc", "--human=false", "--format", "{{json .}}"])
        try line.operands([arguments.string("image")], of: arguments)
        let command = DockerCommand.make(line, arguments, timeout: .seconds(30), isQuiet: true)
        let layers = try ToolJSON.decodeLines(Layer.self, try await call.read(command), of: command)
        return .list(
            layers.map {
                [
                    "created_by": .string($0.createdBy), "size": .integer(Int64($0.size) ?? 0),
                    "created": .string($0.created), "comment": .string($0.comment),
                ]
            })
    }

    private struct Layer: Decodable {
        var createdBy: String
        var size: String
        var created: String
        var comment: String
        enum CodingKeys: String, CodingKey {
            case createdBy = "CreatedBy"
            case size = "Size"
            case created = "CreatedAt"
            case comment = "Comment"
        }
    }

    /// The image that the call names, or nil.
    static func find(_ arguments: Arguments, _ call: CallContext) async throws -> DockerImage? {
        try await DockerImage.find(arguments.string("image"), arguments, in: call.world, call)
    }

    /// The number of the change of a preview that makes an image or a container of this name, or gives an image the name.
    private static func planned(_ name: String, _ call: CallContext) -> Int? {
        let plan = call.run.plan
        return plan.maker(of: "image", name, orAltered: true) ?? plan.maker(of: "container", name)
    }

    /// The image that the call names.
    ///
    /// - Throws: `RunbookError` with code `missing` when the engine does not have it.
    static func required(_ arguments: Arguments, _ call: CallContext) async throws -> DockerImage {
        guard let image = try await find(arguments, call) else {
            throw RunbookError(
                .missing, "docker has no image \(arguments.string("image"))", remedy: "build or pull it first")
        }
        return image
    }
}
