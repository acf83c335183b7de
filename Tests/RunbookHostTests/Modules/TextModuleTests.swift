import Testing

@testable import RunbookHost

/// `text`, `time`, `base64`, `hash` and `env`.
@Suite("text, time, base64, hash, env")
struct TextModuleTests {
    private func outcome(_ lua: String) async throws -> ModuleRun.Outcome {
        let run = try ModuleRun()
        defer { run.remove() }
        return await run(lua)
    }

    @Test(
        "what holds",
        arguments: [
            "assert(text.table({ { 'a', 1 }, { 'bbb', 22 } }) == 'a    1\\nbbb  22')",
            "assert(text.table({ { 'a', 1 }, { 'b', 22 } }, { header = { 'N', 'COUNT' }, right = { 2 } }) == 'N  COUNT\\na      1\\nb     22')",
            "assert(text.table({ { '世界', 1 }, { 'ab', 2 } }) == '世界  1\\nab    2')",
            "assert(text.table({ { 'a\\nb', 1 } }) == 'a b  1')",
            "assert(text.table({}) == '')",
            "assert(text.table({ { 'a', '' } }) == 'a')",
            "assert(text.diff('a\\nb\\nc\\n', 'a\\nB\\nc\\n') == '@@ -1,3 +1,3 @@\\n a\\n-b\\n+B\\n c')",
            "assert(text.diff('a\\r\\nb\\r\\n', 'a\\r\\nc\\r\\n') == '@@ -1,2 +1,2 @@\\n a\\r\\n-b\\r\\n+c\\r')",
            "assert(text.diff('', 'a') == '@@ -0,0 +1,1 @@\\n+a')",
            "assert(text.size('2GiB') == '2.1 GB' and text.size(999) == '999 B')",
            "assert(time.parse('1970-01-01T00:01:00Z') == 60)",
            "assert(time.parse('2024-02-29T12:00:00.5+02:00') == 1709200800.5)",
            "assert(time.parse('2023-02-29T12:00:00Z') == nil and time.parse('2024-13-01T00:00:00Z') == nil)",
            "assert(time.parse('2024-01-01T25:00:00Z') == nil and time.parse('2024-01-01') == nil and time.parse('') == nil)",
            "assert(time.parse('2024-01-01T00:00:00Zx') == nil and time.parse('2024-01-01T00:00:00+2:00') == nil)",
            "assert(time.format(1709200800.5) == '2024-02-29T10:00:00.500Z' and time.format(-1) == '1969-12-31T23:59:59.000Z')",
            "for _, t in ipairs { 0, 86399, 951782400, 4102444800 } do assert(time.parse(time.format(t)) == t) end",
            "assert(time.seconds('1h30m') == 5400 and time.seconds('250ms') == 0.25 and time.seconds(2) == 2)",
            "assert(time.span(125) == '2m 05s' and time.span(-3) == '-3.0s' and time.span(0) == '0.0s')",
            "assert(base64.encode('hello') == 'aGVsbG8=' and base64.decode('aGVsbG8') == 'hello' and base64.decode('a') == nil)",
            "assert(base64.encode('\\xff\\xfe\\xfd', { url = true }) == '__79' and base64.decode('__79') == '\\xff\\xfe\\xfd')",
            "assert(base64.encode('ab', { url = true }) == 'YWI')",
            "assert(base64.decode('aGVs\\nbG8=\\n') == 'hello' and base64.decode('!!') == nil and base64.encode('') == '')",
            "assert(hash.sha256('') == 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')",
            "assert(hash.sha512('abc'):sub(1, 16) == 'ddaf35a193617aba')",
            "assert(hash.hmac_sha256('The quick brown fox jumps over the lazy dog', 'key') == 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8')",
            "fs.write { path = 'f', text = 'hello' }; assert(hash.file('f') == hash.sha256('hello') and hash.file('f', 'sha512') == hash.sha512('hello'))",
            "assert(env.get('NO_SUCH_NAME', 7) == 7 and env.get('NO_SUCH_NAME') == nil and env.get('HOME') ~= nil)",
            "assert(time.now() > 1.7e9); time.sleep('1ms')",
        ])
    func holds(_ lua: String) async throws {
        #expect(try await outcome(lua).message == "")
    }

    @Test(
        "what is refused",
        arguments: [
            ("time.format(1e300)", "is not between the years 0 and 9999"),
            ("time.format(0/0)", "is not between the years 0 and 9999"),
            ("time.span(1/0)", "are more than a hundred years"),
            ("time.sleep(-1)", "must be a duration, not the number -1"),
            ("time.sleep(1/0)", "must be a duration, not the number inf"),
            ("time.sleep('99999999999999999999d')", "must be a duration, not the string"),
            ("text.size(-1)", "must be a size, not the number -1"),
            ("hash.file('no')", "no such file or directory"),
        ])
    func refused(_ lua: String, _ message: String) async throws {
        let said = try await outcome(lua).message
        #expect(said.contains(message), "\(said)")
    }

    @Test("what is computed from a secret is a secret, and a signature made with one is not")
    func derived() async throws {
        let outcome = try await outcome(
            """
            local s = secret.random { name = "KEY" }
            print(base64.encode(s), hash.sha256(s), hash.sha512(s))
            print(#hash.hmac_sha256("body", s))
            """)
        #expect(outcome.message == "")
        #expect(
            outcome.notes(.print) == [
                "‹secret KEY (base64.encode)›\t‹secret KEY (hash.sha256)›\t‹secret KEY (hash.sha512)›", "64",
            ])
    }
}
