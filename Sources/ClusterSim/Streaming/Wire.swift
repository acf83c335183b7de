import NIOCore

/// A connection that carries messages both ways, once a client has left HTTP.
protocol Wire: Sendable {
    /// What the client sends; ends with the connection.
    var incoming: AsyncStream<[UInt8]> { get }
    func send(_ bytes: [UInt8]) async throws
    /// Tells the client that nothing more comes.
    func close() async
}

/// The bytes of a TCP connection.
struct ByteWire: Wire {
    let incoming: AsyncStream<[UInt8]>
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    init(_ incoming: AsyncStream<[UInt8]>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.incoming = incoming
        self.outbound = outbound
    }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }
    func close() async { outbound.finish() }
}

/// The messages of a WebSocket; pings are answered here.
struct WebSocketWire: Wire {
    let incoming: AsyncStream<[UInt8]>
    private let base: ByteWire

    init(_ base: ByteWire) {
        self.base = base
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        incoming = stream
        let task = Task {
            var decoder = WebSocketDecoder()
            reading: for await bytes in base.incoming {
                decoder.append(bytes)
                while let message = try? decoder.next() {
                    switch message {
                    case .data(let data): continuation.yield(data)
                    case .ping(let data): try? await base.send(WebSocketFrame.pong(data))
                    case .close: break reading
                    }
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
    }

    func send(_ bytes: [UInt8]) async throws { try await base.send(WebSocketFrame.data(bytes)) }

    func close() async {
        try? await base.send(WebSocketFrame.close)
        await base.close()
    }
}
