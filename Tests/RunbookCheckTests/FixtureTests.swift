import Foundation
import RunbookCheck
import Testing

/// Every seeded mistake is found where it stands, and nothing else; good runbooks have no finding.
@Suite struct FixtureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/check")

    static func files(_ folder: URL) -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "lua" }.sorted { $0.path < $1.path }
    }

    @Test(arguments: files(folder))
    func findsTheSeededMistake(file: URL) throws {
        let source = try String(contentsOf: file, encoding: .utf8)
        let expected = source.split(separator: "\n").compactMap { line in
            line.hasPrefix("-- expect: ") ? String(line.dropFirst("-- expect: ".count)) : nil
        }
        #expect(!expected.isEmpty)
        let findings = TestAPI.check(source, file: file.lastPathComponent)
        #expect(
            findings.map { "\($0.rule)@\($0.line):\($0.column)" } == expected,
            "\(render(findings, as: .text))")
    }

    @Test(arguments: files(folder.appending(path: "good")))
    func findsNothingInGoodRunbooks(file: URL) throws {
        let source = try String(contentsOf: file, encoding: .utf8)
        #expect(render(TestAPI.check(source, file: file.lastPathComponent), as: .text) == "")
    }

    @Test func thereAreFortyMistakesAndEveryRuleHasOne() throws {
        let files = Self.files(Self.folder)
        #expect(files.count >= 40)
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let without = RuleList.ids.filter { !texts.contains("-- expect: \($0)@") }
        #expect(without.sorted() == ["header-literal"])
        #expect(Self.files(Self.folder.appending(path: "good")).count >= 4)
    }
}
