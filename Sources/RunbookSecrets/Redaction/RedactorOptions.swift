/// What the redactor masks, beyond loaded secrets.
public struct RedactorOptions: Sendable, Equatable {
    /// The length in bytes from which a value is masked inside words as well; shorter ones as whole tokens only.
    public var minimumLength: Int
    /// The length in bytes from which a line of a multi-line secret is masked by itself.
    public var minimumLineLength: Int
    /// The shapes of credentials that are masked although nobody loaded them.
    public var shapes: Set<CredentialShape>

    /// Describes what to mask; the defaults mask loaded secrets of 4 bytes and more, and no shapes.
    public init(minimumLength: Int = 4, minimumLineLength: Int = 8, shapes: Set<CredentialShape> = []) {
        self.minimumLength = minimumLength
        self.minimumLineLength = minimumLineLength
        self.shapes = shapes
    }
}

/// A kind of credential that is recognised by its form alone.
public enum CredentialShape: String, Sendable, CaseIterable {
    /// A JSON Web Token: three base64url parts joined by dots, of which the first is a JSON object.
    case jwt
    /// A PEM block that holds a private key, over all its lines.
    case privateKey = "private-key"
    /// An AWS access key id: `AKIA` or `ASIA` and 16 upper-case letters and digits.
    case awsAccessKeyID = "aws-access-key-id"
    /// The 40 characters assigned to an AWS secret access key.
    case awsSecretKey = "aws-secret-key"
    /// A GitHub token: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` or `github_pat_` and what follows.
    case gitHubToken = "github-token"
    /// The password in `scheme://user:password@host`.
    case urlPassword = "url-password"
}
