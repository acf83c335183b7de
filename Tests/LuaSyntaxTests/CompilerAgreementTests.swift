import Foundation
import LuaSyntax
import Testing

/// The parser accepts and refuses what the real compiler does, with its messages.
@Suite struct CompilerAgreementTests {
    @Test func takesValidPrograms() throws {
        try expectAgreement(Corpus.valid)
        for text in Corpus.valid { #expect(throws: Never.self) { try Chunk(parsing: SourceText(text)) } }
    }

    @Test func refusesInvalidPrograms() throws {
        try expectAgreement(Corpus.invalid)
        for text in Corpus.invalid { #expect(throws: LuaSyntaxError.self) { try Chunk(parsing: SourceText(text)) } }
    }

    @Test func agreesAtTheLimits() throws {
        try expectAgreement(Corpus.limits)
    }

    @Test func agreesWithOneTokenMissing() throws {
        try expectAgreement(mutations { words, index in words.remove(at: index) })
    }

    @Test func agreesWithOneTokenTwice() throws {
        try expectAgreement(mutations { words, index in words.insert(words[index], at: index) })
    }

    @Test func agreesWithNeighboursSwapped() throws {
        try expectAgreement(
            mutations { words, index in
                if index + 1 < words.count { words.swapAt(index, index + 1) }
            })
    }

    @Test func agreesOnTextCutOffAnywhere() throws {
        let whole = Corpus.program
        try expectAgreement(whole.indices.map { String(whole[..<$0]) })
    }

    @Test func agreesOnEveryLuaFileOfTheRepository() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        var texts: [String] = []
        for case let file as URL in try #require(files) where file.pathExtension == "lua" {
            texts.append(try String(contentsOf: file, encoding: .utf8))
        }
        #expect(!texts.isEmpty)
        try expectAgreement(texts.map { $0.hasPrefix("#") ? "--" + $0 : $0 })
    }

    /// Every valid program with one change at each of its words.
    private func mutations(_ change: (inout [String], Int) -> Void) -> [String] {
        var texts: [String] = []
        for program in Corpus.valid + [Corpus.program] {
            let words = program.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            for index in words.indices {
                var changed = words
                change(&changed, index)
                texts.append(changed.joined(separator: " "))
            }
        }
        return texts
    }

    private func expectAgreement(_ texts: [String], _ location: SourceLocation = #_sourceLocation) throws {
        let expected = try ReferenceCompiler.messages(for: texts)
        for (text, message) in zip(texts, expected) {
            let own = ownMessage(text)
            #expect(own == message.map(comparable), "for: \(text.prefix(300))", sourceLocation: location)
        }
    }

    private func ownMessage(_ text: String) -> String? {
        do {
            _ = try Chunk(parsing: SourceText(text))
            return nil
        } catch {
            return comparable("x:\(error.position.line): \(error.message)")
        }
    }

    /// A message without what differs by intent: an error of meaning or of an open string stands where that starts, not where
    /// the compiler noticed it, and a token with escapes or line breaks is quoted as it is written.
    private func comparable(_ message: String) -> String {
        let parts = message.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return message.replacing("error: ", with: "") }
        let text = String(parts[2].dropFirst())
        guard let near = text.range(of: " near ", options: .backwards) else { return text }
        let token = text[near.upperBound...]
        let differs =
            text.hasPrefix("unfinished") || text.hasPrefix("function or expression needs") || token.contains("\\")
            || token.contains("\n") || ["'[", "'\"", "''"].contains { token.hasPrefix($0) }
        return differs ? String(text[..<near.lowerBound]) : "\(parts[1]): \(text)"
    }
}
