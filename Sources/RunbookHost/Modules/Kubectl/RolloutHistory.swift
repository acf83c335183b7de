import RunbookLua
import RunbookSpec

/// The revisions of a workload, from the objects that the cluster keeps them in.
enum RolloutHistory {
    static let functions = [history]

    /// One revision.
    struct Revision: Sendable {
        let number: Int
        let images: [String]
        let cause: String?
        let created: String
        let replicas: Int?
        let name: String
    }

    private static let history = ModuleFunction(
        FunctionSpec(
            "rollout_history", summary: "List the revisions of a workload, the oldest first", effect: .read,
            parameters: [
                KubectlOptions.object, KubectlOptions.name, KubectlOptions.namespace, KubectlOptions.context,
            ],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("revision", .integer, "its number"),
                        .required("images", .list(.string), "its images"),
                        .required("current", .boolean, "whether it is the one that is wanted now"),
                        .required("created", .string, "when it was made"),
                        .required("name", .string, "the object that keeps it"),
                        ParameterSpec("cause", .string, "the note that was made on it"),
                        ParameterSpec("replicas", .integer, "how many pods it has"),
                    ]))),
            examples: [ExampleSpec("local revisions = kubectl.rollout_history { resource = \"deployment/backend\" }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let revisions = try await read(try kubectl.object(arguments), kubectl, in: call.world)
        return .list(
            revisions.map { revision in
                [
                    "revision": .integer(Int64(revision.number)), "images": .list(revision.images.map { .string($0) }),
                    "current": .boolean(revision.number == revisions.last?.number),
                    "created": .string(revision.created),
                    "name": .string(revision.name), "cause": revision.cause.map { .string($0) } ?? .nil,
                    "replicas": revision.replicas.map { .integer(Int64($0)) } ?? .nil,
                ]
            })
    }

    /// The revisions, ascending: the last one is the one that is wanted.
    static func read(_ object: String, _ kubectl: Kubectl, in world: any World) async throws -> [Revision] {
        let owner = try await KubectlRollout.present(object, kubectl)
        let isDeployment = owner["kind"].stringValue == "Deployment"
        let selector = (owner.at("spec", "selector", "matchLabels")?.tableValue?.fields ?? [])
            .compactMap { field in field.value.stringValue.map { "\(field.name)=\($0)" } }
        var verb = ["get", isDeployment ? "replicasets" : "controllerrevisions", "--output", "json"]
        if !selector.isEmpty { verb += ["--selector", selector.joined(separator: ",")] }
        let result = try await kubectl.read(Kubectl.command(kubectl.argv(verb, extra: [])))
        let uid = owner.at("metadata", "uid")?.stringValue
        let items = (JSONReading.value(result.stdout)?["items"].listValue ?? []).filter { item in
            let owners = item.at("metadata", "ownerReferences")?.listValue ?? []
            return owners.contains { $0["uid"].stringValue == uid }
        }
        return items.compactMap { isDeployment ? ofReplicaSet($0) : ofControllerRevision($0) }
            .sorted { $0.number < $1.number }
    }

    private static func ofReplicaSet(_ item: LuaValue) -> Revision? {
        let annotations = item.at("metadata", "annotations")
        guard let number = annotations?["deployment.kubernetes.io/revision"].stringValue.flatMap(Int.init) else {
            return nil
        }
        return Revision(
            number: number, images: images(item.at("spec", "template", "spec")),
            cause: annotations?["kubernetes.io/change-cause"].stringValue,
            created: item.at("metadata", "creationTimestamp")?.stringValue ?? "",
            replicas: item.at("status", "replicas")?.integerValue.map { Int($0) } ?? 0,
            name: item.at("metadata", "name")?.stringValue ?? "")
    }

    private static func ofControllerRevision(_ item: LuaValue) -> Revision? {
        guard let number = item["revision"].integerValue else { return nil }
        return Revision(
            number: Int(number), images: images(item.at("data", "spec", "template", "spec")),
            cause: item.at("metadata", "annotations", "kubernetes.io/change-cause")?.stringValue,
            created: item.at("metadata", "creationTimestamp")?.stringValue ?? "", replicas: nil,
            name: item.at("metadata", "name")?.stringValue ?? "")
    }

    private static func images(_ spec: LuaValue?) -> [String] {
        (spec?["containers"].listValue ?? []).compactMap { $0["image"].stringValue }
    }
}
