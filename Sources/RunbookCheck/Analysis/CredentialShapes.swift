/// Recognises texts that are credentials, by their form or by the name that they are given to.
enum CredentialShapes {
    /// What a text is by its form, with its article, or nil.
    static func kind(of text: String) -> String? {
        if text.contains("-----BEGIN "), text.contains("PRIVATE KEY-----") { return "a private key" }
        if hasURLPassword(text) { return "a password in a URL" }
        for word in text.split(whereSeparator: { !isTokenCharacter($0) }) {
            if isWebToken(word) { return "a JSON web token" }
            for form in forms where word.hasPrefix(form.prefix) {
                let rest = word.dropFirst(form.prefix.count)
                if rest.count >= form.length, rest.contains(where: \.isNumber) || form.length > 30 { return form.kind }
            }
        }
        return nil
    }

    /// What a text is by the name of its option or variable, with its article, or nil.
    static func kind(of text: String, named name: String) -> String? {
        let lower = name.lowercased()
        let isCredential = names.contains { lower == $0 || lower.hasSuffix("_" + $0) }
        guard isCredential, text.utf8.count >= 4, !isPlaceholder(text) else { return nil }
        return "the value of `\(name)`"
    }

    private static let names = [
        "password", "passwd", "passphrase", "api_key", "apikey", "access_key", "secret_key", "client_secret", "token",
        "auth_secret",
    ]

    private static let forms: [(prefix: String, length: Int, kind: String)] = [
        ("AKIA", 16, "an AWS access key"), ("ASIA", 16, "an AWS access key"),
        ("ghp_", 30, "a GitHub token"), ("gho_", 30, "a GitHub token"), ("ghu_", 30, "a GitHub token"),
        ("ghs_", 30, "a GitHub token"), ("ghr_", 30, "a GitHub token"), ("github_pat_", 22, "a GitHub token"),
        ("glpat-", 20, "a GitLab token"), ("xoxb-", 20, "a Slack token"), ("xoxp-", 20, "a Slack token"),
        ("sk-", 20, "an API key"), ("AIza", 35, "a Google API key"), ("hvs.", 24, "a Vault token"),
        ("npm_", 36, "an npm token"), ("dckr_pat_", 20, "a Docker token"), ("pypi-", 50, "a PyPI token"),
    ]

    private static func isTokenCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
    }

    private static func isWebToken(_ word: Substring) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].hasPrefix("eyJ") && parts[1].hasPrefix("eyJ") && parts[0].count > 12
    }

    /// Whether a text holds `scheme://user:password@host` with a password that is none of the usual placeholders.
    private static func hasURLPassword(_ text: String) -> Bool {
        var rest = Substring(text)
        while let mark = rest.firstRange(of: "://") {
            let authority = rest[mark.upperBound...].prefix { !" /?#\"'\n".contains($0) }
            rest = rest[mark.upperBound...]
            guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
                continue
            }
            let password = authority[authority.index(after: colon)..<at]
            if !password.isEmpty, !isPlaceholder(String(password)) { return true }
        }
        return false
    }

    /// Whether a text stands for a value that is filled in elsewhere, or names one.
    private static func isPlaceholder(_ text: String) -> Bool {
        let lower = text.lowercased()
        if text.contains(where: { "$<>{}%* \u{2026}".contains($0) }) { return true }
        if ["string", "text", "secret", "password", "changeme", "example", "xxxx", "redacted", "none"].contains(lower) {
            return true
        }
        // NAMES_LIKE_THIS are environment variables and keys of Secrets; a path is where the value lies.
        if text.contains("_"), text.allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" }) { return true }
        return text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("~/")
    }
}
