/// Serves the kinds of custom resource definitions.
///
/// Their schemas prune, fill and check objects; their versions differ in name only.
enum DefinitionController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let definition = cluster.store.object(key), !definition.isTerminating else {
            remove(key, cluster)
            return
        }
        let versions = servedVersions(definition.json)
        cluster.catalog.define(
            key.name, types(definition.json), schemas: versions.map { $0["schema"]["openAPIV3Schema"] },
            columns: versions.map { $0["additionalPrinterColumns"].array })
        let names = definition.json["spec"]["names"]
        var conditions = definition.json["status"]["conditions"]
        let now = Timestamp.now
        Conditions.set(
            &conditions, "NamesAccepted", "True", reason: "NoConflicts", message: "no conflicts found", now: now,
            updates: false)
        Conditions.set(
            &conditions, "Established", "True", reason: "InitialNamesAccepted",
            message: "the initial names have been accepted", now: now, updates: false)
        let stored = definition.json["spec"]["versions"].array.first { $0["storage"].bool == true }
        cluster.modify(key) { object in
            object["status"]["conditions"] = conditions
            object["status"]["acceptedNames"] = names
            object["status"].fill("storedVersions", .array([stored?["name"] ?? .null]))
        }
    }

    /// Objects of a kind go with their definition.
    private static func remove(_ key: ObjectKey, _ cluster: isolated Cluster) {
        for type in cluster.catalog.types(of: key.name) {
            for object in cluster.store.objects(type) { cluster.erase(object.key) }
        }
        cluster.catalog.define(key.name, [])
    }

    private static let verbs: Set<String> = [
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
    ]

    /// The versions that a definition serves, the stored one first.
    private static func servedVersions(_ definition: JSON) -> [JSON] {
        let versions = definition["spec"]["versions"].array
        let ordered = versions.filter { $0["storage"].bool == true } + versions.filter { $0["storage"].bool != true }
        return ordered.filter { $0["served"].bool != false }
    }

    /// The kinds that a definition serves.
    private static func types(_ definition: JSON) -> [ResourceType] {
        let spec = definition["spec"]
        let names = spec["names"]
        return servedVersions(definition).map { version in
            ResourceType(
                group: spec["group"].text, version: version["name"].text, plural: names["plural"].text,
                singular: names["singular"].string ?? names["kind"].text.lowercased(), kind: names["kind"].text,
                isNamespaced: spec["scope"].string == "Namespaced", verbs: verbs,
                subresources: Set(version["subresources"].members.keys), shortNames: names["shortNames"].array,
                categories: names["categories"].array, isCustom: true)
        }
    }
}

/// The parts of the discovery documents that custom resource definitions add.
enum CustomDiscovery {
    private static func groups(_ catalog: ResourceCatalog) -> [(name: String, types: [ResourceType])] {
        Dictionary(grouping: catalog.customTypes, by: \.group).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func versions(_ types: [ResourceType]) -> [String] {
        Set(types.map(\.version)).sorted { $0.count == $1.count ? $0 > $1 : $0.count < $1.count }
    }

    static func addingToGroups(_ body: [UInt8], _ catalog: ResourceCatalog) throws -> [UInt8] {
        let groups = groups(catalog)
        if groups.isEmpty { return body }
        var list = try JSONParser.parse(body)
        for (name, types) in groups {
            let entries = versions(types).map { version -> JSON in
                ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
            }
            list["groups"].append([
                "name": .string(name), "versions": .array(entries), "preferredVersion": entries.first ?? .null,
            ])
        }
        return JSONWriter.bytes(list)
    }

    static func addingToAggregated(_ body: [UInt8], _ catalog: ResourceCatalog) throws -> [UInt8] {
        let groups = groups(catalog)
        if groups.isEmpty { return body }
        var list = try JSONParser.parse(body)
        for (name, types) in groups {
            let entries = versions(types).map { version -> JSON in
                [
                    "version": .string(version), "freshness": "Current",
                    "resources": .array(types.filter { $0.version == version }.map(resource)),
                ]
            }
            list["items"].append(["metadata": ["name": .string(name)], "versions": .array(entries)])
        }
        return JSONWriter.bytes(list)
    }

    private static func resource(_ type: ResourceType) -> JSON {
        func reference(_ kind: String) -> JSON {
            ["group": .string(type.group), "version": .string(type.version), "kind": .string(kind)]
        }
        var result: JSON = [
            "resource": .string(type.plural), "responseKind": reference(type.kind),
            "scope": type.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(type.singular),
            "verbs": .array(type.verbs.sorted().map { .string($0) }),
        ]
        if !type.shortNames.isEmpty { result["shortNames"] = .array(type.shortNames) }
        if !type.categories.isEmpty { result["categories"] = .array(type.categories) }
        if !type.subresources.isEmpty {
            result["subresources"] = .array(
                type.subresources.sorted().map { name in
                    [
                        "subresource": .string(name), "responseKind": reference(type.kind),
                        "verbs": ["get", "patch", "update"],
                    ]
                })
        }
        return result
    }
}
