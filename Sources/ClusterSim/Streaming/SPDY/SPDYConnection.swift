/// A stream of a SPDY connection, as the server sees it.
struct SPDYStream: Sendable {
    let number: Int
    let headers: [String: String]
    /// What the client sends on it; ends when the client closes its side.
    let incoming: AsyncStream<[UInt8]>
}

/// The server's side of a SPDY/3.1 connection, as far as Kubernetes clients use it: streams that the client opens, data,
/// ends, pings. There are no windows; the connection below does the flow control.
actor SPDYConnection {
    private enum Kind {
        static let open = 1
        static let reply = 2
        static let reset = 3
        static let ping = 6
        static let goAway = 7
    }

    /// The streams that the client opens, in order.
    nonisolated let opened: AsyncStream<SPDYStream>
    private let announce: AsyncStream<SPDYStream>.Continuation
    private let wire: any Wire
    private var buffer: [UInt8] = []
    private var inputs: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
    private var headers = InflateStream(dictionary: SPDYHeaders.dictionary)
    private var hasReplied = false

    init(_ wire: any Wire) {
        self.wire = wire
        (opened, announce) = AsyncStream<SPDYStream>.makeStream()
    }

    /// Reads frames until the connection ends.
    func run() async {
        for await bytes in wire.incoming {
            buffer += bytes
            do {
                while try await takeFrame() {}
            } catch {
                break
            }
        }
        for input in inputs.values { input.finish() }
        announce.finish()
    }

    private static func number(_ bytes: some Collection<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func bytes(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    private func takeFrame() async throws -> Bool {
        guard buffer.count >= 8 else { return false }
        let length = Self.number(buffer[5..<8])
        guard buffer.count >= 8 + length else { return false }
        let head = Self.number(buffer[0..<4])
        let flags = buffer[4]
        let payload = Array(buffer[8..<8 + length])
        buffer.removeFirst(8 + length)
        if head & 0x8000_0000 == 0 {
            if !payload.isEmpty { inputs[head]?.yield(payload) }
            if flags & 1 != 0 { inputs.removeValue(forKey: head)?.finish() }
            return true
        }
        switch head & 0xFFFF {
        case Kind.open where payload.count >= 10: try await open(payload, isClosed: flags & 1 != 0)
        case Kind.reset where payload.count >= 4:
            inputs.removeValue(forKey: Self.number(payload[0..<4]))?.finish()
        case Kind.ping: try await send(Kind.ping, payload)
        case Kind.goAway:
            for input in inputs.values { input.finish() }
            inputs = [:]
            announce.finish()
        default: break
        }
        return true
    }

    private func open(_ payload: [UInt8], isClosed: Bool) async throws {
        let number = Self.number(payload[0..<4])
        let fields = SPDYHeaders.decode(try headers.unpack(Array(payload[10...]))) ?? [:]
        let (incoming, input) = AsyncStream<[UInt8]>.makeStream()
        if isClosed { input.finish() } else { inputs[number] = input }
        try await send(Kind.reply, Self.bytes(number) + SPDYHeaders.emptyBlock(isFirst: !hasReplied))
        hasReplied = true
        announce.yield(SPDYStream(number: number, headers: fields, incoming: incoming))
    }

    private func send(_ kind: Int, _ payload: [UInt8]) async throws {
        try await wire.send(Self.bytes(0x8003_0000 | kind) + Self.bytes(payload.count) + payload)
    }

    /// Sends data on a stream.
    ///
    /// - Parameter isLast: whether the server's side of the stream ends with it.
    func send(_ bytes: [UInt8], on stream: SPDYStream, isLast: Bool = false) async throws {
        var rest = bytes[...]
        while rest.count > 32_768 {
            try await sendPart(rest.prefix(32_768), stream.number, flags: 0)
            rest = rest.dropFirst(32_768)
        }
        if !rest.isEmpty || isLast { try await sendPart(rest, stream.number, flags: isLast ? 1 : 0) }
    }

    private func sendPart(_ part: ArraySlice<UInt8>, _ number: Int, flags: Int) async throws {
        try await wire.send(Self.bytes(number) + Self.bytes(flags << 24 | part.count) + part)
    }

    /// Ends the connection.
    func close() async { await wire.close() }
}
