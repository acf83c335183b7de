import Foundation
import RunbookSecrets
import RunbookTestSupport
import Testing

/// A secret as a real program spelled it; see `Tests/Fixtures/encodings/generate.py`.
struct EncodedSecret: Sendable, Decodable, CustomTestStringConvertible {
    let by: String
    let value: String
    let text: String

    var testDescription: String { "\(by): \(value.debugDescription)" }
}

@Suite("Redactor: encodings by other programs")
struct EncodingTests {
    private static func load() -> [EncodedSecret] {
        let path = CanaryTests.fixtures + "/encodings/encodings.json"
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return (try? JSONDecoder().decode([EncodedSecret].self, from: data)) ?? []
    }

    @Test("The fixture is there")
    func fixture() {
        #expect(Self.load().count > 300)
    }

    @Test("What a program wrote is masked, and nothing that can be decoded is left", arguments: load())
    func masked(_ encoded: EncodedSecret) {
        let vault = SecretVault()
        vault.load(name: "S", text: encoded.value)
        let finder = LeakFinder(secrets: ["S": Array(encoded.value.utf8)])
        let output = vault.redactor.redact("<\(encoded.text)>")
        #expect(output.contains("‹secret S›"))
        #expect(output.hasPrefix("<") && output.hasSuffix(">"))
        #expect(finder.leaks(in: output) == [])
    }
}
