import RunbookSecrets
import Testing

/// A generator with a fixed seed, so that a failure repeats.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

@Suite("Redactor: streams")
struct RedactorStreamTests {
    /// The output for the input cut after each of some positions.
    private func chunked(_ input: [UInt8], at cuts: [Int], _ redactor: Redactor) -> [UInt8] {
        var stream = RedactorStream(redactor)
        var output: [UInt8] = []
        var start = 0
        for cut in cuts + [input.count] {
            output += stream.write(input[start..<cut])
            start = cut
        }
        return output + stream.finish()
    }

    private var redactor: Redactor {
        let vault = SecretVault(options: RedactorOptions(shapes: Set(CredentialShape.allCases)))
        vault.load(name: "SHORT", text: "pw1!")
        vault.load(name: "TOKEN", text: "abc")
        vault.load(name: "REPEAT", text: "aaaaaaaaaa")
        vault.load(name: "PREFIX", text: "s3cret-value")
        vault.load(name: "LONG", text: "s3cret-value-and-more?ß")
        vault.load(name: "LINES", text: "first line of it\nsecond line \"quoted\"\nthird")
        return vault.redactor
    }

    private static let fragments: [String] = [
        "s3cret-value", "s3cret-value-and-more?ß", "s3cret-value-and", "pw1!", "abc", " abc ", "aaaaaaaaaaaaa", "aaaa",
        "first line of it\r\n", "second line \\\"quoted\\\"", "czNjcmV0LXZhbHVl", "M2NyZXQtdmFsdWU", "zM2NyZXQtdmFsdWX",
        "73336372", "65742d76616c7565", "%C3%9F", "\n", " ", "=", "eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0",
        ".c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEAxxxxxxxxxxxxxxxxxx",
        "postgres://user:", "p@ss", "@host/db", "://", "AKIAIOSFODNN7EXAMPLE", "ghp_",
        "0123456789abcdef0123456789abcdef0123",
        "aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "\u{e9}", "‹", "-",
    ]

    @Test("The output does not depend on how the input is cut", arguments: 0..<400)
    func splits(seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed))
        var input: [UInt8] = []
        for _ in 0..<Int.random(in: 1...30, using: &generator) {
            input += Array((Self.fragments.randomElement(using: &generator) ?? "").utf8)
            if Int.random(in: 0..<8, using: &generator) == 0 { input.append(.random(in: 0...255, using: &generator)) }
        }
        let redactor = redactor
        let whole = redactor.redact(input)
        #expect(chunked(input, at: Array(0..<input.count), redactor) == whole)
        for _ in 0..<10 {
            let cuts = (0..<5).map { _ in Int.random(in: 0...input.count, using: &generator) }.sorted()
            #expect(chunked(input, at: cuts, redactor) == whole)
        }
    }

    @Test("Every cut of a text into two parts hides the secret")
    func everyCut() {
        let input = Array("before s3cret-value-and-more?ß after czNjcmV0LXZhbHVl.".utf8)
        let redactor = redactor
        let expected = "before ‹secret LONG› after ‹secret PREFIX›."
        for cut in 0...input.count {
            #expect(String(decoding: chunked(input, at: [cut], redactor), as: UTF8.self) == expected)
        }
    }

    @Test("Only what may be the beginning of a secret is held back")
    func holdsBackLittle() {
        let vault = SecretVault()
        vault.load(name: "A", text: "~topsecret~")
        var stream = RedactorStream(vault.redactor)
        #expect(stream.write(Array("Continue? ".utf8)) == Array("Continue? ".utf8))
        #expect(stream.heldBack == 0)
        #expect(stream.write(Array("x: ~top".utf8)) == Array("x: ".utf8))
        #expect(stream.heldBack == 4)
        #expect(stream.write(Array(" of".utf8)).starts(with: Array("~top ".utf8)))
        _ = stream.finish()
        #expect(stream.heldBack == 0)
    }

    @Test("The end of the stream gives what was held back")
    func finish() {
        let vault = SecretVault()
        vault.load(name: "A", text: "topsecret")
        var stream = RedactorStream(vault.redactor)
        #expect(stream.write(Array("-topsecre".utf8)) == Array("-".utf8))
        #expect(stream.finish() == Array("topsecre".utf8))
    }

    @Test("Memory stays flat in a run of overlapping matches and in a long text")
    func boundedBuffer() {
        let redactor = redactor
        var stream = RedactorStream(redactor)
        var size = 0
        let block = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        for _ in 0..<4 {
            size += stream.write(block).count
            #expect(stream.heldBack < 64)
        }
        #expect(size + stream.finish().count == "‹secret REPEAT›".utf8.count)
        #expect(stream.summary.count(of: "REPEAT") == 1)
    }

    @Test("A secret that is loaded while a stream runs is masked from there on, also in what is held back")
    func adopts() {
        let vault = SecretVault()
        vault.load(name: "A", text: "topsecret")
        var stream = RedactorStream(vault.redactor, place: "stdout")
        var output = stream.write(Array("topsecret topsec".utf8))
        vault.load(name: "B", text: "topsection")
        stream.adopt(vault.redactor)
        output += stream.write(Array("tion topsecret".utf8))
        output += stream.finish()
        #expect(String(decoding: output, as: UTF8.self) == "‹secret A› ‹secret B› ‹secret A›")
        #expect(stream.summary.counts == ["A": ["stdout": 2], "B": ["stdout": 1]])
    }

    @Test(
        "Base64 that is broken over lines is masked, wherever the stream is cut",
        arguments: ["\n", "\r\n", "\n    ", "\r\n\t"])
    func brokenLines(lineBreak: String) {
        // The encoding of 60 bytes, the secret LONG and some more, 76 digits to a line.
        let digits =
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3"
            + "czNjcmV0LXZhbHVlLWFuZC1tb3JlP8OfdGFpbA=="
        let lines = [digits.prefix(88), digits.dropFirst(88)]
        let input = Array("data: \(lines.joined(separator: lineBreak))\nnext line\n".utf8)
        let redactor = redactor
        let whole = redactor.redact(input)
        #expect(String(decoding: whole, as: UTF8.self).contains("NTY3‹secret LONG›"))
        for cut in 0...input.count { #expect(chunked(input, at: [cut], redactor) == whole) }
        #expect(chunked(input, at: Array(0..<input.count), redactor) == whole)
    }

    @Test("A line break without a long run of base64 before it hides nothing and holds nothing back")
    func ordinaryLines() {
        let redactor = redactor
        var stream = RedactorStream(redactor)
        #expect(stream.write(Array("the word s3cret\n".utf8)) == Array("the word s3cret\n".utf8))
        #expect(stream.write(Array("-value stays\n".utf8)) == Array("-value stays\n".utf8))
        #expect(stream.heldBack == 0)
    }

    @Test("Blanks without end after a line break are not held back")
    func endlessBreak() {
        var stream = RedactorStream(redactor)
        _ = stream.write(Array((String(repeating: "x", count: 50) + "czNjcmV0\n").utf8))
        #expect(stream.heldBack > 8)
        _ = stream.write([UInt8](repeating: 0x20, count: 100))
        #expect(stream.heldBack == 0)
    }

    @Test("A secret that almost repeats costs time linear in the text")
    func nearMisses() {
        let vault = SecretVault()
        vault.load(name: "A", text: String(repeating: "ab", count: 2000) + "c")
        vault.load(name: "B", text: String(repeating: "a", count: 4000) + "c")
        var stream = RedactorStream(vault.redactor)
        var size = 0
        let clock = ContinuousClock()
        func time(_ block: [UInt8]) -> Duration {
            clock.measure { for _ in 0..<4 { size += stream.write(block).count } }
        }
        let mixed = time(Array(String(repeating: "ab", count: 1 << 16).utf8))
        let same = time([UInt8](repeating: UInt8(ascii: "a"), count: 1 << 17))
        size += stream.finish().count
        #expect(size == 1 << 20)
        // Four thousand steps for each byte would take minutes.
        #expect(mixed + same < .seconds(60))
    }

    @Test("A closure gets the same bytes as an array")
    func closure() {
        let redactor = redactor
        let input = Array("x s3cret-value y pw1! z".utf8)
        var output: [UInt8] = []
        var stream = RedactorStream(redactor)
        input.withUnsafeBytes { bytes in stream.write(bytes) { output += $0 } }
        stream.finish { output += $0 }
        #expect(output == redactor.redact(input))
    }
}
