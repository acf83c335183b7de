import RunbookSecrets

/// An HTTP request.
public struct HTTPCall: Sendable {
    /// GET, POST and so on.
    public var method: String
    /// The whole address.
    public var url: String
    /// The headers; a value may hold a secret.
    public var headers: [(name: String, value: SensitiveText)]
    /// The body, or nil.
    public var body: SensitiveText?
    /// How long the whole exchange may take.
    public var timeout: Duration
    /// False for a server whose certificate is not to be checked.
    public var verifiesCertificate: Bool

    /// Describes a request.
    public init(
        method: String = "GET", url: String, headers: [(name: String, value: SensitiveText)] = [],
        body: SensitiveText? = nil, timeout: Duration = .seconds(30), verifiesCertificate: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.verifiesCertificate = verifiesCertificate
    }
}

/// The answer to an HTTP request.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public var status: Int
    /// The headers, names in lower case.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// How long it took, in milliseconds.
    public var milliseconds: Double

    /// Describes an answer.
    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], milliseconds: Double = 0
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.milliseconds = milliseconds
    }
}

/// Sends HTTP requests: the part of the real world that a program links only when it wants it.
public protocol HTTPSender: Sendable {
    /// Sends a request and reads the whole answer, with secrets masked.
    ///
    /// - Throws: `RunbookError` with code `io` and the reason, or `argument` for what is no address.
    func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer
}
