import Foundation

/// One kind of object that the API serves.
final class ResourceType: Sendable, Hashable {
    let group: String
    let version: String
    /// The name in paths, e.g. `deployments`.
    let plural: String
    let singular: String
    let kind: String
    let isNamespaced: Bool
    let verbs: Set<String>
    let subresources: Set<String>

    init(
        group: String, version: String, plural: String, singular: String, kind: String, isNamespaced: Bool,
        verbs: Set<String>, subresources: Set<String>
    ) {
        self.group = group
        self.version = version
        self.plural = plural
        self.singular = singular
        self.kind = kind
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
    }

    /// `apps/v1`, or `v1` for the core group.
    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The name in messages: `deployments.apps`, or `pods` for the core group.
    var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The name of the kind in validation messages: `Deployment.apps`, or `Pod` for the core group.
    var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }

    /// The path of the group version's documents: `apis/apps/v1` or `api/v1`.
    var documentPath: String { group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)" }

    static func == (left: ResourceType, right: ResourceType) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The kinds that the API serves, read from the recorded discovery documents.
struct ResourceCatalog: Sendable {
    /// A failure to read the documents.
    struct LoadError: Error, CustomStringConvertible {
        let description: String
    }

    private let byPath: [String: ResourceType]
    private let byKind: [String: ResourceType]
    let all: [ResourceType]

    /// Reads the discovery documents below a folder.
    ///
    /// - Parameter directory: the folder of API documents, with `api/v1/index.json` and `apis/GROUP/VERSION/index.json`.
    init(directory: String) throws {
        var byPath: [String: ResourceType] = [:]
        var byKind: [String: ResourceType] = [:]
        var all: [ResourceType] = []
        let groupVersions = try Self.groupVersions(directory)
        for (group, version) in groupVersions {
            let folder = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
            let path = "\(directory)/\(folder)/index.json"
            guard let data = FileManager.default.contents(atPath: path) else {
                throw LoadError(description: "\(path): cannot be read")
            }
            let document = try JSONParser.parse([UInt8](data))
            var subresources: [String: Set<String>] = [:]
            for resource in document["resources"].array {
                let parts = (resource["name"].string ?? "").split(separator: "/").map(String.init)
                if parts.count == 2 { subresources[parts[0], default: []].insert(parts[1]) }
            }
            for resource in document["resources"].array {
                guard let name = resource["name"].string, !name.contains("/"), let kind = resource["kind"].string else {
                    continue
                }
                let type = ResourceType(
                    group: group, version: version, plural: name,
                    singular: resource["singularName"].string ?? kind.lowercased(), kind: kind,
                    isNamespaced: resource["namespaced"].bool ?? false,
                    verbs: Set(resource["verbs"].array.compactMap(\.string)), subresources: subresources[name] ?? [])
                byPath["\(folder)/\(name)"] = type
                byKind["\(type.apiVersion)/\(kind)"] = type
                all.append(type)
            }
        }
        self.byPath = byPath
        self.byKind = byKind
        self.all = all
    }

    private static func groupVersions(_ directory: String) throws -> [(String, String)] {
        var result = [("", "v1")]
        let path = "\(directory)/apis"
        guard let groups = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw LoadError(description: "\(path): no such folder of API documents")
        }
        for group in groups.sorted() where !group.hasSuffix(".json") {
            let versions = try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(group)")
            for version in versions.sorted() { result.append((group, version)) }
        }
        return result
    }

    /// The kind that a path such as `apis/apps/v1` and `deployments` names.
    func type(documentPath: String, plural: String) -> ResourceType? { byPath["\(documentPath)/\(plural)"] }

    /// The kind of an object.
    func type(apiVersion: String, kind: String) -> ResourceType? { byKind["\(apiVersion)/\(kind)"] }

    /// A kind that the simulator itself works with.
    func required(_ documentPath: String, _ plural: String) throws -> ResourceType {
        guard let type = type(documentPath: documentPath, plural: plural) else {
            throw LoadError(description: "the API documents lack \(documentPath)/\(plural)")
        }
        return type
    }
}

/// The kinds that the controllers work with.
struct KnownTypes: Sendable {
    let pods, services, endpoints, events, namespaces, nodes, secrets, configMaps, serviceAccounts: ResourceType
    let claims, volumes, quotas, limitRanges: ResourceType
    let deployments, replicaSets, statefulSets, daemonSets, revisions: ResourceType
    let jobs, cronJobs, autoscalers, slices, budgets, storageClasses, leases, ingresses: ResourceType

    init(_ catalog: ResourceCatalog) throws {
        func core(_ name: String) throws -> ResourceType { try catalog.required("api/v1", name) }
        pods = try core("pods")
        services = try core("services")
        endpoints = try core("endpoints")
        events = try core("events")
        namespaces = try core("namespaces")
        nodes = try core("nodes")
        secrets = try core("secrets")
        configMaps = try core("configmaps")
        serviceAccounts = try core("serviceaccounts")
        claims = try core("persistentvolumeclaims")
        volumes = try core("persistentvolumes")
        quotas = try core("resourcequotas")
        limitRanges = try core("limitranges")
        deployments = try catalog.required("apis/apps/v1", "deployments")
        replicaSets = try catalog.required("apis/apps/v1", "replicasets")
        statefulSets = try catalog.required("apis/apps/v1", "statefulsets")
        daemonSets = try catalog.required("apis/apps/v1", "daemonsets")
        revisions = try catalog.required("apis/apps/v1", "controllerrevisions")
        jobs = try catalog.required("apis/batch/v1", "jobs")
        cronJobs = try catalog.required("apis/batch/v1", "cronjobs")
        autoscalers = try catalog.required("apis/autoscaling/v2", "horizontalpodautoscalers")
        slices = try catalog.required("apis/discovery.k8s.io/v1", "endpointslices")
        budgets = try catalog.required("apis/policy/v1", "poddisruptionbudgets")
        storageClasses = try catalog.required("apis/storage.k8s.io/v1", "storageclasses")
        leases = try catalog.required("apis/coordination.k8s.io/v1", "leases")
        ingresses = try catalog.required("apis/networking.k8s.io/v1", "ingresses")
    }
}
