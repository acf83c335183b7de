import Foundation
import RunbookSecrets
import RunbookTestSupport
import Testing

@Suite("Canaries")
struct CanaryTests {
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures").path

    private func load() throws -> (vault: SecretVault, finder: LeakFinder, canaries: [LeakFinder.Canary]) {
        let canaries = try LeakFinder.canaries(atPath: Self.fixtures + "/canary/secrets.json")
        let vault = SecretVault()
        var values: [String: [UInt8]] = [:]
        for canary in canaries {
            vault.load(name: canary.name, value: canary.value)
            values[canary.name] = canary.value
        }
        return (vault, LeakFinder(secrets: values), canaries)
    }

    /// Encodings made by Foundation and by hand, not by the redactor.
    private func encodings(_ value: [UInt8]) throws -> [String: [UInt8]] {
        let text = String(decoding: value, as: UTF8.self)
        var result: [String: [UInt8]] = ["raw": value]
        for (name, prefix) in [("0", ""), ("1", "x"), ("2", "xy"), ("3", "{\"user\":\"me\",\"password\":\"")] {
            let bytes = Array(prefix.utf8) + value + Array("tail".utf8)
            let base64 = Data(bytes).base64EncodedString()
            result["base64-\(name)"] = Array(base64.utf8)
            result["base64url-\(name)"] = Array(base64.replacing("+", with: "-").replacing("/", with: "_").utf8)
            result["twice-\(name)"] = Array(Data(base64.utf8).base64EncodedString().utf8)
            result["wrapped-\(name)"] = Array(
                Data((0..<50).map { UInt8($0) } + bytes).base64EncodedString(options: .lineLength76Characters).utf8)
        }
        result["hex"] = value.flatMap { Array(String(format: "%02x", $0).utf8) }
        result["HEX"] = value.flatMap { Array(String(format: "%02X", $0).utf8) }
        result["percent-all"] = value.flatMap { Array(String(format: "%%%02X", $0).utf8) }
        guard Array(text.utf8) == value else { return result }
        result["percent"] = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { Array($0.utf8) }
        result["json"] = Array(try JSONEncoder().encode(["k": text]))
        result["json-plain"] = Array(
            try JSONSerialization.data(withJSONObject: ["k": text], options: .withoutEscapingSlashes))
        result["json-twice"] = Array(
            try JSONEncoder().encode([String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)]))
        result["debug"] = Array(text.debugDescription.utf8)
        result["shell"] = Array("'\(text.replacing("'", with: "'\\''"))'".utf8)
        result["crlf"] = Array(text.replacing("\n", with: "\r\n").utf8)
        return result
    }

    @Test("There are 40 canaries with different names and values, none of which is common or too short")
    func canaries() throws {
        let (vault, _, canaries) = try load()
        #expect(canaries.count == 40)
        #expect(Set(canaries.map(\.name)).count == 40)
        #expect(Set(canaries.map(\.value)).count == 40)
        #expect(vault.warnings == [])
    }

    @Test("No encoding of a canary is left after redaction, and every one is found before it")
    func redacted() throws {
        let (vault, finder, canaries) = try load()
        let redactor = vault.redactor
        for canary in canaries {
            for (encoding, bytes) in try encodings(canary.value) {
                let text = Array("before ".utf8) + bytes + Array(" after".utf8)
                #expect(
                    finder.leaks(in: text).contains { $0.name == canary.name },
                    "\(canary.name) as \(encoding) is not found")
                let output = redactor.redact(text)
                #expect(finder.leaks(in: output) == [], "\(canary.name) as \(encoding)")
                #expect(output.starts(with: Array("before ".utf8)) && output.reversed().starts(with: "retfa ".utf8))
                var stream = RedactorStream(redactor)
                let byByte = text.flatMap { stream.write([$0]) } + stream.finish()
                #expect(byByte == output, "\(canary.name) as \(encoding), byte by byte")
            }
        }
    }

    @Test("All canaries in one text, side by side and with others around, leave nothing")
    func together() throws {
        let (vault, finder, canaries) = try load()
        let joined = canaries.flatMap(\.value) + canaries.reversed().flatMap { $0.value + [0x2c] }
        #expect(Set(finder.leaks(in: joined).map(\.name)).count == 40)
        #expect(finder.leaks(in: vault.redactor.redact(joined)) == [])
        let base64 = Array(Data(joined).base64EncodedString().utf8)
        #expect(finder.leaks(in: vault.redactor.redact(base64)) == [])
    }

    @Test("A leak in a directory is reported with its file, and nothing is where nothing was put")
    func directory() throws {
        let (_, finder, canaries) = try load()
        let root = FileManager.default.temporaryDirectory.appending(path: "leaks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "a"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try Data("nothing here\n".utf8).write(to: root.appending(path: "a/clean"))
        #expect(try finder.leaks(atPath: root.path) == [])
        let canary = try #require(canaries.first { $0.name == "PLAIN_SIXTEEN" })
        let file = root.appending(path: "a/leak")
        try Data(Data(Array("u:".utf8) + canary.value).base64EncodedString().utf8).write(to: file)
        let leaks = try finder.leaks(atPath: root.path)
        #expect(leaks.map(\.description) == ["PLAIN_SIXTEEN in \(file.path) as base64"])
        #expect(throws: (any Error).self) { try finder.leaks(atPath: root.path + "/missing") }
    }
}
