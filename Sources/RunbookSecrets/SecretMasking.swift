/// Where the redactor looks for the value of a secret.
public enum SecretMasking: Sendable, Equatable {
    /// Everywhere, also inside words, in every encoding.
    case everywhere
    /// Where the value stands alone, with no letter, digit or underscore beside it.
    ///
    /// For values that are short or common words, which would otherwise make the log unreadable.
    case wholeToken
    /// Nowhere: the exception that a person makes for a value that is no secret after all.
    case never
}

/// Something about a loaded secret that a person should know; never tells the value.
public struct SecretWarning: Sendable, Equatable, CustomStringConvertible {
    /// Why the secret is masked less than others.
    public enum Reason: Sendable, Equatable {
        /// The value is empty, so there is nothing to mask.
        case empty
        /// The value is one byte long and is not masked.
        case oneByte
        /// The value is shorter than the minimum length and is masked as a whole token only.
        case short(minimum: Int)
        /// The value is a common word and is masked as a whole token only.
        case commonWord
    }

    /// The name of the secret.
    public let name: String
    /// What is the matter.
    public let reason: Reason

    /// One line that says what happens and what to do about it.
    public var description: String {
        switch reason {
        case .empty:
            "secret \(name) is empty: set it, or declare it optional"
        case .oneByte:
            "secret \(name) is a single byte, which cannot be masked: use a longer value, or class it as config"
        case .short(let minimum):
            "secret \(name) is shorter than \(minimum) bytes and is masked only where it stands alone: "
                + "use a longer value, or class it as config"
        case .commonWord:
            "secret \(name) is a common word and is masked only where it stands alone: "
                + "use a random value, or class it as config"
        }
    }
}

/// Decides how a value is masked where the caller did not.
enum MaskingPolicy {
    static func decide(
        name: String, value: UnsafeRawBufferPointer, minimumLength: Int
    ) -> (masking: SecretMasking, warning: SecretWarning?) {
        switch value.count {
        case 0: return (.never, SecretWarning(name: name, reason: .empty))
        case 1: return (.never, SecretWarning(name: name, reason: .oneByte))
        case ..<minimumLength:
            return (.wholeToken, SecretWarning(name: name, reason: .short(minimum: minimumLength)))
        default: break
        }
        let lowercased = String(decoding: value, as: UTF8.self).lowercased()
        if commonWords.contains(lowercased) {
            return (.wholeToken, SecretWarning(name: name, reason: .commonWord))
        }
        return (.everywhere, nil)
    }

    /// Values seen in `.env` files that are also ordinary words of a log.
    private static let commonWords: Set<String> = [
        "admin", "administrator", "changeme", "chat", "cluster", "config", "debug", "default", "demo", "deploy", "dev",
        "development", "disabled", "docker", "enabled", "error", "example", "false", "guest", "host", "http", "https",
        "info", "kubernetes", "latest", "local", "localhost", "main", "master", "minikube", "mysql", "name", "none",
        "null", "openai", "password", "postgres", "postgresql", "prod", "production", "public", "redis", "release",
        "root", "secret", "server", "service", "staging", "string", "test", "testing", "todo", "token", "true", "user",
        "username", "value", "warn", "warning", "127.0.0.1", "0.0.0.0", "3000", "5432", "6379", "8000", "8080",
    ]
}
