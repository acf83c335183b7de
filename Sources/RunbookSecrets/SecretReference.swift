/// Names one loaded value of a secret; carries nothing of the value.
public struct SecretReference: Sendable, Hashable, CustomStringConvertible {
    /// The name under which the value was loaded, such as `DATABASE_URL`.
    public let name: String
    /// Which value of that name: 1 for the first one loaded, 2 after a rotation, and so on.
    public let version: Int

    /// What stands in a text in place of the value: `‹secret NAME›`.
    public var description: String { "‹secret \(name)›" }
}

/// An operation on secrets that cannot be done.
public enum SecretError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text refers to a secret that this vault has not loaded.
    case notLoaded(name: String)
    /// The value is to stand in a text and is no UTF-8.
    case notText(name: String)

    /// What happened and what to do; never any part of a value.
    public var description: String {
        switch self {
        case .notLoaded(let name):
            "secret \(name) is not loaded: name it in the runbook's `secrets` and give it a source"
        case .notText(let name):
            "secret \(name) holds bytes that are no UTF-8 text, and is to stand in a text: encode it in base64"
        }
    }
}
