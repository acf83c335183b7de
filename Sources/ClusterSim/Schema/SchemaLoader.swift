import Foundation
import Synchronization

/// Reads and keeps the schemas of the group versions that are asked for.
final class SchemaLibrary: Sendable {
    private let directory: String
    private let loaded = Mutex<[String: SchemaCatalog?]>([:])

    /// - Parameter directory: the folder that holds `openapi/v3`.
    init(directory: String) { self.directory = directory }

    /// The schemas of a group version such as `api/v1` or `apis/apps/v1`; nil when no document describes it.
    func catalog(_ groupVersion: String) -> SchemaCatalog? {
        if let known = loaded.withLock({ $0[groupVersion] }) { return known }
        let catalog = read(groupVersion)
        loaded.withLock { $0[groupVersion] = catalog }
        return catalog
    }

    private func read(_ groupVersion: String) -> SchemaCatalog? {
        let path = "\(directory)/openapi/v3/\(groupVersion)/index.json.gz"
        guard let data = FileManager.default.contents(atPath: path), let text = try? Inflate.gunzip([UInt8](data)),
            let document = try? JSONParser.parse(text)
        else { return nil }
        return SchemaCompiler.compile(document)
    }
}

/// Turns an OpenAPI v3 document into schemas.
struct SchemaCompiler {
    private var nodes: [SchemaNode] = []
    private var indices: [String: Int] = [:]
    private static let prefix = "#/components/schemas/"

    static func compile(_ document: JSON) -> SchemaCatalog {
        var compiler = SchemaCompiler()
        let schemas = document["components"]["schemas"].members
        for (index, entry) in schemas.entries.enumerated() {
            compiler.indices[entry.key] = index
            compiler.nodes.append(SchemaNode(shape: .any))
        }
        var kinds: [String: Int] = [:]
        for (index, entry) in schemas.entries.enumerated() {
            compiler.nodes[index] = compiler.node(entry.value, name: entry.key)
            for kind in entry.value["x-kubernetes-group-version-kind"].array {
                guard let name = kind["kind"].string, entry.key.hasSuffix(".\(name)") else { continue }
                kinds[name] = index
            }
        }
        return SchemaCatalog(nodes: compiler.nodes, kinds: kinds)
    }

    private mutating func node(_ schema: JSON, name: String = "") -> SchemaNode {
        let shortName = name.split(separator: ".").last.map(String.init) ?? ""
        var node = SchemaNode(shape: shape(schema, shortName), typeName: shortName)
        node.isAtomic = schema["x-kubernetes-map-type"].string == "atomic"
        return node
    }

    private mutating func shape(_ schema: JSON, _ name: String) -> SchemaNode.Shape {
        switch name {
        case "Quantity": return .quantity
        case "IntOrString": return .intOrString
        case "Time", "MicroTime": return .time
        case "FieldsV1", "RawExtension", "JSON", "Patch": return .any
        default: break
        }
        switch schema["type"].string {
        case "object":
            if !schema["properties"].isNull {
                var fields: [String: SchemaField] = [:]
                for entry in schema["properties"].members.entries { fields[entry.key] = field(entry.value) }
                return .object(fields: fields, required: schema["required"].array.compactMap(\.string))
            }
            if !schema["additionalProperties"].isNull { return .map(field(schema["additionalProperties"])) }
            return name.isEmpty ? .any : .object(fields: [:], required: [])
        case "array": return .list(field(schema["items"]), listKind(schema))
        case "string":
            switch schema["format"].string {
            case "byte": return .bytes
            case "date-time": return .time
            default: return .string
            }
        case "integer": return .integer
        case "number": return .number
        case "boolean": return .boolean
        default: return .any
        }
    }

    private func listKind(_ schema: JSON) -> SchemaNode.ListKind {
        switch schema["x-kubernetes-list-type"].string {
        case "set": .set
        case "map": .map(keys: schema["x-kubernetes-list-map-keys"].array.compactMap(\.string))
        default: .atomic
        }
    }

    private mutating func field(_ schema: JSON) -> SchemaField {
        var result = SchemaField(node: 0)
        let reference = schema["$ref"].string ?? schema["allOf"].array.first?["$ref"].string
        if let reference, let index = indices[String(reference.dropFirst(Self.prefix.count))] {
            result.node = index
        } else {
            let inline = node(schema)
            nodes.append(inline)
            result.node = nodes.count - 1
        }
        let strategy = schema["x-kubernetes-patch-strategy"].string ?? ""
        result.isMerged = strategy.contains("merge")
        result.retainsKeys = strategy.contains("retainKeys")
        result.mergeKey = schema["x-kubernetes-patch-merge-key"].string
        let value = schema["default"]
        if !value.isEmpty { result.defaultValue = value }
        result.enumeration = schema["enum"].array.compactMap(\.string)
        return result
    }
}
