import Yams

/// Reads YAML bodies, as server-side apply sends them.
enum YAMLReader {
    /// - Throws: `APIError` 400 when the text is no YAML.
    static func parse(_ body: [UInt8]) throws -> JSON {
        // kubectl and helm send JSON under the YAML content type, which needs no YAML parser.
        if let json = try? JSONParser.parse(body) { return json }
        do {
            guard let node = try Yams.compose(yaml: String(decoding: body, as: UTF8.self)) else { return .null }
            return try value(node)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError.badRequest("error converting YAML to JSON: yaml: \(error)")
        }
    }

    private static func value(_ node: Node) throws -> JSON {
        switch node {
        case .scalar(let scalar):
            if scalar.style != .plain && scalar.style != .any { return .string(scalar.string) }
            if node.null != nil { return .null }
            if let flag = node.bool { return .bool(flag) }
            if let number = node.int { return .int(number) }
            if let number = node.float { return .double(number) }
            return .string(scalar.string)
        case .sequence(let sequence): return .array(try sequence.map(value))
        case .mapping(let mapping):
            var pairs: [(String, JSON)] = []
            for (key, element) in mapping {
                guard let name = key.scalar?.string else { throw APIError.badRequest("error converting YAML to JSON: a key is no text") }
                pairs.append((name, try value(element)))
            }
            return .object(JSONObject(pairs))
        case .alias: throw APIError.badRequest("error converting YAML to JSON: aliases are not supported")
        }
    }
}
