/// Text in which secrets stand as references, so that it can be joined, stored and shown without opening one.
///
/// Only ``SecretVault/reveal(_:)`` gives the bytes. There is no length and no order, because both tell something of the value.
public struct SensitiveText: Sendable, Hashable {
    /// One stretch of a text.
    indirect enum Piece: Sendable, Hashable {
        case plain([UInt8])
        case secret(SecretReference)
        case encoded(SensitiveText, SecretEncoding)
    }

    private(set) var pieces: [Piece] = []

    /// An empty text.
    public init() {}

    /// A text without secrets.
    public init(_ plain: String) {
        append(plain)
    }

    /// A text without secrets, of any bytes.
    public init(bytes: some Sequence<UInt8>) {
        append(bytes: bytes)
    }

    /// The text that is one secret.
    public init(_ secret: SecretReference) {
        pieces = [.secret(secret)]
    }

    /// Adds plain text at the end.
    public mutating func append(_ plain: String) {
        append(bytes: plain.utf8)
    }

    /// Adds plain bytes at the end; they need not be UTF-8.
    public mutating func append(bytes: some Sequence<UInt8>) {
        if case .plain(var tail)? = pieces.last {
            pieces.removeLast()
            tail.append(contentsOf: bytes)
            pieces.append(.plain(tail))
        } else {
            let plain = Array(bytes)
            if !plain.isEmpty { pieces.append(.plain(plain)) }
        }
    }

    /// Adds another text, with its secrets, at the end.
    public mutating func append(_ other: SensitiveText) {
        for piece in other.pieces {
            switch piece {
            case .plain(let bytes): append(bytes: bytes)
            case .secret, .encoded: pieces.append(piece)
            }
        }
    }

    /// The encoding of the whole text, worked out where the text is opened.
    public func encoded(as encoding: SecretEncoding) -> SensitiveText {
        var result = SensitiveText()
        if let plain = plainBytes, let bytes = encoding.encode(plain) {
            result.append(bytes: bytes)
        } else {
            result.pieces = [.encoded(self, encoding)]
        }
        return result
    }

    /// The two texts, one after the other.
    public static func + (left: SensitiveText, right: SensitiveText) -> SensitiveText {
        var result = left
        result.append(right)
        return result
    }

    /// Adds a text at the end of another.
    public static func += (left: inout SensitiveText, right: SensitiveText) {
        left.append(right)
    }

    /// Whether a secret is part of the text.
    public var containsSecret: Bool {
        pieces.contains { if case .plain = $0 { false } else { true } }
    }

    /// The secrets in the text, each once, in order of first appearance.
    public var secrets: [SecretReference] {
        var seen: Set<SecretReference> = []
        return pieces.flatMap { piece in
            switch piece {
            case .plain: [SecretReference]()
            case .secret(let reference): [reference]
            case .encoded(let text, _): text.secrets
            }
        }.filter { seen.insert($0).inserted }
    }

    /// The bytes of a text without secrets; `nil` where there is one.
    public var plainBytes: [UInt8]? {
        switch pieces.count {
        case 0: return []
        case 1: if case .plain(let bytes) = pieces[0] { return bytes } else { return nil }
        default: return nil
        }
    }
}

extension SensitiveText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text with `‹secret NAME›` in place of each secret.
    public var description: String {
        pieces.map { piece in
            switch piece {
            case .plain(let bytes): String(decoding: bytes, as: UTF8.self)
            case .secret(let reference): reference.description
            case .encoded(let text, _): text.description
            }
        }.joined()
    }

    /// The same as ``description``, in quotes.
    public var debugDescription: String { description.debugDescription }

    /// Shows the description only.
    public var customMirror: Mirror { .opaque(self) }
}

extension SensitiveText: ExpressibleByStringLiteral {
    /// A text without secrets.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension Sequence<SensitiveText> {
    /// The texts, one after the other, with a plain separator between them.
    public func joined(separator: String = "") -> SensitiveText {
        var result = SensitiveText()
        var first = true
        for text in self {
            if !first { result.append(separator) }
            result.append(text)
            first = false
        }
        return result
    }
}
