/// Reads the few protobuf messages that kubectl and helm send.
///
/// The wire form and the field numbers stand in the API's `generated.proto` files: `k8s\0`, then `runtime.Unknown`.
struct ProtobufReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// One field of a message.
    struct Field {
        let number: Int
        /// The content of a length-delimited field, or the digits of a number.
        let bytes: ArraySlice<UInt8>
        let value: UInt64
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private static let damaged = APIError.badRequest("the body of the request is no valid protobuf message")

    private mutating func varint() throws -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex, shift < 64 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return result }
            shift += 7
        }
        throw Self.damaged
    }

    private mutating func skip(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, bytes.endIndex - position >= count else { throw Self.damaged }
        defer { position += count }
        return bytes[position..<position + count]
    }

    static func fields(_ bytes: ArraySlice<UInt8>) throws -> [Field] {
        var reader = ProtobufReader(bytes)
        var result: [Field] = []
        while reader.position < bytes.endIndex {
            let tag = try reader.varint()
            let number = Int(tag >> 3)
            switch tag & 7 {
            case 0: result.append(Field(number: number, bytes: [], value: try reader.varint()))
            case 1: result.append(Field(number: number, bytes: try reader.skip(8), value: 0))
            case 2:
                let length = try reader.varint()
                guard length <= UInt64(bytes.count) else { throw damaged }
                result.append(Field(number: number, bytes: try reader.skip(Int(length)), value: 0))
            case 5: result.append(Field(number: number, bytes: try reader.skip(4), value: 0))
            default: throw damaged
            }
        }
        return result
    }
}

/// Turns protobuf bodies into the objects that they say.
enum ProtobufObject {
    static let contentType = "application/vnd.kubernetes.protobuf"

    /// Decodes a body.
    ///
    /// - Throws: `APIError` 415 for a kind whose fields are not known here.
    static func decode(_ body: [UInt8]) throws -> JSON {
        guard body.starts(with: [0x6B, 0x38, 0x73, 0x00]) else {
            throw APIError.badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
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
        var object = try message(kind, raw)
        object["apiVersion"] = .string(apiVersion)
        object["kind"] = .string(kind)
        return object
    }

    private static func message(_ kind: String, _ bytes: ArraySlice<UInt8>) throws -> JSON {
        var object: JSON = [:]
        for field in try ProtobufReader.fields(bytes) {
            switch (kind, field.number) {
            case ("DeleteOptions", 1): object["gracePeriodSeconds"] = .int(Int(truncatingIfNeeded: field.value))
            case ("DeleteOptions", 2):
                for part in try ProtobufReader.fields(field.bytes) {
                    object["preconditions"][part.number == 1 ? "uid" : "resourceVersion"] = .string(part.text)
                }
            case ("DeleteOptions", 3): object["orphanDependents"] = .bool(field.value != 0)
            case ("DeleteOptions", 4): object["propagationPolicy"] = .string(field.text)
            case ("DeleteOptions", 5): object["dryRun"].append(.string(field.text))
            case ("DeleteOptions", _): break
            case (_, 1): object["metadata"] = try metadata(field.bytes)
            case ("Secret", 2): try entry(field.bytes) { object["data"].put($0, .string(Base64.encode($1))) }
            case ("Secret", 3): object["type"] = .string(field.text)
            case ("Secret", 4): try entry(field.bytes) { object["stringData"].put($0, .string(String(decoding: $1, as: UTF8.self))) }
            case ("Secret", 5): object["immutable"] = .bool(field.value != 0)
            case ("ConfigMap", 2): try entry(field.bytes) { object["data"].put($0, .string(String(decoding: $1, as: UTF8.self))) }
            case ("ConfigMap", 3): try entry(field.bytes) { object["binaryData"].put($0, .string(Base64.encode($1))) }
            case ("ConfigMap", 4): object["immutable"] = .bool(field.value != 0)
            case ("SelfSubjectAccessReview", 2): object["spec"] = try accessReview(field.bytes)
            case ("SelfSubjectRulesReview", 2):
                for part in try ProtobufReader.fields(field.bytes) where part.number == 1 { object["spec"]["namespace"] = .string(part.text) }
            case ("Namespace", _), ("Eviction", 2): break
            default:
                throw APIError.unsupportedMediaType(contentType, ["application/json", "application/yaml"])
            }
        }
        return object
    }

    private static func accessReview(_ bytes: ArraySlice<UInt8>) throws -> JSON {
        var spec: JSON = [:]
        let names = ["namespace", "verb", "group", "version", "resource", "subresource", "name"]
        for field in try ProtobufReader.fields(bytes) {
            for part in try ProtobufReader.fields(field.bytes) {
                if field.number == 1, names.indices.contains(part.number - 1) {
                    spec["resourceAttributes"][names[part.number - 1]] = .string(part.text)
                } else if field.number == 2, part.number <= 2 {
                    spec["nonResourceAttributes"][part.number == 1 ? "path" : "verb"] = .string(part.text)
                }
            }
        }
        return spec
    }

    private static func metadata(_ bytes: ArraySlice<UInt8>) throws -> JSON {
        var metadata: JSON = [:]
        for field in try ProtobufReader.fields(bytes) {
            switch field.number {
            case 1: metadata["name"] = .string(field.text)
            case 2: metadata["generateName"] = .string(field.text)
            case 3: metadata["namespace"] = .string(field.text)
            case 5: metadata["uid"] = .string(field.text)
            case 6: metadata["resourceVersion"] = .string(field.text)
            case 11: try entry(field.bytes) { metadata["labels"].put($0, .string(String(decoding: $1, as: UTF8.self))) }
            case 12: try entry(field.bytes) { metadata["annotations"].put($0, .string(String(decoding: $1, as: UTF8.self))) }
            case 13: metadata["ownerReferences"].append(try owner(field.bytes))
            case 14: metadata["finalizers"].append(.string(field.text))
            default: break
            }
        }
        return metadata
    }

    private static func owner(_ bytes: ArraySlice<UInt8>) throws -> JSON {
        var owner: JSON = [:]
        for field in try ProtobufReader.fields(bytes) {
            switch field.number {
            case 1: owner["kind"] = .string(field.text)
            case 3: owner["name"] = .string(field.text)
            case 4: owner["uid"] = .string(field.text)
            case 5: owner["apiVersion"] = .string(field.text)
            case 6: owner["controller"] = .bool(field.value != 0)
            case 7: owner["blockOwnerDeletion"] = .bool(field.value != 0)
            default: break
            }
        }
        return owner
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
