/// Carries the connections of `kubectl port-forward` to a pod: a data stream and an error stream for each.
struct PortForward: Sendable {
    let pod: ObjectKey
    let cluster: Cluster

    func run(_ connection: SPDYConnection) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await connection.run() }
            var errors: [String: SPDYStream] = [:]
            for await stream in connection.opened {
                let number = stream.headers["requestid"] ?? ""
                if stream.headers["streamtype"] == "error" {
                    errors[number] = stream
                } else if let error = errors.removeValue(forKey: number) {
                    let port = stream.headers["port"].flatMap { Int($0) } ?? 0
                    group.addTask { try? await forward(stream, error, port, connection) }
                }
            }
        }
    }

    private func forward(_ data: SPDYStream, _ error: SPDYStream, _ port: Int, _ connection: SPDYConnection)
        async throws
    {
        let servers = await cluster.servers(of: pod)
        guard PodServer.listens(servers, port: port) else {
            try await connection.send(Array(refusal(port).utf8), on: error, isLast: true)
            try await connection.send([], on: data, isLast: true)
            return
        }
        var server = HTTPExchange()
        for await bytes in data.incoming {
            server.append(bytes)
            while let request = server.next() {
                // A container may have come or gone since the last request.
                let answer = PodServer.answer(await cluster.servers(of: pod), port: port, path: request.path)
                try await connection.send(request.response(to: answer), on: data)
                if request.isLast {
                    try await connection.send([], on: data, isLast: true)
                    try await connection.send([], on: error, isLast: true)
                    return
                }
            }
            if server.isOtherProtocol { break }
        }
        try await connection.send([], on: data, isLast: true)
        try await connection.send([], on: error, isLast: true)
    }

    private func refusal(_ port: Int) -> String {
        "error forwarding port \(port) to pod \(Names.containerID()), uid : failed to execute portforward in network namespace \"/var/run/netns/cni-\(Names.uid())\": failed to connect to localhost:\(port) inside namespace \"\(Names.containerID())\", IPv4: dial tcp4 127.0.0.1:\(port): connect: connection refused IPv6 dial tcp6: address localhost: no suitable address "
    }
}

extension Cluster {
    /// What listens in the pod of a name; nothing when it is gone.
    func servers(of key: ObjectKey) -> [PodServer] { store.object(key).map { servers(of: $0) } ?? [] }
}

/// The requests of an HTTP/1.1 connection, as a small server in a container reads them.
struct HTTPExchange: Sendable {
    /// A request without its body.
    struct Request: Sendable {
        let method: String
        let path: String
        /// Whether the client asks for the end of the connection after it.
        let isLast: Bool

        /// The bytes of a response.
        func response(to answer: PodAnswer) -> [UInt8] {
            guard case .response(let status, let type, let body) = answer else {
                return Array("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
            }
            let head =
                "HTTP/1.1 \(status) \(PodAnswer.reason(status))\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
                + (isLast ? "Connection: close\r\n\r\n" : "\r\n")
            return Array(head.utf8) + (method == "HEAD" ? [] : body)
        }
    }

    private var buffer: [UInt8] = []
    /// Whether what came is no HTTP.
    private(set) var isOtherProtocol = false

    mutating func append(_ bytes: [UInt8]) { buffer += bytes }

    /// The next request that has come in full; nil when more has to come.
    mutating func next() -> Request? {
        guard let end = RequestHead.end(in: buffer) else {
            if let first = buffer.first, !(65...90).contains(first) { isOtherProtocol = true }
            return nil
        }
        guard let head = RequestHead(Array(buffer[..<end])) else {
            isOtherProtocol = true
            return nil
        }
        let length = head.fields["content-length"].flatMap { Int($0) } ?? 0
        guard buffer.count >= end + length else { return nil }
        buffer.removeFirst(end + length)
        return Request(
            method: head.method, path: head.target, isLast: head.fields["connection"]?.lowercased() == "close")
    }
}
