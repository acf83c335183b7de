/// Compares objects with the schemas of Kubernetes' own kinds, without any server.
public struct ManifestChecker: Sendable {
    private let library: SchemaLibrary

    /// - Parameter apiDocuments: the folder that holds `openapi/v3`.
    public init(apiDocuments: String) {
        library = SchemaLibrary(directory: apiDocuments)
    }

    /// What is wrong with an object that is given as JSON: fields that its kind does not have, values of a wrong kind.
    ///
    /// Nil for a kind that the documents do not describe, such as one of a custom resource.
    public func problems(in object: [UInt8]) -> [String]? {
        guard let json = try? JSONParser.parse(object), let version = json["apiVersion"].string,
            let kind = json["kind"].string,
            let schema = library.catalog(version.contains("/") ? "apis/\(version)" : "api/\(version)")?.root(kind: kind)
        else { return nil }
        let (_, unknown, failure) = TypedDecoder.read(json, schema)
        return unknown.map { "\(kind) has no field `\($0)`" } + (failure.map { [$0] } ?? [])
    }
}
