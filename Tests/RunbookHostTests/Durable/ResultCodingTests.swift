import RunbookLua
import RunbookSecrets
import Testing

@testable import RunbookHost

/// What steps return, in the journal.
@Suite struct ResultCodingTests {
    private let vault = SecretVault()

    private func text(_ values: [LuaValue]) -> String { JSONText.encode(.list(values), pretty: false) }

    @Test func valuesComeBackAsTheyWere() throws {
        let values: [LuaValue] = [
            1, .integer(.min), .integer(.max), .number(1), .number(-0.1), .number(.infinity), true, false, .nil, .null,
            "text with \0 and ü", .bytes([0xFF, 0]), [], .list([1, ["a": 2]]),
            .table(LuaTable([(.integer(5), "five"), (.string("k"), .table(LuaTable())), (.boolean(true), 1)])),
        ]
        let decoded = try #require(ResultCoding.decode(try ResultCoding.encode(values, vault), vault))
        #expect(text(decoded) == text(values))
        // JSON does not tell 1 from 1.0, and a step's result must.
        guard case .integer(1) = decoded[0], case .number(1) = decoded[3], case .bytes([0xFF, 0]) = decoded[11] else {
            Issue.record("a kind of number or string was changed")
            return
        }
    }

    @Test func aSecretIsKeptByNameAndReadAgain() throws {
        let secret = LuaValue.object(
            LuaObject(kind: .secret, payload: SensitiveText(vault.load(name: "TOKEN", text: "s3cr3t-value-123"))))
        let bytes = try ResultCoding.encode([secret], vault)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("s3cr3t"))
        let later = SecretVault()
        #expect(ResultCoding.decode(bytes, later) == nil, "it is not loaded")
        later.load(name: "TOKEN", text: "rotated-value-456")
        guard case .object(let object)? = ResultCoding.decode(bytes, later)?.first,
            let text = object.payload as? SensitiveText
        else {
            Issue.record("no secret came back")
            return
        }
        #expect(try later.reveal(text) == Array("rotated-value-456".utf8))
    }

    @Test func whatCannotBeKeptSaysWhy() throws {
        vault.load(name: "TOKEN", text: "s3cr3t-value-123")
        func reason(_ value: LuaValue) -> String? {
            do {
                _ = try ResultCoding.encode([value], vault)
                return nil
            } catch {
                return (error as? ResultCoding.Unkept)?.reason
            }
        }
        #expect(reason("a s3cr3t-value-123 b") == "it holds the value of a secret")
        #expect(reason(.string(String(repeating: "x", count: 2 << 20))) == "it has more than 1 MB")
        #expect(reason(UnknownValue.make("x", from: 0)) == "it holds an object of the host")
        #expect(reason("plain") == nil)
    }

    @Test func bytesThatAreNoResultGiveNone() {
        #expect(ResultCoding.decode([], vault) == nil)
        #expect(ResultCoding.decode([2, 7, 0], vault) == nil)
        #expect(ResultCoding.decode([1, 7, 200, 1], vault) == nil)
        #expect(ResultCoding.decode([1, 7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], vault) == nil)
        #expect(ResultCoding.decode([1, 7, 1, 5, 9, 65], vault) == nil)
        #expect(ResultCoding.decode([1, 7, 0, 0], vault) == nil, "nothing may follow")
    }
}
