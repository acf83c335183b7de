import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import RunbookHost
import RunbookSecrets

/// Sends real HTTP requests.
public struct AsyncHTTPSender: HTTPSender {
    // One client for the process, opened at the first request. A refused connection is an answer: it is not tried again
    // behind the caller's back until the time is over.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .follow(max: 10, allowCycles: false)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Makes a sender; nothing is opened before the first request.
    public init() {}

    /// The largest answer that is kept.
    private static let bodyLimit = 64 << 20

    /// Sends a request and reads the whole answer.
    public func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for header in call.headers {
            request.headers.add(
                name: header.name, value: String(decoding: try vault.reveal(header.value), as: UTF8.self))
        }
        if let body = call.body { request.body = .bytes(try vault.reveal(body)) }
        let start = ContinuousClock.now
        do {
            let response = try await Self.client.execute(
                request, timeout: .nanoseconds(Int64(call.timeout / .nanoseconds(1))))
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            let elapsed = ContinuousClock.now - start
            return HTTPAnswer(
                status: Int(response.status.code),
                headers: response.headers.map { ($0.name.lowercased(), vault.redactor.redact($0.value)) },
                body: vault.redactor.redact(Array(body.readableBytesView)),
                milliseconds: Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15)
        } catch let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme
        {
            throw RunbookError(
                .argument, "`\(call.url)` is no address of the web", remedy: "write http://HOST:PORT/PATH")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw RunbookError(.io, "\(call.method) \(call.url): \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? HTTPClientError {
            if error == .connectTimeout || error == .deadlineExceeded || error == .readTimeout {
                return "no answer in time"
            }
            // The long description tells the values of headers.
            return error.shortDescription.lowercased()
        }
        if let error = error as? NIOConnectionError {
            let first = error.connectionErrors.first.map { String(describing: $0.error) } ?? "no address answers"
            return first.contains("refused") || first.contains("errno: 111") ? "connection refused" : first
        }
        let text = String(describing: error)
        return text.contains("refused") ? "connection refused" : text
    }
}
