import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a request carries through the HTTP server: the connection, so that a fault can cut it.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    // Secrets of helm and large manifests are up to 3 MiB on a real server.
    let maxUploadSize = 3 << 20

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Turns HTTP requests into requests to the cluster, and its answers into responses.
struct APIResponder: HTTPResponder {
    let cluster: Cluster
    let documents: Documents
    let metricsAreServed: @Sendable () -> Bool

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        if await cluster.isUnreachable() {
            try? await context.channel.close()
            return Response(status: .serviceUnavailable)
        }
        var call = Self.call(request)
        let isStream = call.flag("watch") || call.flag("follow")
        do {
            if !isStream {
                let body = try await request.body.collect(upTo: context.maxUploadSize)
                call.body = Array(body.readableBytesView)
            }
            return try await answer(call, request)
        } catch let error as APIError {
            return Self.response(error)
        } catch let error as JSONError {
            return Self.response(APIError.badRequest(error.message))
        } catch is NIOTooManyBytesError {
            return Self.response(
                APIError(
                    code: 413, reason: "RequestEntityTooLarge",
                    message: "Request entity too large: limit is \(context.maxUploadSize)"))
        }
    }

    private func answer(_ call: APIRequest, _ request: Request) async throws -> Response {
        if call.method == "GET", let document = try documents.answer(call, metricsAreOn: metricsAreServed()) {
            return Self.response(document, [:])
        }
        if let proxied = try await cluster.proxied(call) { return Self.response(proxied, [:]) }
        if let metrics = try await cluster.metrics(call) { return Self.response(.value(metrics), [:]) }
        guard let target = call.target else { throw APIError.noSuchResource }
        let (answer, warnings) = try await cluster.answer(call, target: target)
        var headers: HTTPFields = [:]
        for warning in warnings {
            headers.append(HTTPField(name: .warning, value: "299 - \(JSONWriter.text(.string(warning)))"))
        }
        let encoder = AnswerEncoder(
            wantsTable: call.accept.contains("as=Table") && call.accept.contains("g=meta.k8s.io"), call: call,
            target: target, cluster: cluster)
        let (response, watch) = try encoder.encode(answer)
        guard case .stream(let type, let lines) = response else { return Self.response(response, headers) }
        headers[.contentType] = type
        let cluster = cluster
        let body = ResponseBody { writer in
            try? await request.body.consumeWithCancellationOnInboundClose { _ in
                for await line in lines { try await writer.write(ByteBuffer(bytes: line)) }
            }
            if let watch { await cluster.removeWatcher(watch) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func call(_ request: Request) -> APIRequest {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return APIRequest(method: request.method.rawValue, target: request.uri.path + query) { name in
            HTTPField.Name(name).flatMap { request.headers[$0] }
        }
    }

    /// The request whose head was read before HTTP began.
    static func call(_ head: RequestHead) -> APIRequest {
        APIRequest(method: head.method, target: head.target) { head.fields[$0] }
    }

    private static func response(_ error: APIError) -> Response {
        var headers: HTTPFields = [:]
        if let seconds = error.retryAfter { headers[.retryAfter] = String(seconds) }
        if error.isText { return response(.text(error.message + "\n", status: error.code), headers) }
        return response(.json(error.code, JSONWriter.bytes(error.status)), headers)
    }

    private static func response(_ answer: APIResponse, _ headers: HTTPFields) -> Response {
        var headers = headers
        // Tells clients that the server does its own flow control, so that they do not throttle themselves.
        for (name, value) in [
            ("X-Kubernetes-Pf-Flowschema-Uid", "00000000-0000-0000-0000-000000000001"),
            ("X-Kubernetes-Pf-Prioritylevel-Uid", "00000000-0000-0000-0000-000000000002"),
        ] {
            if let field = HTTPField.Name(name) { headers[field] = value }
        }
        headers[.cacheControl] = "no-cache, private"
        switch answer {
        case .json(let status, let bytes):
            headers[.contentType] = "application/json"
            return Response(
                status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .raw(let status, let type, let bytes, let encoding):
            headers[.contentType] = type
            if let encoding { headers[.contentEncoding] = encoding }
            return Response(
                status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream: return Response(status: .internalServerError)
        }
    }
}

extension Cluster {
    /// Whether connections are to be cut now.
    func isUnreachable() -> Bool { apiFaults.isUnreachable(at: Timestamp.now) }
}

extension HTTPField.Name {
    fileprivate static var warning: HTTPField.Name { HTTPField.Name("Warning") ?? .via }
}
