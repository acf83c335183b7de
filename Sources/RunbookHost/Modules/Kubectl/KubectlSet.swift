import RunbookLua
import RunbookSpec

/// `kubectl.set_image` and `set_env`: change the containers of a workload.
enum KubectlSet {
    static let functions = [setImage, setEnv]

    private static let setImage = ModuleFunction(
        FunctionSpec(
            "set_image", summary: "Give containers of a workload other images", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                .required("images", .map(.string), "the image of each container"),
                KubectlOptions.namespace, KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([.required("before", .map(.string), "the images that they had")])),
            examples: [
                ExampleSpec(
                    "kubectl.set_image { resource = \"deployment/backend\", images = { app = \"todo-backend:v1.1.0\" } }"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let images = arguments.map("images")
        guard !images.isEmpty else { throw RunbookError(.argument, "`kubectl.set_image`: `images` is empty") }
        let before = try await call.prepare { Containers(try await KubectlRollout.present(object, kubectl)) }
        if let before { try before.require(images.map(\.name), of: object) }
        let old = images.compactMap { image in
            before?.images.first { $0.name == image.name }.map { (name: $0.name, image: $0.image) }
        }
        let inverse = before.map { _ in
            Inverse(
                "kubectl set image \(ResourceNames.object(object)) "
                    + old.map { "\($0.name)=\($0.image)" }.joined(separator: " "),
                commands: [
                    InverseCommand(
                        kubectl.argv(["set", "image", object] + old.map { "\($0.name)=\($0.image)" }, extra: []),
                        timeout: 60)
                ], guards: [guardian(object, kubectl)])
        }
        let lines = images.compactMap { image in
            let earlier = old.first { $0.name == image.name }?.image
            return earlier == image.value ? nil : "\(image.name)  \(earlier ?? "?") → \(image.value)"
        }
        try await write(
            ["set", "image", object] + images.map { "\($0.name)=\($0.value)" }, object, lines, isKnown: before != nil,
            inverse, arguments, kubectl)
        return ["before": .table(LuaTable(old.map { (.string($0.name), .string($0.image)) }))]
    }

    private static let setEnv = ModuleFunction(
        FunctionSpec(
            "set_env", summary: "Set or remove variables of a workload's containers",
            details: "A value that is `false` removes the variable. A secret goes into a Secret, and here by `from`.",
            effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name,
                ParameterSpec("env", .map(.either([.string, .boolean])), "the variables; false removes one"),
                ParameterSpec("from", .string, "an object whose keys become variables, such as `secret/todo-secrets`"),
                ParameterSpec("prefix", .string, "what is put before the names from `from`"),
                ParameterSpec("container", .string, "the container; all when left out"), KubectlOptions.namespace,
                KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            examples: [
                ExampleSpec(
                    "kubectl.set_env { resource = \"deployment/backend\", env = { LOG_LEVEL = \"debug\", OLD = false } }"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let changes = (arguments["env"].tableValue?.fields ?? []).map { name, value in
            value.booleanValue == false ? "\(name)-" : "\(name)=\(Arguments.plain(value) ?? "")"
        }
        guard !changes.isEmpty || arguments.has("from") else {
            throw RunbookError(.argument, "`kubectl.set_env` needs `env` or `from`")
        }
        var verb = ["set", "env", object] + changes
        if let source = arguments.optionalString("from") { verb += ["--from", source] }
        if let prefix = arguments.optionalString("prefix") { verb += ["--prefix", prefix] }
        let container = arguments.optionalString("container")
        if let container { verb += ["--containers", container] }
        let before = try await call.prepare { try await SavedObject.read([object], kubectl, in: call.world) }
        if let container, let present = before?.first { try Containers(present).require([container], of: object) }
        let inverse = before.flatMap { before in
            before.first.flatMap(ManifestObject.init).map {
                SavedObject.inverse(before: before, touched: [$0], kubectl)
            }
        }
        let lines = before?.first.map { Containers($0).environment(after: changes, in: container) } ?? []
        try await write(
            verb, object, lines, isKnown: before != nil && !arguments.has("from"), inverse, arguments, kubectl)
        return .nil
    }

    private static func guardian(_ object: String, _ kubectl: Kubectl) -> InverseGuard {
        SavedObject.guardian(object, kind: ResourceNames.singular(object.prefix { $0 != "/" }), kubectl)
    }

    private static func write(
        _ verb: [String], _ object: String, _ lines: [String], isKnown: Bool, _ inverse: Inverse?,
        _ arguments: Arguments, _ kubectl: Kubectl
    ) async throws {
        let name = ResourceNames.object(object)
        let change = Change(
            .modify, String(name.prefix { $0 != "/" }), "\(kubectl.namespace)/\(name.drop { $0 != "/" }.dropFirst())",
            summary: lines.count == 1 ? lines[0] : "", isIdempotent: true, capability: "kubectl",
            namespace: kubectl.namespace, inverse: { _ in inverse },
            difference: { _ in
                isKnown
                    ? Difference(isEmpty: lines.isEmpty, lines: lines)
                    : Difference(lines: lines, unknown: "what the containers have now was not read")
            }, serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"])))
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
    }
}

/// The containers of a workload, of a pod or of what makes pods.
struct Containers: Sendable {
    let images: [(name: String, image: String)]
    private let containers: [LuaValue]

    init(_ object: LuaValue) {
        let spec =
            object.at("spec", "jobTemplate", "spec", "template", "spec") ?? object.at("spec", "template", "spec")
            ?? object["spec"]
        containers = (spec["containers"].listValue ?? []) + (spec["initContainers"].listValue ?? [])
        images = containers.map { ($0["name"].stringValue ?? "", $0["image"].stringValue ?? "") }
    }

    /// Makes sure that there are containers of these names.
    ///
    /// - Throws: `RunbookError` with code `argument` that lists those that there are.
    func require(_ names: [String], of object: String) throws {
        guard let unknown = names.first(where: { name in !images.contains { $0.name == name } && name != "*" }) else {
            return
        }
        throw RunbookError(
            .argument, "\(ResourceNames.object(object)) has no container `\(unknown)`",
            remedy: "it has " + images.map(\.name).joined(separator: ", "))
    }

    /// What would differ: one line a variable and container.
    func environment(after changes: [String], in container: String?) -> [String] {
        containers.flatMap { item -> [String] in
            let name = item["name"].stringValue ?? ""
            guard container == nil || container == name else { return [] }
            return changes.compactMap { change in
                let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let variable = parts.count == 2 ? String(parts[0]) : String(change.dropLast())
                let entry = (item["env"].listValue ?? []).first { $0["name"].stringValue == variable }
                let old = entry.map { $0["value"].stringValue ?? "(from elsewhere)" }
                let new = parts.count == 2 ? String(parts[1]) : nil
                if old == new { return nil }
                return
                    "\(name).\(variable)  \(old.map { FieldText.short(.string($0)) } ?? "(none)") → \(new.map { FieldText.short(.string($0)) } ?? "(none)")"
            }
        }
    }
}
