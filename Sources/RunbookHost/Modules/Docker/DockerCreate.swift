import RunbookLua
import RunbookSpec

/// `docker.create`, `commit`, `export`, `import` and `shell`: containers that are made, kept and looked into.
enum DockerCreate {
    static let functions = [create, commit, export, importImage, shell]

    private static let create = ModuleFunction(
        FunctionSpec(
            "create", summary: "Make a container without starting it", details: "Undo removes one that has a `name`.",
            effect: .write, parameters: DockerRun.container + DockerCommand.common(timeout: "10m"),
            returns: ReturnSpec(.string, "the container's id"),
            examples: [ExampleSpec("docker.create { image = \"todo-backend:v1.0.0\", name = \"todo-backend\" }")])
    ) { arguments, call in
        var line = ToolLine(["create"])
        try DockerRun.details(&line, arguments)
        let command = DockerCommand.make(
            line, arguments, timeout: .seconds(600), environment: DockerRun.table(arguments.texts("variables")))
        let name = arguments.optionalString("name")
        let change = Change(
            .create, "container", name ?? arguments.string("image"), summary: "not started", capability: "docker",
            inverse: { _ in DockerRun.removal(of: name, arguments) })
        guard let result = try await call.write(command, change) else { return call.unknown("id of the container") }
        return .string(result.text)
    }

    private static let commit = ModuleFunction(
        FunctionSpec(
            "commit", summary: "Make an image of a container as it is",
            details: "For looking into a failure later; an image to run is better built. Undo gives the name back.",
            effect: .write,
            parameters: [
                .required("container", .string, "its name or id"), .required("image", .string, "the image's name"),
                ParameterSpec("message", .string, "a remark"),
                ParameterSpec("pause", .boolean, default: "true", "halt the container meanwhile"),
            ] + DockerCommand.common(timeout: "5m"), returns: ReturnSpec(.string, "the image's id"),
            examples: [ExampleSpec("docker.commit { container = \"todo-backend\", image = \"evidence:1\" }")])
    ) { arguments, call in
        let image = arguments.string("image")
        var line = ToolLine(["commit"])
        line.option("--message", arguments.optionalString("message"))
        if !arguments.boolean("pause", default: true) { line.add("--pause=false") }
        try line.operands([arguments.string("container"), image], of: arguments)
        let change = Change(
            .create, "image", image, summary: "of \(arguments.string("container"))", capability: "docker",
            inverse: { try await DockerTags.inverse([image], arguments, in: $0, call) })
        let command = DockerCommand.make(line, arguments, timeout: .seconds(300))
        guard let result = try await call.write(command, change) else { return call.unknown("id of \(image)") }
        return .string(result.text)
    }

    private static let export = ModuleFunction(
        FunctionSpec(
            "export", summary: "Write a container's file system to a tar file", effect: .write,
            parameters: [
                .required("container", .string, "its name or id"), .required("file", .path, "the file to write"),
            ] + DockerCommand.common(timeout: "10m"), returns: ReturnSpec(.string, "the file"),
            examples: [ExampleSpec("docker.export { container = \"todo-db\", file = \"db.tar\" }")])
    ) { arguments, call in
        let file = arguments.string("file")
        var line = ToolLine(["export", "--output", file])
        try line.operands([arguments.string("container")], of: arguments)
        let change = Change(
            .create, "file", file, summary: "files of \(arguments.string("container"))", isIdempotent: true,
            capability: "docker",
            inverse: { try await FileInverse.of(file, $0) })
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(600)), change)
        return .string(file)
    }

    private static let importImage = ModuleFunction(
        FunctionSpec(
            "import", summary: "Make an image of a tar file with a file system", details: "Undo gives the name back.",
            effect: .write,
            parameters: [
                .required("file", .path, "the file"), .required("image", .string, "the image's name"),
                ParameterSpec("changes", .list(.string), "instructions of a Dockerfile, such as `CMD [\"sh\"]`"),
            ] + DockerCommand.common(timeout: "10m"), returns: ReturnSpec(.string, "the image's id"),
            examples: [ExampleSpec("docker.import { file = \"rootfs.tar\", image = \"rootfs:1\" }")])
    ) { arguments, call in
        let image = arguments.string("image")
        var line = ToolLine(["import"])
        line.option("--change", each: arguments.strings("changes"))
        try line.operands([arguments.string("file"), image], of: arguments)
        let change = Change(
            .create, "image", image, summary: "of \(arguments.string("file"))", isIdempotent: true,
            capability: "docker", inverse: { try await DockerTags.inverse([image], arguments, in: $0, call) })
        let command = DockerCommand.make(line, arguments, timeout: .seconds(600))
        guard let result = try await call.write(command, change) else { return call.unknown("id of \(image)") }
        return .string(result.text)
    }

    private static let shell = ModuleFunction(
        TerminalCall.spec(
            "a running container",
            [
                .required("container", .string, "its name or id"),
                ParameterSpec("command", .list(.string), default: "{ \"sh\" }", "the program and its arguments"),
                ParameterSpec("user", .string, "the user"),
            ] + DockerCommand.common(timeout: "1h"), example: "docker.shell { container = \"todo-db\" }")
    ) { arguments, call in
        var line = ToolLine(["exec", "--interactive", "--tty"])
        line.option("--user", arguments.optionalString("user"))
        try line.operands([arguments.string("container")], of: arguments)
        line.argv += arguments.has("command") ? arguments.strings("command") : ["sh"]
        return try await TerminalCall.run(
            DockerCommand.make(line, arguments, timeout: .seconds(3600)),
            Change(.run, "container", arguments.string("container"), summary: "a shell", capability: "docker"), call)
    }
}
