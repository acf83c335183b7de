import Foundation

/// One line of a tape: a request and what it gave, secrets masked.
///
/// A command has `argv`, `stdin`, `exit`, `stdout`, `stderr` and `ms`; other requests carry `kind` as well. The fields
/// are a CONTRACT (docs/guide/tapes.md).
public struct TapeRecord: Codable, Sendable, Equatable {
    /// What kind of request; nil for a command.
    public var kind: String?
    /// The command, or what stands for one: `["GET", "http://…"]`, `["read", "PATH"]`.
    public var argv: [String]
    /// What was given on standard input or as a body.
    public var stdin: String?
    /// The exit code, or the status of an HTTP answer.
    public var exit: Int
    /// What was printed or answered.
    public var stdout: String
    /// The end of what was printed to standard error.
    public var stderr: String
    /// Milliseconds.
    public var ms: Int
    /// Bytes that are no UTF-8, in base64, in place of `stdout`.
    public var stdoutBase64: String?
    /// The error that the request gave instead of an answer.
    public var error: TapeError?
    /// The headers of an HTTP answer.
    public var headers: [String: String]?

    /// An error on a tape.
    public struct TapeError: Codable, Sendable, Equatable {
        /// The error's code.
        public var code: String
        /// Its message.
        public var message: String
    }

    private enum CodingKeys: String, CodingKey {
        case kind, argv, stdin, exit, stdout, stderr, ms, error, headers
        case stdoutBase64 = "stdout_base64"
    }

    /// Describes a request and its answer.
    public init(
        kind: String? = nil, argv: [String], stdin: String? = nil, exit: Int = 0, stdout: [UInt8] = [],
        stderr: String = "",
        ms: Int = 0, error: TapeError? = nil, headers: [String: String]? = nil
    ) {
        self.kind = kind
        self.argv = argv
        self.stdin = stdin
        self.exit = exit
        self.stderr = stderr
        self.ms = ms
        self.error = error
        self.headers = headers
        if let text = String(validating: stdout, as: UTF8.self) {
            self.stdout = text
        } else {
            self.stdout = ""
            stdoutBase64 = Base64Text.encode(stdout)
        }
    }

    /// Reads a line; everything but `argv` may be absent.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        kind = try fields.decodeIfPresent(String.self, forKey: .kind)
        argv = try fields.decodeIfPresent([String].self, forKey: .argv) ?? []
        stdin = try fields.decodeIfPresent(String.self, forKey: .stdin)
        exit = try fields.decodeIfPresent(Int.self, forKey: .exit) ?? 0
        stdout = try fields.decodeIfPresent(String.self, forKey: .stdout) ?? ""
        stderr = try fields.decodeIfPresent(String.self, forKey: .stderr) ?? ""
        ms = try fields.decodeIfPresent(Int.self, forKey: .ms) ?? 0
        stdoutBase64 = try fields.decodeIfPresent(String.self, forKey: .stdoutBase64)
        error = try fields.decodeIfPresent(TapeError.self, forKey: .error)
        headers = try fields.decodeIfPresent([String: String].self, forKey: .headers)
    }

    /// Writes a line; `stdin` stands even when it is null, as the CONTRACT has it.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(kind, forKey: .kind)
        try fields.encode(argv, forKey: .argv)
        try fields.encode(stdin, forKey: .stdin)
        try fields.encode(exit, forKey: .exit)
        try fields.encode(stdout, forKey: .stdout)
        try fields.encode(stderr, forKey: .stderr)
        try fields.encode(ms, forKey: .ms)
        try fields.encodeIfPresent(stdoutBase64, forKey: .stdoutBase64)
        try fields.encodeIfPresent(error, forKey: .error)
        try fields.encodeIfPresent(headers, forKey: .headers)
    }

    /// The bytes that were printed or answered.
    var output: [UInt8] {
        stdoutBase64.flatMap(Base64Text.decode) ?? Array(stdout.utf8)
    }
}
