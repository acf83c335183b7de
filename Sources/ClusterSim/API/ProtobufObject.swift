/// Turns protobuf bodies into the objects that they say.
enum ProtobufObject {
    static let contentType = "application/vnd.kubernetes.protobuf"

    /// Decodes a body.
    ///
    /// - Throws: `APIError` 415 for a kind or a field that the table of messages does not know.
    static func decode(_ body: [UInt8]) throws -> JSON {
        guard body.starts(with: [0x6B, 0x38, 0x73, 0x00]) else {
            throw APIError.badRequest(
                "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
        }
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        for field in try ProtobufReader.fields(body[4...]) {
            switch field.number {
            case 1:
                for part in try ProtobufReader.fields(field.bytes) {
                    if part.number == 1 { apiVersion = part.text } else if part.number == 2 { kind = part.text }
                }
            case 2: raw = field.bytes
            default: break
            }
        }
        let name =
            apiVersion == "autoscaling/v1" && kind == "HorizontalPodAutoscaler" ? "HorizontalPodAutoscalerV1" : kind
        guard ProtobufMessages.table[name] != nil else { throw unsupported }
        var object = try message(name, raw)
        object["apiVersion"] = .string(apiVersion)
        object["kind"] = .string(kind)
        return object
    }

    private static var unsupported: APIError {
        APIError.unsupportedMediaType(contentType, ["application/json", "application/yaml"])
    }

    private static func message(_ name: String, _ bytes: ArraySlice<UInt8>) throws -> JSON {
        guard let fields = ProtobufMessages.table[name] else { throw unsupported }
        var object: JSON = [:]
        for field in try ProtobufReader.fields(bytes) {
            guard let definition = fields[field.number] else { throw unsupported }
            guard let value = try value(definition.type, field, &object, definition.name) else { continue }
            if definition.isInline {
                for entry in value.members.entries { object.put(entry.key, entry.value) }
            } else if definition.isRepeated {
                object[definition.name].append(value)
            } else {
                object.put(definition.name, value)
            }
        }
        return object
    }

    /// The value of a field; nil when it says nothing, or went into the object's map itself.
    private static func value(_ type: String, _ field: ProtobufReader.Field, _ object: inout JSON, _ name: String)
        throws -> JSON?
    {
        switch type {
        case "skip": return nil
        case "string": return field.bytes.isEmpty ? nil : .string(field.text)
        case "int": return field.value == 0 ? nil : .int(Int(truncatingIfNeeded: field.value))
        case "int?": return .int(Int(truncatingIfNeeded: field.value))
        case "bool": return field.value == 0 ? nil : true
        case "bool?": return .bool(field.value != 0)
        case "map", "bytes", "texts":
            try entry(field.bytes) { key, bytes in
                object[name].put(
                    key, .string(type == "bytes" ? Base64.encode(bytes) : String(decoding: bytes, as: UTF8.self)))
            }
            return nil
        case "quantities":
            var failure: (any Error)?
            try entry(field.bytes) { key, bytes in
                do { object[name].put(key, try message("Quantity", bytes)["string"]) } catch { failure = error }
            }
            if let failure { throw failure }
            return nil
        case "quantity": return try message("Quantity", field.bytes)["string"]
        case "intOrString":
            let parts = try message("IntOrString", field.bytes)
            return parts["type"].int == 1 ? .string(parts["text"].text) : .int(parts["number"].int ?? 0)
        case "time", "microTime":
            let parts = try message("Timestamp", field.bytes)
            guard let seconds = parts["seconds"].int else { return nil }
            let time = Double(seconds) + Double(parts["nanos"].int ?? 0) / 1e9
            return .string(type == "time" ? Timestamp.seconds(time) : Timestamp.microseconds(time))
        default: return try message(type, field.bytes)
        }
    }

    private static func entry(_ bytes: ArraySlice<UInt8>, _ body: (String, ArraySlice<UInt8>) -> Void) throws {
        var key = ""
        var value: ArraySlice<UInt8> = []
        for field in try ProtobufReader.fields(bytes) {
            if field.number == 1 { key = field.text } else if field.number == 2 { value = field.bytes }
        }
        body(key, value)
    }
}
