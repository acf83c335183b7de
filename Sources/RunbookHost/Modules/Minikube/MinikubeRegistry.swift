import RunbookLua
import RunbookSpec

/// `minikube.image_pull`, `image_push`, `image_tag` and `image_save`: images of the cluster, from and to elsewhere.
enum MinikubeRegistry {
    static let functions = [pull, push, tag, save]

    private static let image = ParameterSpec.required("image", .string, "its name")

    private static let pull = ModuleFunction(
        FunctionSpec(
            "image_pull", summary: "Have the cluster fetch an image from its registry",
            details: "The cluster's images are listed afterwards: an image that is not among them is an error.",
            effect: .write, parameters: [image] + MinikubeCommand.common(timeout: "10m"),
            returns: ReturnSpec(
                .record([
                    .required("image", .string, "the name"), .required("id", .string, "the id in the cluster"),
                    .required("size", .integer, "bytes"), .required("ms", .integer, "how long it took"),
                ])), examples: [ExampleSpec("minikube.image_pull { image = \"postgres:16-alpine\" }")])
    ) { arguments, call in
        let name = arguments.string("image")
        let result = try await run(
            "pull", [name],
            Change(
                .create, "image", name, summary: "into \(MinikubeCommand.profile(arguments))", isIdempotent: true,
                capability: "minikube",
                inverse: { try await ClusterImage.removal(of: name, arguments, in: $0, call) }), arguments, call)
        guard let result else {
            return [
                "image": .string(name), "id": call.unknown("id of \(name)"), "size": call.unknown("size of \(name)"),
                "ms": 0,
            ]
        }
        return try await ClusterImage.verified(name, arguments, result, call)
    }

    private static let push = ModuleFunction(
        FunctionSpec(
            "image_push", summary: "Have the cluster send an image to its registry", details: "It cannot be undone.",
            effect: .write, parameters: [image] + MinikubeCommand.common(timeout: "10m"),
            examples: [ExampleSpec("minikube.image_push { image = \"registry.example.com/todo:v1\" }")])
    ) { arguments, call in
        let name = arguments.string("image")
        _ = try await run(
            "push", [name], Change(.modify, "registry", name, isIdempotent: true, capability: "minikube"), arguments,
            call)
        return .nil
    }

    private static let tag = ModuleFunction(
        FunctionSpec(
            "image_tag", summary: "Give an image of the cluster a further name",
            details: "Undo removes a name that was not there before.", effect: .write,
            parameters: [
                .required("source", .string, "the image"), .required("target", .string, "the further name"),
            ] + MinikubeCommand.common(timeout: "60s"), returns: ReturnSpec(.string, "the further name"),
            examples: [ExampleSpec("minikube.image_tag { source = \"todo:v1\", target = \"todo:stable\" }")])
    ) { arguments, call in
        let target = arguments.string("target")
        _ = try await run(
            "tag", [arguments.string("source"), target],
            Change(
                .modify, "image", target, summary: "is \(arguments.string("source"))", isIdempotent: true,
                capability: "minikube",
                inverse: { try await ClusterImage.removal(of: target, arguments, in: $0, call) }), arguments, call)
        return .string(target)
    }

    private static let save = ModuleFunction(
        FunctionSpec(
            "image_save", summary: "Write an image of the cluster to a tar file", effect: .write,
            parameters: [image, .required("file", .path, "the file to write")]
                + MinikubeCommand.common(timeout: "10m"), returns: ReturnSpec(.string, "the file"),
            examples: [ExampleSpec("minikube.image_save { image = \"todo:v1\", file = \"todo.tar\" }")])
    ) { arguments, call in
        let file = arguments.string("file")
        let result = try await run(
            "save", [arguments.string("image"), file],
            Change(
                .create, "file", file, summary: arguments.string("image"), isIdempotent: true, capability: "minikube",
                inverse: { try await FileInverse.of(file, $0) }), arguments, call)
        // minikube turns failures of its nodes into log lines here too.
        if result != nil, try await call.world.status(of: file) == nil {
            throw RunbookError(
                .command, "minikube image save exited 0, and there is no file \(file)",
                details: OutputLines.last(4, of: result?.stderr ?? []))
        }
        return .string(file)
    }

    private static func run(
        _ verb: String, _ names: [String], _ change: Change, _ arguments: Arguments, _ call: CallContext
    ) async throws -> ProcessResult? {
        let command = try MinikubeCommand.make(["image", verb], arguments, timeout: .seconds(600)) {
            try $0.operands(names, of: arguments)
        }
        guard case .process(let result)? = try await call.write(.process(command), change) else { return nil }
        guard result.succeeded else { throw MinikubeCommand.failure(command, result, call) }
        return result
    }
}
