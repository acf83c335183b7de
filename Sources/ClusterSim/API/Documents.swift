import Foundation

/// The documents that a server hands out as they are: discovery, OpenAPI, version, health.
struct Documents: Sendable {
    private let directory: String
    private static let aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    private static let protobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    private let catalog: ResourceCatalog

    init(directory: String, catalog: ResourceCatalog) {
        self.directory = directory
        self.catalog = catalog
    }

    private func file(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(directory)/\(path)").map { [UInt8]($0) }
    }

    /// The answer to a request for a document; nil when the path names none.
    func answer(_ request: APIRequest, metricsAreOn: Bool) throws -> APIResponse? {
        let path = request.path.joined(separator: "/")
        switch path {
        case "healthz", "livez", "readyz", "livez/ping", "readyz/ping", "healthz/ping": return .text("ok")
        case "version": return file("version/index.json").map { .json(200, $0) }
        case "api", "apis":
            let wantsAggregated = request.accept.contains("g=apidiscovery.k8s.io") && request.accept.contains("v=v2")
            if wantsAggregated, var body = file("\(path)/aggregated-v2.json") {
                if metricsAreOn, path == "apis" { body = try Metrics.addingToAggregated(body) }
                if path == "apis" { body = try CustomDiscovery.addingToAggregated(body, catalog) }
                return .raw(status: 200, type: Self.aggregated, body: body, encoding: nil)
            }
            guard var body = file("\(path)/index.json") else { return nil }
            if metricsAreOn, path == "apis" { body = try Metrics.addingToGroups(body) }
            if path == "apis" { body = try CustomDiscovery.addingToGroups(body, catalog) }
            return .json(200, body)
        case "openapi/v2":
            guard request.accept.contains("proto-openapi") || request.accept.contains("protobuf"),
                let packed = file("openapi/v2.pb.gz")
            else { return nil }
            return try packedAnswer(packed, type: Self.protobufV2, request)
        case "openapi/v3":
            return try file("openapi/v3/index.json").map { .json(200, try CustomOpenAPI.addingToIndex($0, catalog)) }
        case "":
            return .json(
                200,
                JSONWriter.bytes([
                    "paths": [
                        "/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz",
                        "/version",
                    ]
                ]))
        default: break
        }
        guard request.path.first == "api" || request.path.first == "apis" || request.path.first == "openapi",
            !request.path.contains("..")
        else { return nil }
        if metricsAreOn, let document = Metrics.document(path) { return .json(200, JSONWriter.bytes(document)) }
        if request.path.first == "apis", request.path.count == 2 { return group(request.path[1]) }
        if let body = file("\(path)/index.json") { return .json(200, body) }
        if let list = resourceList(path) { return .value(list) }
        if let document = CustomOpenAPI.document(path, catalog) { return .value(document) }
        if request.path.first == "openapi", let packed = file("\(path)/index.json.gz") {
            return try packedAnswer(packed, type: "application/json", request)
        }
        return nil
    }

    private func group(_ name: String) -> APIResponse? {
        guard let index = file("apis/index.json"), let body = try? CustomDiscovery.addingToGroups(index, catalog),
            let list = try? JSONParser.parse(body),
            var group = list["groups"].element(where: "name", is: name)
        else { return nil }
        group["kind"] = "APIGroup"
        group["apiVersion"] = "v1"
        return .value(group)
    }

    /// The discovery document of a group version that was recorded in the aggregated form only.
    private func resourceList(_ path: String) -> JSON? {
        let types = catalog.all.filter { $0.documentPath == path }
        guard let first = types.first else { return nil }
        var resources: [JSON] = []
        for type in types {
            var resource: JSON = [
                "name": .string(type.plural), "singularName": .string(type.singular),
                "namespaced": .bool(type.isNamespaced),
                "kind": .string(type.kind), "verbs": .array(type.verbs.sorted().map { .string($0) }),
            ]
            if !type.shortNames.isEmpty { resource["shortNames"] = .array(type.shortNames) }
            if !type.categories.isEmpty { resource["categories"] = .array(type.categories) }
            resources.append(resource)
            for name in type.subresources.sorted() {
                resources.append([
                    "name": .string("\(type.plural)/\(name)"), "singularName": "",
                    "namespaced": .bool(type.isNamespaced),
                    "kind": .string(name == "scale" ? "Scale" : type.kind), "verbs": ["get", "patch", "update"],
                ])
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.apiVersion),
            "resources": .array(resources),
        ]
    }

    private func packedAnswer(_ packed: [UInt8], type: String, _ request: APIRequest) throws -> APIResponse {
        if request.acceptsGzip { return .raw(status: 200, type: type, body: packed, encoding: "gzip") }
        return .raw(status: 200, type: type, body: try Inflate.gunzip(packed), encoding: nil)
    }
}
