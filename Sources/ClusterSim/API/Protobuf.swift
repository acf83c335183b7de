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
