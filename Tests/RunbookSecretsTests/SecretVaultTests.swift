import RunbookSecrets
import Testing

@Suite("Secret vault and sensitive text")
struct SecretVaultTests {
    private func texts(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), dumped, "\([value])"]
    }

    @Test("Joining keeps secrets closed, and only the vault opens them")
    func reveal() throws {
        let vault = SecretVault()
        let user = SensitiveText("todo:")
        let password = SensitiveText(vault.load(name: "PW", text: "hunter2"))
        let url = "postgres://" + user + password + "@db/" + [password, "x"].joined(separator: ",")
        #expect("\(url)" == "postgres://todo:‹secret PW›@db/‹secret PW›,x")
        #expect(url.containsSecret)
        #expect(url.plainBytes == nil)
        #expect(url.secrets.map(\.name) == ["PW"])
        #expect(try vault.reveal(url) == Array("postgres://todo:hunter2@db/hunter2,x".utf8))
        #expect(try vault.withRevealed(password) { Array($0) } == Array("hunter2".utf8))
    }

    @Test("A text without secrets gives its bytes, of any kind")
    func plain() {
        var text = SensitiveText("a")
        text.append(bytes: [0xff, 0x00])
        #expect(text.plainBytes == [0x61, 0xff, 0x00])
        #expect(!text.containsSecret)
        #expect(SensitiveText().plainBytes == [])
        #expect(SensitiveText("") == SensitiveText())
    }

    @Test("A reference of another vault is refused, with what to do")
    func unknown() {
        let reference = SecretVault().load(name: "PW", text: "hunter2")
        let error = #expect(throws: SecretError.self) { try SecretVault().reveal(SensitiveText(reference)) }
        #expect(error == .notLoaded(name: "PW"))
        #expect(
            error?.description
                == "secret PW is not loaded: name it in the runbook's `secrets` and give it a source")
    }

    @Test("After a rotation old references open the old value, and both are masked")
    func rotation() throws {
        let vault = SecretVault()
        let old = vault.load(name: "PW", text: "old-value-1")
        #expect(vault.load(name: "PW", text: "old-value-1") == old)
        let new = vault.load(name: "PW", text: "new-value-2")
        #expect(vault.reference(to: "PW") == new)
        #expect(vault.reference(to: "XX") == nil)
        #expect(try vault.reveal(SensitiveText(old)) == Array("old-value-1".utf8))
        #expect(try vault.reveal(SensitiveText(new)) == Array("new-value-2".utf8))
        #expect(vault.redactor.redact("old-value-1 new-value-2") == "‹secret PW› ‹secret PW›")
        #expect(vault.names == ["PW"])
    }

    @Test("No description, mirror or dump shows a value")
    func opaque() throws {
        let vault = SecretVault()
        let text = SensitiveText(vault.load(name: "PW", text: "hunter2-long"))
        var stream = RedactorStream(vault.redactor)
        _ = stream.write(Array("hunter2-lon".utf8))
        for shown in texts(of: vault) + texts(of: text) + texts(of: vault.redactor) + texts(of: stream) {
            #expect(!shown.contains("hunter2"))
        }
        #expect(Mirror(reflecting: vault).children.isEmpty)
        #expect("\(vault)" == "SecretVault(PW)")
    }

    @Test("The redactor is the same object until something is loaded")
    func sameRedactor() {
        let vault = SecretVault()
        vault.load(name: "A", text: "value-one")
        let first = vault.redactor
        #expect(vault.redactor === first)
        vault.load(name: "A", text: "value-one")
        #expect(vault.redactor === first)
        vault.load(name: "B", text: "value-two")
        #expect(vault.redactor !== first)
    }

    @Test("A derived value is masked under the name it comes from")
    func derived() {
        let vault = SecretVault()
        vault.load(name: "PW", text: "hunter2-long")
        vault.noteDerived(Array("5f4dcc3b5aa765d61d83".utf8), from: "PW")
        #expect(vault.redactor.redact("hash 5f4dcc3b5aa765d61d83") == "hash ‹secret PW›")
    }

    @Test("Short and common values are masked where they stand alone, with a warning that tells no value")
    func policy() {
        let vault = SecretVault()
        vault.load(name: "TINY", text: "ab3")
        vault.load(name: "WORD", text: "Postgres")
        vault.load(name: "ONE", text: "7")
        vault.load(name: "NONE", text: "")
        vault.load(name: "FREE", text: "visible-value", masking: .never)
        vault.load(name: "FORCED", text: "admin", masking: .everywhere)
        #expect(
            vault.warnings.map(\.description) == [
                "secret TINY is shorter than 4 bytes and is masked only where it stands alone: "
                    + "use a longer value, or class it as config",
                "secret WORD is a common word and is masked only where it stands alone: "
                    + "use a random value, or class it as config",
                "secret ONE is a single byte, which cannot be masked: use a longer value, or class it as config",
                "secret NONE is empty: set it, or declare it optional",
            ])
        let redactor = vault.redactor
        #expect(
            redactor.redact("ab3 xab3 ab3x \"ab3\" (ab3) ab3") == "‹secret TINY› xab3 ab3x \"‹secret TINY›\" "
                + "(‹secret TINY›) ‹secret TINY›")
        #expect(redactor.redact("Postgres PostgresX Postgres-1") == "‹secret WORD› PostgresX ‹secret WORD›-1")
        #expect(redactor.redact("7 visible-value administrator") == "7 visible-value ‹secret FORCED›istrator")
        #expect(redactor.redact("YWIz YWIzx") == "‹secret TINY› YWIzx")
    }

    @Test("Counts are by name and place, and add up over streams")
    func summary() {
        let vault = SecretVault()
        vault.load(name: "A", text: "value-one")
        vault.load(name: "B", text: "value-two")
        for place in ["stdout", "tape"] {
            var stream = RedactorStream(vault.redactor, place: place)
            _ = stream.write(Array("value-one value-two value-one".utf8)) + stream.finish()
            vault.record(stream.summary)
        }
        var more = RedactionSummary()
        #expect(vault.redactor.redact("value-two", place: "report", counting: &more) == "‹secret B›")
        vault.record(more)
        #expect(vault.summary.counts == ["A": ["stdout": 2, "tape": 2], "B": ["stdout": 1, "tape": 1, "report": 1]])
        #expect(vault.summary.total == 7)
        #expect(vault.summary.count(of: "C") == 0)
    }

    @Test("Threads can load and redact at the same time")
    func threads() async {
        let vault = SecretVault()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<32 {
                group.addTask {
                    vault.load(name: "S\(index)", text: "secret-value-\(index)-")
                    #expect(vault.redactor.redact("secret-value-\(index)-") == "‹secret S\(index)›")
                }
            }
        }
        #expect(vault.names.count == 32)
    }
}
