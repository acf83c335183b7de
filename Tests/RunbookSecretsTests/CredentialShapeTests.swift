import RunbookSecrets
import Testing

@Suite("Redactor: credential shapes")
struct CredentialShapeTests {
    private let redactor = Redactor(options: RedactorOptions(shapes: Set(CredentialShape.allCases)))

    private static let pem = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEA7bq2xvA6R3f0tTn1
        c2Vjb25kIGxpbmUgb2YgdGhlIGtleQ==
        -----END RSA PRIVATE KEY-----
        """

    @Test(
        "What has the shape is masked",
        arguments: [
            ("auth eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.", "auth ‹credential jwt›."),
            ("\"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.\"", "\"‹credential jwt›\""),
            ("x \(pem) y", "x ‹credential private-key› y"),
            ("{\"k\":\"\(pem.replacing("\n", with: "\\n"))\\n\"}", "{\"k\":\"‹credential private-key›\\n\"}"),
            ("  \(pem.replacing("\n", with: "\n  "))", "  ‹credential private-key›"),
            ("cut \(pem.prefix(60))! on", "cut ‹credential private-key›! on"),
            (
                "-----BEGIN -----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq2xvA6R3f0tTn1\n!",
                "-----BEGIN ‹credential private-key›\n!"
            ),
            ("id=AKIAIOSFODNN7EXAMPLE;", "id=‹credential aws-access-key-id›;"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
                "aws_secret_access_key = ‹credential aws-secret-key›\n"
            ),
            (
                "\"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"",
                "\"SecretAccessKey\": \"‹credential aws-secret-key›\""
            ),
            ("ghp_0123456789abcdef0123456789abcdef0123", "‹credential github-token›"),
            ("github_pat_11AAAAAAA0abcdefghijkl_mnop", "‹credential github-token›"),
            ("postgres://u:p%40ss@h/db", "postgres://u:‹credential url-password›@h/db"),
            ("redis://:pw@h:6379", "redis://:‹credential url-password›@h:6379"),
            ("x://u:p@ss@h", "x://u:‹credential url-password›@h"),
            ("x://u:p#w?@h", "x://u:‹credential url-password›@h"),
            ("a://b://u:pw@h", "a://b://u:‹credential url-password›@h"),
        ])
    func masked(input: String, output: String) {
        #expect(redactor.redact(input) == output)
    }

    @Test(
        "What only looks like it stays",
        arguments: [
            "eyJ", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
            "xeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA7bq2xvA6R3f0\n-----END CERTIFICATE-----",
            "The file begins with -----BEGIN PRIVATE KEY-----. Then lines follow.", "AKIAIOSFODNN7EXAMPL",
            "AKIAIOSFODNN7EXAMPLES", "AKIAiosfodnn7example", "ghp_short", "secret_access_key is forty characters",
            "http://localhost:8080/a@b", "http://h:80?mail=a@b.c", "http://user@host/",
            "see https://example.com: a@b.c",
            "mailto:a@b.c", "://", "x://:@h",
        ])
    func unchanged(input: String) {
        #expect(redactor.redact(input) == input)
    }

    @Test("Only the shapes that were asked for are masked, and they are counted")
    func options() {
        let redactor = Redactor(options: RedactorOptions(shapes: [.urlPassword]))
        var summary = RedactionSummary()
        let text = "x://u:pw@h AKIAIOSFODNN7EXAMPLE"
        let output = redactor.redact(text, place: "log", counting: &summary)
        #expect(output == "x://u:‹credential url-password›@h AKIAIOSFODNN7EXAMPLE")
        #expect(summary.counts == ["url-password": ["log": 1]])
        #expect(Redactor().isEmpty)
        #expect(Redactor().redact(text) == text)
    }

    @Test("A loaded secret shows its own name, also where it has a shape")
    func precedence() {
        let vault = SecretVault(options: RedactorOptions(shapes: Set(CredentialShape.allCases)))
        vault.load(name: "PW", text: "hunter2-long")
        vault.load(name: "KEY", text: "AKIAIOSFODNN7EXAMPLE")
        let output = vault.redactor.redact("x://u:hunter2-long@h AKIAIOSFODNN7EXAMPLE")
        #expect(output == "x://u:‹secret PW›@h ‹secret KEY›")
    }
}
