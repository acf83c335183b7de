/// How a text with secrets is written into another text, such as a manifest, without being opened on the way.
public enum SecretEncoding: Sendable, Hashable {
    /// Base64 with padding, as the `data` of a Kubernetes Secret holds it.
    case base64
    /// The inside of a JSON string, without its quotes.
    case jsonString

    /// The encoded bytes; nil for what cannot be encoded: bytes that are no UTF-8, as a JSON string.
    func encode(_ bytes: [UInt8]) -> [UInt8]? {
        switch self {
        case .base64: Base64.whole(bytes, padded: true)
        case .jsonString: String(validating: bytes, as: UTF8.self) == nil ? nil : Self.escape(bytes)
        }
    }

    private static func escape(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x0A: result += "\\n".utf8
            case 0x0D: result += "\\r".utf8
            case 0x09: result += "\\t".utf8
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: result.append(byte)
            }
        }
        return result
    }
}
