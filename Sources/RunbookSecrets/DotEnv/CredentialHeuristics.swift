/// Judges by name and value whether something is a credential.
///
/// For the class of a variable that nobody classed, and to refuse a credential in a ConfigMap. A guess: a
/// `# class:` comment overrides it.
public enum CredentialHeuristics {
    /// Why something looks like a credential; tells nothing of the value.
    public enum Finding: Sendable, Equatable, CustomStringConvertible {
        /// The name has a word that names credentials have, such as `TOKEN`.
        case name(word: String)
        /// The value has the shape of a credential.
        case shape(CredentialShape)
        /// The value has a prefix that a service gives to its keys.
        case knownPrefix
        /// The value looks random.
        case random

        /// The reason as the end of a sentence.
        public var description: String {
            switch self {
            case .name(let word): "its name contains \(word)"
            case .shape(let shape): "its value has the form of a credential (\(shape.rawValue))"
            case .knownPrefix: "its value begins like the key of a service"
            case .random: "its value looks random"
            }
        }
    }

    /// Whether a variable is a credential, which belongs in a Secret and not in a ConfigMap.
    public static func looksLikeCredential(name: String, value: [UInt8]) -> Bool {
        finding(name: name, value: value) != nil
    }

    /// Why a variable looks like a credential; `nil` where it does not.
    public static func finding(name: String, value: [UInt8]) -> Finding? {
        guard !value.isEmpty else { return nil }
        if let shape = shape(of: value) { return .shape(shape) }
        if knownPrefixes.contains(where: { value.starts(with: $0.utf8) && value.count >= $0.utf8.count + 8 }) {
            return .knownPrefix
        }
        let words = words(of: name)
        if let word = secretWord(in: words), !isSetting(value, words: words, word: word) { return .name(word: word) }
        if words.allSatisfy({ !checksumWords.contains($0) }), looksRandom(value) { return .random }
        return nil
    }

    /// The class of a variable that no comment classes: a secret, unless the name is one of plain configuration.
    public static func classification(name: String, value: [UInt8]) -> DotEnv.Classification {
        if finding(name: name, value: value) != nil { return .secret }
        let words = words(of: name)
        // A word of credentials with a value that is none, such as TOKEN_TTL=3600.
        if secretWord(in: words) != nil { return value.isEmpty ? .secret : .config }
        let upper = name.uppercased()
        if publicPrefixes.contains(where: upper.hasPrefix) { return .config }
        guard let last = words.last else { return .secret }
        return configWords.contains(last) || configWords.contains(upper) ? .config : .secret
    }

    private static func words(of name: String) -> [String] {
        name.uppercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    private static func secretWord(in words: [String]) -> String? {
        if words.count >= 2, words.suffix(2) == ["DATABASE", "URL"] { return "DATABASE_URL" }
        if words.contains("PUBLIC"), words.last == "KEY" { return nil }
        if let last = words.last, ["AUTH", "PASS", "DSN", "PIN"].contains(last) { return last }
        return words.first { word in
            secretWords.contains(word) || ["PASSWORD", "APIKEY", "SECRET"].contains(where: word.hasSuffix)
        }
    }

    /// Whether a value cannot be a credential, whatever its name says: a switch, a path to one, a limit.
    private static func isSetting(_ value: [UInt8], words: [String], word: String) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        if ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased()) { return true }
        guard let last = words.last, !word.hasSuffix(last) else { return false }
        if ["FILE", "PATH", "DIR", "NAME", "URL", "URI", "ENDPOINT", "HEADER", "TYPE", "ALGORITHM"].contains(last) {
            return true
        }
        return value.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static let shapeRedactor = Redactor(options: RedactorOptions(shapes: Set(CredentialShape.allCases)))

    private static func shape(of value: [UInt8]) -> CredentialShape? {
        var stream = RedactorStream(shapeRedactor)
        _ = stream.write(value)
        _ = stream.finish()
        return CredentialShape.allCases.first { stream.summary.count(of: $0.rawValue) > 0 }
    }

    /// Whether a value is a long run of letters and digits without the regularity of words.
    private static func looksRandom(_ value: [UInt8]) -> Bool {
        // A path is made of words.
        guard value.count >= 20, value.first != UInt8(ascii: "/"),
            value.allSatisfy({ $0.isASCIILetterOrDigit || "+/=_".utf8.contains($0) }),
            value.contains(where: { (0x30...0x39).contains($0) }), value.contains(where: { $0 > 0x39 })
        else { return false }
        var counts: [UInt8: Int] = [:]
        for byte in value { counts[byte, default: 0] += 1 }
        // The chance that two bytes drawn from the value are equal: below 1 in 10 for random hex, above for words.
        let pairs = counts.values.reduce(0) { $0 + $1 * ($1 - 1) }
        return pairs * 10 < value.count * (value.count - 1)
    }

    private static let secretWords: Set<String> = [
        "SECRET", "SECRETS", "PASSWORD", "PASSWD", "PWD", "PASSPHRASE", "TOKEN", "KEY", "APIKEY", "CREDENTIAL",
        "CREDENTIALS", "PRIVATE", "SALT", "COOKIE", "JWT", "SIGNATURE", "WEBHOOK",
    ]

    private static let configWords: Set<String> = [
        "PORT", "HOST", "HOSTNAME", "ENV", "ENVIRONMENT", "LEVEL", "DEBUG", "ENABLED", "DISABLED", "TIMEOUT", "REGION",
        "ZONE", "NAMESPACE", "NAME", "VERSION", "MODEL", "ORIGIN", "ORIGINS", "URL", "URI", "ENDPOINT", "DOMAIN", "TZ",
        "LANG", "LOCALE", "FORMAT", "MODE", "REPLICAS", "WORKERS", "SIZE", "LIMIT", "TTL", "DIR", "PATH", "FILE", "TAG",
        "IMAGE", "REGISTRY", "TOKENS", "TEMPERATURE", "PUBLIC_KEY", "INTERVAL", "RETRIES", "COUNT", "THREADS",
    ]

    private static let checksumWords: Set<String> = [
        "SHA", "SHA1", "SHA256", "DIGEST", "HASH", "CHECKSUM", "COMMIT", "REVISION", "VERSION", "TAG", "IMAGE", "ETAG",
    ]

    private static let publicPrefixes = ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "EXPO_PUBLIC_"]

    private static let knownPrefixes = [
        "sk-", "sk_live_", "sk_test_", "rk_live_", "pk_live_", "xoxb-", "xoxp-", "xoxa-", "xapp-", "glpat-", "npm_",
        "dckr_pat_", "hf_", "AIza", "SG.", "whsec_", "dop_v1_", "ya29.", "age-secret-key-", "AGE-SECRET-KEY-",
    ]
}
