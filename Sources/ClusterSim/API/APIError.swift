/// A refusal, as the `Status` object that a real server answers with.
struct APIError: Error {
    let code: Int
    let reason: String
    let message: String
    var details: JSON = .null
    var retryAfter: Int?
    /// Whether the answer is plain text, as it comes from what stands before the API.
    var isText = false

    /// The `Status` object.
    var status: JSON {
        var status: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "code": .int(code),
        ]
        if !reason.isEmpty { status["reason"] = .string(reason) }
        if !details.isNull { status["details"] = details }
        return status
    }

    private static func details(_ type: ResourceType, _ name: String) -> JSON {
        var details: JSON = ["name": .string(name), "kind": .string(type.plural)]
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        return details
    }

    static func badRequest(_ message: String) -> APIError {
        APIError(code: 400, reason: "BadRequest", message: message)
    }

    static func notFound(_ type: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 404, reason: "NotFound", message: "\(type.qualifiedName) \"\(name)\" not found",
            details: details(type, name))
    }

    static func namespaceNotFound(_ name: String) -> APIError {
        APIError(
            code: 404, reason: "NotFound", message: "namespaces \"\(name)\" not found",
            details: ["name": .string(name), "kind": "namespaces"])
    }

    /// A path that names nothing.
    static var noSuchResource: APIError {
        APIError(
            code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: [:])
    }

    static func alreadyExists(_ type: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 409, reason: "AlreadyExists", message: "\(type.qualifiedName) \"\(name)\" already exists",
            details: details(type, name))
    }

    static func conflict(_ type: ResourceType, _ name: String, _ text: String? = nil) -> APIError {
        let text = text ?? "the object has been modified; please apply your changes to the latest version and try again"
        return APIError(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.qualifiedName) \"\(name)\": \(text)",
            details: details(type, name))
    }

    static func forbidden(_ type: ResourceType, _ name: String, _ text: String) -> APIError {
        APIError(
            code: 403, reason: "Forbidden", message: "\(type.qualifiedName) \"\(name)\" is forbidden: \(text)",
            details: details(type, name))
    }

    static func methodNotAllowed() -> APIError {
        APIError(
            code: 405, reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource", details: [:])
    }

    static func gone(_ requested: Int, _ oldest: Int) -> APIError {
        APIError(code: 410, reason: "Expired", message: "too old resource version: \(requested) (\(oldest))")
    }

    /// A version that the cluster has not reached; a real server waits three seconds for it first.
    static func tooLarge(_ requested: Int, _ current: Int) -> APIError {
        APIError(
            code: 504, reason: "Timeout",
            message: "Timeout: Too large resource version: \(requested), current: \(current)",
            details: [
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
                "retryAfterSeconds": 1,
            ], retryAfter: 1)
    }

    static func unsupportedMediaType(_ type: String, _ accepted: [String]) -> APIError {
        APIError(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    static func unavailable(_ text: String) -> APIError {
        APIError(code: 503, reason: "ServiceUnavailable", message: text)
    }

    static func internalError(_ text: String) -> APIError {
        APIError(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(text)",
            details: ["causes": [["message": .string(text)]]])
    }

    /// An object that breaks rules: 422 with one cause a broken rule.
    static func invalid(_ type: ResourceType, _ name: String, _ causes: [FieldError]) -> APIError {
        let texts = causes.map(\.text)
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        var details: JSON = ["name": .string(name), "kind": .string(type.kind)]
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        details["causes"] = .array(causes.map(\.cause))
        return APIError(
            code: 422, reason: "Invalid", message: "\(type.qualifiedKind) \"\(name)\" is invalid: \(list)",
            details: details)
    }
}

/// One broken rule of an object.
struct FieldError {
    /// What kind of rule it is.
    enum Kind: String {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case unsupported = "FieldValueNotSupported"
        case duplicate = "FieldValueDuplicate"
        case forbidden = "FieldValueForbidden"
        case notFound = "FieldValueNotFound"
        case typeInvalid = "FieldValueTypeInvalid"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"

        fileprivate var words: String {
            switch self {
            case .required: "Required value"
            case .invalid: "Invalid value"
            case .unsupported: "Unsupported value"
            case .duplicate: "Duplicate value"
            case .forbidden: "Forbidden"
            case .notFound: "Not found"
            case .typeInvalid: "Invalid value"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            }
        }
    }

    let kind: Kind
    let field: String
    /// The value as Go prints it in the message; nil where the message has none.
    var value: String?
    var detail = ""

    private var body: String {
        var text = kind.words
        if let value { text += ": \(value)" }
        if !detail.isEmpty { text += ": \(detail)" }
        return text
    }

    /// The broken rule as it stands in the message.
    var text: String { "\(field): \(body)" }
    fileprivate var cause: JSON {
        ["reason": .string(kind.rawValue), "message": .string(body), "field": .string(field)]
    }

    static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(kind: .required, field: field, detail: detail)
    }

    static func invalid(_ field: String, _ value: JSON, _ detail: String) -> FieldError {
        FieldError(kind: .invalid, field: field, value: JSONWriter.text(value), detail: detail)
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(kind: .forbidden, field: field, detail: detail)
    }

    static func duplicate(_ field: String, _ value: JSON) -> FieldError {
        FieldError(kind: .duplicate, field: field, value: JSONWriter.text(value))
    }

    static func duplicate(_ field: String, _ value: String) -> FieldError { duplicate(field, .string(value)) }

    static func unsupported(_ field: String, _ value: String, _ known: [String]) -> FieldError {
        FieldError(
            kind: .unsupported, field: field, value: "\"\(value)\"",
            detail: "supported values: " + known.sorted().map { "\"\($0)\"" }.joined(separator: ", "))
    }
}
