import Foundation

/// A recorded namespace: its objects and the logs of its containers.
struct Snapshot: Sendable {
    let objects: [(ObjectKey, JSON)]
    let logs: JSON
    /// The namespace of the recording, if it has just one.
    let namespace: String?

    /// Reads `objects.json` (a List) and `logs.json` of a folder.
    ///
    /// - Throws: `SimulatorError` that names the file and what is wrong with it.
    init(directory: String, catalog: ResourceCatalog) throws {
        let list = try Self.read("\(directory)/objects.json")
        logs = FileManager.default.fileExists(atPath: "\(directory)/logs.json") ? try Self.read("\(directory)/logs.json") : [:]
        guard case .array(let items) = list["items"] else {
            throw SimulatorError(description: "\(directory)/objects.json: no list of objects (a member \"items\" is missing)")
        }
        var objects: [(ObjectKey, JSON)] = []
        for (index, item) in items.enumerated() {
            let version = item["apiVersion"].string ?? ""
            let kind = item["kind"].string ?? ""
            guard let type = catalog.type(apiVersion: version, kind: kind), let name = item["metadata"]["name"].string else {
                throw SimulatorError(
                    description: "\(directory)/objects.json: items[\(index)]: the kind \"\(kind)\" of \"\(version)\" is not known, or the object has no name")
            }
            let namespace = type.isNamespaced ? item["metadata"]["namespace"].string ?? "default" : ""
            objects.append((ObjectKey(type: type, namespace: namespace, name: name), item))
        }
        self.objects = objects
        let namespaces = Set(objects.map(\.0.namespace)).subtracting([""])
        namespace = namespaces.count == 1 ? namespaces.first : nil
    }

    private static func read(_ path: String) throws -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SimulatorError(description: "\(path): cannot be read")
        }
        do {
            return try JSONParser.parse([UInt8](data))
        } catch let error as JSONError {
            throw SimulatorError(description: "\(path): no JSON: \(error.message)")
        }
    }
}
