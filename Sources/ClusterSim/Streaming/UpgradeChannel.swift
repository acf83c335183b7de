import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// A connection of a client: HTTP, or what a client goes over to for `exec`, `attach` and `port-forward`.
///
/// The first request decides. Until its head has come, the bytes are kept.
struct UpgradeChannel: ServerChildChannel {
    /// A connection whose kind is not known yet.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    enum Negotiated: Sendable {
        case http(HTTP1Channel.Value)
        case stream(NIOAsyncChannel<ByteBuffer, ByteBuffer>, StreamRequest, StreamProtocol)
    }

    let http: HTTP1Channel
    let cluster: Cluster

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let promise = channel.eventLoop.makePromise(of: Negotiated.self)
        return channel.eventLoop.makeCompletedFuture {
            let peek = FirstRequest { head, handler in
                decide(head, handler, channel, logger, promise)
            } onClose: {
                promise.fail(ChannelError.eof)
            }
            try channel.pipeline.syncOperations.addHandler(peek)
            return Value(channel: channel, negotiated: promise.futureResult)
        }
    }

    private func decide(
        _ head: RequestHead?, _ peek: FirstRequest, _ channel: any Channel, _ logger: Logger,
        _ promise: EventLoopPromise<Negotiated>
    ) {
        let peek = NIOLoopBound(peek, eventLoop: channel.eventLoop)
        guard let head, let wanted = StreamProtocol(head) else {
            serve(peek, channel, logger, promise)
            return
        }
        let decision = channel.eventLoop.makeFutureWithTask { () async -> StreamRequest? in
            // What is refused goes to the HTTP side, which finds the same error and says it.
            try? await cluster.streamRequest(APIResponder.call(head))
        }
        decision.whenSuccess { request in
            guard let request else { return serve(peek, channel, logger, promise) }
            let switched = ByteBuffer(bytes: wanted.response)
            channel.writeAndFlush(switched).flatMapThrowing { () -> Negotiated in
                peek.value.discard()
                let stream = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                channel.pipeline.syncOperations.removeHandler(peek.value, promise: nil)
                return .stream(stream, request, wanted)
            }.cascade(to: promise)
        }
    }

    private func serve(
        _ peek: NIOLoopBound<FirstRequest>, _ channel: any Channel, _ logger: Logger,
        _ promise: EventLoopPromise<Negotiated>
    ) {
        http.setup(channel: channel, logger: logger).map { value -> Negotiated in
            channel.pipeline.syncOperations.removeHandler(peek.value, promise: nil)
            return .http(value)
        }.cascade(to: promise)
    }

    func handle(value: Value, logger: Logger) async {
        let negotiated = await withTaskCancellationHandler {
            try? await value.negotiated.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        guard let negotiated else { return }
        switch negotiated {
        case .http(let channel): await http.handle(value: channel, logger: logger)
        case .stream(let channel, let request, let kind):
            try? await channel.executeThenClose { inbound, outbound in
                let (bytes, continuation) = AsyncStream<[UInt8]>.makeStream()
                await withTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        do {
                            for try await buffer in inbound { continuation.yield(Array(buffer.readableBytesView)) }
                        } catch {}
                        continuation.finish()
                        return false
                    }
                    group.addTask {
                        try? await serve(request, kind, ByteWire(bytes, outbound))
                        return true
                    }
                    // After the session, the client gets the time to read its end and to leave by itself.
                    if await group.next() == true {
                        group.addTask {
                            try? await Task.sleep(for: .seconds(2))
                            return true
                        }
                        _ = await group.next()
                    }
                    group.cancelAll()
                }
            }
        }
    }

    private func serve(_ request: StreamRequest, _ kind: StreamProtocol, _ bytes: ByteWire) async throws {
        switch (request, kind.carrier) {
        case (.command(let command), .webSocket):
            let session = CommandSession(command: command, cluster: cluster, speed: cluster.settings.speed)
            try await session.run(WebSocketCommandStreams(WebSocketWire(bytes)))
        case (.command(let command), .spdy):
            let connection = SPDYConnection(bytes)
            let session = CommandSession(command: command, cluster: cluster, speed: cluster.settings.speed)
            await withDiscardingTaskGroup { group in
                group.addTask { await connection.run() }
                if let streams = await SPDYCommandStreams(connection, command) { try? await session.run(streams) }
                await connection.close()
            }
        case (.forward(let pod), .webSocket):
            await PortForward(pod: pod, cluster: cluster).run(SPDYConnection(WebSocketWire(bytes)))
        case (.forward(let pod), .spdy): await PortForward(pod: pod, cluster: cluster).run(SPDYConnection(bytes))
        }
    }
}

/// Keeps the bytes of a connection until the head of its first request is there.
final class FirstRequest: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let longest = 64 << 10

    private var kept = ByteBuffer()
    private var hasDecided = false
    private var isInputClosed = false
    private let onHead: (RequestHead?, FirstRequest) -> Void
    private let onClose: () -> Void

    init(_ onHead: @escaping (RequestHead?, FirstRequest) -> Void, onClose: @escaping () -> Void) {
        self.onHead = onHead
        self.onClose = onClose
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        kept.writeBuffer(&bytes)
        guard !hasDecided else { return }
        let view = Array(kept.readableBytesView)
        guard let end = RequestHead.end(in: view) else {
            if view.count > Self.longest { decide(nil) }
            return
        }
        decide(RequestHead(Array(view[..<end])))
    }

    private func decide(_ head: RequestHead?) {
        hasDecided = true
        onHead(head, self)
    }

    /// Forgets the head of a request that has been answered here.
    func discard() {
        if let end = RequestHead.end(in: Array(kept.readableBytesView)) { kept.moveReaderIndex(forwardBy: end) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !hasDecided { onClose() }
        context.fireChannelInactive()
    }

    /// Go's clients open connections that they may never use; one that ends before its first request ends here.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        if hasDecided {
            isInputClosed = true
        } else {
            context.close(promise: nil)
        }
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if kept.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(kept))
            context.fireChannelReadComplete()
        }
        if isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.leavePipeline(removalToken: removalToken)
    }
}

/// What a client goes over to, and what it is told.
struct StreamProtocol: Sendable {
    enum Carrier: Sendable {
        case webSocket
        case spdy
    }

    let carrier: Carrier
    /// The head of the answer that ends HTTP.
    let response: [UInt8]

    private static let overWebSocket = ["v5.channel.k8s.io", "v4.channel.k8s.io", "SPDY/3.1+portforward.k8s.io"]
    private static let overSPDY = ["v4.channel.k8s.io", "v3.channel.k8s.io", "portforward.k8s.io"]

    /// nil when the request asks for no protocol that is known here.
    init?(_ head: RequestHead) {
        var lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade"]
        switch head.upgrade {
        case "websocket":
            let asked = head.list("sec-websocket-protocol")
            guard let key = head.fields["sec-websocket-key"], let name = Self.overWebSocket.first(where: asked.contains)
            else { return nil }
            carrier = .webSocket
            lines += [
                "Upgrade: websocket", "Sec-WebSocket-Accept: \(WebSocketFrame.accept(key))",
                "Sec-WebSocket-Protocol: \(name)",
            ]
        case "spdy/3.1":
            let asked = head.list("x-stream-protocol-version")
            guard let name = Self.overSPDY.first(where: asked.contains) else { return nil }
            carrier = .spdy
            lines += ["Upgrade: SPDY/3.1", "X-Stream-Protocol-Version: \(name)"]
        default: return nil
        }
        response = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
