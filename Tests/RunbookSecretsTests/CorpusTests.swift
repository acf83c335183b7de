import Foundation
import RunbookFuzzProperties
import Testing

@Suite("Fuzzing corpus")
struct CorpusTests {
    private static func inputs(_ target: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzz/corpus/\(target)")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
    }

    @Test("The redactor's property holds for every input that fuzzing kept")
    func redactor() throws {
        let inputs = try Self.inputs("redactor")
        #expect(inputs.count > 50)
        for input in inputs { #expect(RedactorProperty.violation(input.bytes) == nil, "\(input.name)") }
    }

    @Test("The .env reader's property holds for every input that fuzzing kept")
    func dotEnv() throws {
        let inputs = try Self.inputs("dotenv")
        #expect(inputs.count > 50)
        for input in inputs { #expect(DotEnvProperty.violation(input.bytes) == nil, "\(input.name)") }
    }
}
