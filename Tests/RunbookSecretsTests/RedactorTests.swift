import RunbookSecrets
import Testing

@Suite("Redactor: whole texts")
struct RedactorTests {
    private func redactor(_ secrets: [String: String]) -> Redactor {
        let vault = SecretVault()
        for (name, value) in secrets.sorted(by: { $0.key < $1.key }) { vault.load(name: name, text: value) }
        return vault.redactor
    }

    @Test("A text without secrets passes unchanged, byte for byte")
    func unchanged() {
        let redactor = redactor(["A": "correct horse battery"])
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
        #expect(redactor.redact(bytes) == bytes)
        #expect(redactor.redact([0xff, 0xc0, 0x00, 0x80]) == [0xff, 0xc0, 0x00, 0x80])
        #expect(redactor.redact("") == "")
    }

    @Test("The mask shows the name")
    func mask() {
        let redactor = redactor(["DB": "hunter2hunter2", "API": "k-93jd83jd93"])
        #expect(
            redactor.redact("db=hunter2hunter2, api=k-93jd83jd93.") == "db=‹secret DB›, api=‹secret API›.")
    }

    @Test("Two values side by side are two masks; overlapping ones leave no part")
    func overlaps() {
        let redactor = redactor(["A": "abcdefgh12", "B": "gh12345678", "C": "abcdefgh"])
        #expect(redactor.redact("abcdefgh12abcdefgh12") == "‹secret A›‹secret A›")
        #expect(redactor.redact("xabcdefgh12345678y") == "x‹secret A›‹secret B›y")
        #expect(redactor.redact("abcdefgh1") == "‹secret C›1")
    }
}
