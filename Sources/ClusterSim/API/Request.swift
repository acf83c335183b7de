import Foundation

/// A request to the API, as its path and headers say it.
struct APIRequest: Sendable {
    var method: String
    var path: [String]
    /// The path and the query, as the client wrote them.
    var rawTarget = ""
    var query: [String: String]
    /// The parts of the query in order, for names that occur more than once.
    var items: [(name: String, value: String)] = []
    var accept: String
    var contentType: String
    var userAgent: String
    var impersonated: String?
    var acceptsGzip: Bool
    var body: [UInt8]

    /// The object or list of objects that the path names; nil when the path is of another form.
    struct Target: Sendable {
        var documentPath: String
        var plural: String
        var namespace: String?
        var name: String?
        var subresource: String?
    }

    var target: Target? {
        var rest = path[...]
        let document: String
        if rest.first == "api", rest.count >= 3 {
            document = rest.prefix(2).joined(separator: "/")
            rest = rest.dropFirst(2)
        } else if rest.first == "apis", rest.count >= 4 {
            document = rest.prefix(3).joined(separator: "/")
            rest = rest.dropFirst(3)
        } else {
            return nil
        }
        var target = Target(documentPath: document, plural: "")
        let parts = Array(rest)
        if parts[0] == "namespaces", parts.count >= 3, !(parts.count == 3 && ["status", "finalize"].contains(parts[2]))
        {
            target.namespace = parts[1]
            rest = rest.dropFirst(2)
        }
        let names = Array(rest)
        guard (1...).contains(names.count) else { return nil }
        target.plural = names[0]
        if names.count > 1 { target.name = names[1] }
        if names.count > 2 { target.subresource = names[2] }
        return target
    }

    /// All values of a name in the query.
    func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    func flag(_ name: String) -> Bool { ["1", "true"].contains(query[name] ?? "") }

    /// The parsed body.
    ///
    /// - Throws: `APIError` 400 or 415 when it is not an object in a known form.
    func decodedBody() throws -> JSON {
        let type = contentType.prefix { $0 != ";" }
        let accepted = ["application/json", "application/yaml", ProtobufObject.contentType]
        guard type.isEmpty || type == "*/*" || accepted.contains(String(type)) else {
            throw APIError.unsupportedMediaType(String(type), accepted + ["application/cbor"])
        }
        if type == ProtobufObject.contentType { return try ProtobufObject.decode(body) }
        if type.hasSuffix("yaml") { return try YAMLReader.parse(body) }
        do {
            return try JSONParser.parse(body)
        } catch let error as JSONError {
            throw APIError.badRequest(
                "couldn't get version/kind; json parse error: \(error.message)")
        }
    }
}

extension APIRequest {
    /// A request as its head says it, without its body.
    ///
    /// - Parameter field: the value of a header field, by its name in lower case.
    init(method: String, target: String, field: (String) -> String?) {
        let (path, query) = target.split(around: "?") ?? (target, "")
        var items: [(name: String, value: String)] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            items.append((Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : ""))
        }
        self.init(
            method: method,
            path: path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) },
            rawTarget: target, query: Dictionary(items.map { ($0.name, $0.value) }) { $1 }, items: items,
            accept: field("accept") ?? "", contentType: field("content-type") ?? "application/json",
            userAgent: field("user-agent") ?? "", impersonated: field("impersonate-user"),
            acceptsGzip: field("accept-encoding")?.contains("gzip") ?? false, body: [])
    }

    /// A part of a query as Go's clients encode it, with `+` for a blank.
    private static func decoded(_ text: String) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }
}

/// How a client wants a write to be done.
final class WriteScope {
    /// What happens to fields that the schema does not know.
    enum Validation {
        case strict
        case warn
        case ignore
    }

    let isDryRun: Bool
    let manager: String
    let validation: Validation
    let isForced: Bool
    let time: Double
    let user: String
    var subresource = ""
    /// What the answer's `Warning` headers say.
    var warnings: [String] = []

    init(_ request: APIRequest) {
        isDryRun = request.query["dryRun"] == "All"
        let agent = request.userAgent.prefix { $0 != "/" }
        manager = request.query["fieldManager"] ?? (agent.isEmpty ? "unknown" : String(agent))
        switch request.query["fieldValidation"] {
        case "Strict": validation = .strict
        case "Ignore": validation = .ignore
        default: validation = .warn
        }
        isForced = request.flag("force")
        time = Timestamp.now
        user = request.impersonated ?? "minikube-user"
    }
}

/// What the server answers.
enum APIResponse: Sendable {
    case json(Int, [UInt8])
    case raw(status: Int, type: String, body: [UInt8], encoding: String?)
    /// Lines that go out as they come.
    case stream(type: String, AsyncStream<[UInt8]>)

    static func value(_ json: JSON, status: Int = 200) -> APIResponse { .json(status, JSONWriter.bytes(json)) }
    static func text(_ text: String, status: Int = 200) -> APIResponse {
        .raw(status: status, type: "text/plain", body: Array(text.utf8), encoding: nil)
    }
}
