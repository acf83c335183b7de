import Crypto
import Foundation

/// Messages of the WebSocket protocol (RFC 6455), as a server reads and writes them.
struct WebSocketDecoder {
    /// What came.
    enum Message: Sendable, Equatable {
        case data([UInt8])
        case ping([UInt8])
        case close
    }

    /// A frame that no client may send.
    struct Malformed: Error {}

    private static let largest = 16 << 20

    private var buffer: [UInt8] = []
    private var parts: [UInt8] = []

    mutating func append(_ bytes: [UInt8]) { buffer += bytes }

    /// The next message; nil when more has to come.
    mutating func next() throws -> Message? {
        while let (isFinal, code, payload) = try frame() {
            switch code {
            case 0, 1, 2:
                parts += payload
                guard isFinal else { continue }
                defer { parts = [] }
                return .data(parts)
            case 8: return .close
            case 9: return .ping(payload)
            default: continue
            }
        }
        return nil
    }

    private mutating func frame() throws -> (isFinal: Bool, code: UInt8, payload: [UInt8])? {
        guard buffer.count >= 2 else { return nil }
        let isMasked = buffer[1] & 0x80 != 0
        var length = Int(buffer[1] & 0x7F)
        var place = 2
        if length >= 126 {
            let width = length == 126 ? 2 : 8
            guard buffer.count >= 2 + width else { return nil }
            length = buffer[2..<2 + width].reduce(0) { $0 << 8 | Int($1) }
            place += width
        }
        guard isMasked, length >= 0, length <= Self.largest else { throw Malformed() }
        guard buffer.count >= place + 4 + length else { return nil }
        let mask = Array(buffer[place..<place + 4])
        var payload = Array(buffer[place + 4..<place + 4 + length])
        for index in payload.indices { payload[index] ^= mask[index & 3] }
        let first = buffer[0]
        buffer.removeFirst(place + 4 + length)
        return (first & 0x80 != 0, first & 0x0F, payload)
    }
}

/// Frames of the WebSocket protocol that a server sends.
enum WebSocketFrame {
    static func data(_ bytes: [UInt8]) -> [UInt8] { frame(2, bytes) }
    static func pong(_ bytes: [UInt8]) -> [UInt8] { frame(10, bytes) }
    /// The end of the connection, with the code of a normal one.
    static var close: [UInt8] { frame(8, [0x03, 0xE8]) }

    private static func frame(_ code: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = [0x80 | code]
        switch bytes.count {
        case ..<126: output.append(UInt8(bytes.count))
        case ..<65_536: output += [126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        default:
            output.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(bytes.count >> shift & 255)) }
        }
        return output + bytes
    }

    /// What the server answers to the client's key, so that the client knows that it speaks this protocol.
    static func accept(_ key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
