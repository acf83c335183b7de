/// The OpenAPI documents of the kinds that custom resource definitions bring, which `kubectl explain` reads.
enum CustomOpenAPI {
    private static let prefix = "openapi/v3/"

    /// Adds the group versions of custom kinds to the list of documents.
    static func addingToIndex(_ body: [UInt8], _ catalog: ResourceCatalog) throws -> [UInt8] {
        let paths = Set(catalog.customTypes.map(\.documentPath)).sorted()
        if paths.isEmpty { return body }
        var index = try JSONParser.parse(body)
        for path in paths {
            guard let document = document(prefix + path, catalog) else { continue }
            let hash = Names.hash(JSONWriter.bytes(document))
            index["paths"][path] = ["serverRelativeURL": .string("/\(prefix)\(path)?hash=\(hash)")]
        }
        return JSONWriter.bytes(index)
    }

    /// The document of a group version; nil when it has no custom kinds.
    static func document(_ path: String, _ catalog: ResourceCatalog) -> JSON? {
        guard path.hasPrefix(prefix) else { return nil }
        let types = catalog.customTypes.filter { $0.documentPath == path.dropFirst(prefix.count) }
        if types.isEmpty { return nil }
        var schemas: JSON = [:]
        var paths: JSON = [:]
        for type in types {
            let identity: JSON = [
                "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
            ]
            var schema = catalog.schema(type) ?? [:]
            schema["type"] = "object"
            schema["properties"]["apiVersion"] = ["type": "string"]
            schema["properties"]["kind"] = ["type": "string"]
            schema["properties"]["metadata"].fill("type", "object")
            schema["x-kubernetes-group-version-kind"] = [identity]
            let name = type.group.split(separator: ".").reversed().joined(separator: ".")
            schemas["\(name).\(type.version).\(type.kind)"] = schema
            let place = type.isNamespaced ? "namespaces/{namespace}/\(type.plural)" : type.plural
            paths["/\(type.documentPath)/\(place)"] = [
                "get": ["x-kubernetes-action": "list", "x-kubernetes-group-version-kind": identity]
            ]
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes CRD", "version": "v0.1.0"], "paths": paths,
            "components": ["schemas": schemas],
        ]
    }
}
