import Foundation
import Synchronization

/// One kind of object that the API serves.
final class ResourceType: Sendable, Hashable {
    let group: String
    let version: String
    /// The name in paths, such as `deployments`.
    let plural: String
    let singular: String
    let kind: String
    let isNamespaced: Bool
    let verbs: Set<String>
    let subresources: Set<String>
    let shortNames: [JSON]
    let categories: [JSON]
    /// Whether a custom resource definition brought it.
    let isCustom: Bool
    /// The columns that a custom kind's definition names for `kubectl get`.
    let printerColumns = Mutex<[JSON]>([])

    init(
        group: String, version: String, plural: String, singular: String, kind: String, isNamespaced: Bool,
        verbs: Set<String>, subresources: Set<String>, shortNames: [JSON] = [], categories: [JSON] = [],
        isCustom: Bool = false
    ) {
        self.group = group
        self.version = version
        self.plural = plural
        self.singular = singular
        self.kind = kind
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.shortNames = shortNames
        self.categories = categories
        self.isCustom = isCustom
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

/// The kinds that the API serves: those of the recorded discovery documents, and those that clients define.
final class ResourceCatalog: Sendable {
    /// A failure to read the documents.
    struct LoadError: Error, CustomStringConvertible {
        let description: String
    }

    private let byPath: [String: ResourceType]
    private let byKind: [String: ResourceType]
    private let builtIn: [ResourceType]
    /// The kinds of each custom resource definition, by the definition's name; the first is the one that is stored.
    private let custom = Mutex<[String: [ResourceType]]>([:])
    /// What their definitions say of the objects of custom kinds.
    private let schemas = Mutex<[ResourceType: JSON]>([:])

    var all: [ResourceType] { builtIn + customTypes }

    /// The kinds that clients defined, in the order of their definitions' names.
    var customTypes: [ResourceType] {
        custom.withLock { $0.sorted { $0.key < $1.key }.flatMap(\.value) }
    }

    /// Serves the kinds of a definition, or no longer, when there are none.
    ///
    /// A kind that was served before keeps its identity, by which its objects are stored.
    ///
    /// - Parameters:
    ///   - schemas: the schema of each of them.
    ///   - columns: the columns of each of them.
    func define(_ definition: String, _ types: [ResourceType], schemas: [JSON] = [], columns: [[JSON]] = []) {
        let (gone, kept) = custom.withLock { known in
            let before = known[definition] ?? []
            let kept = types.map { type in
                before.first { $0.apiVersion == type.apiVersion && $0.kind == type.kind } ?? type
            }
            known[definition] = kept.isEmpty ? nil : kept
            return (before, kept)
        }
        for (type, columns) in zip(kept, columns) { type.printerColumns.withLock { $0 = columns } }
        self.schemas.withLock { known in
            for type in gone { known[type] = nil }
            for (type, schema) in zip(kept, schemas) { known[type] = schema }
        }
    }

    /// What the definition of a custom kind says of its objects; nil for built-in kinds.
    func schema(_ type: ResourceType) -> JSON? { type.isCustom ? schemas.withLock { $0[type] } : nil }

    /// The kinds that a definition brought.
    func types(of definition: String) -> [ResourceType] { custom.withLock { $0[definition] ?? [] } }

    /// The kind under which objects of a defined kind are stored; nil for built-in kinds.
    func stored(_ type: ResourceType) -> ResourceType? {
        custom.withLock { $0["\(type.plural).\(type.group)"]?.first }
    }

    /// Reads the discovery documents below a folder.
    ///
    /// - Parameter directory: the folder of API documents, with `api/aggregated-v2.json` and `apis/aggregated-v2.json`.
    init(directory: String) throws {
        var byPath: [String: ResourceType] = [:]
        var byKind: [String: ResourceType] = [:]
        var all: [ResourceType] = []
        for folder in ["api", "apis"] {
            let path = "\(directory)/\(folder)/aggregated-v2.json"
            guard let data = FileManager.default.contents(atPath: path) else {
                throw LoadError(description: "\(path): cannot be read; it is one of the API's documents")
            }
            let document: JSON
            do { document = try JSONParser.parse([UInt8](data)) } catch let error as JSONError {
                throw LoadError(description: "\(path): no JSON: \(error.message)")
            }
            for group in document["items"].array {
                for version in group["versions"].array {
                    for resource in version["resources"].array {
                        let type = Self.type(
                            resource, group: group["metadata"]["name"].text, version: version["version"].text)
                        byPath["\(type.documentPath)/\(type.plural)"] = type
                        byKind["\(type.apiVersion)/\(type.kind)"] = type
                        all.append(type)
                    }
                }
            }
        }
        self.byPath = byPath
        self.byKind = byKind
        builtIn = all
    }

    private static func type(_ resource: JSON, group: String, version: String) -> ResourceType {
        let kind = resource["responseKind"]["kind"].text
        return ResourceType(
            group: group, version: version, plural: resource["resource"].text,
            singular: resource["singularResource"].string ?? kind.lowercased(), kind: kind,
            isNamespaced: resource["scope"].string == "Namespaced",
            verbs: Set(resource["verbs"].array.compactMap(\.string)),
            subresources: Set(resource["subresources"].array.compactMap { $0["subresource"].string }),
            shortNames: resource["shortNames"].array, categories: resource["categories"].array)
    }

    /// The kind that a path such as `apis/apps/v1` and `deployments` names.
    func type(documentPath: String, plural: String) -> ResourceType? {
        byPath["\(documentPath)/\(plural)"]
            ?? customTypes.first { $0.documentPath == documentPath && $0.plural == plural }
    }

    /// The kind of an object.
    func type(apiVersion: String, kind: String) -> ResourceType? {
        byKind["\(apiVersion)/\(kind)"] ?? customTypes.first { $0.apiVersion == apiVersion && $0.kind == kind }
    }

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
    let jobs, cronJobs, autoscalers, slices, budgets, storageClasses, leases, ingresses, definitions: ResourceType
    let priorityClasses: ResourceType

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
        priorityClasses = try catalog.required("apis/scheduling.k8s.io/v1", "priorityclasses")
        storageClasses = try catalog.required("apis/storage.k8s.io/v1", "storageclasses")
        leases = try catalog.required("apis/coordination.k8s.io/v1", "leases")
        ingresses = try catalog.required("apis/networking.k8s.io/v1", "ingresses")
        definitions = try catalog.required("apis/apiextensions.k8s.io/v1", "customresourcedefinitions")
    }
}
