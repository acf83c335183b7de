import Foundation
import RunbookCheck
import Testing

/// The guide lists the rules as they are.
@Suite struct GuideTests {
    /// Set `UPDATE_DOCS=1` to write the list anew.
    @Test func theListOfRulesIsUpToDate() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/guide/check.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let marker = try #require(text.range(of: RuleGuide.marker))
        let upToDate = text[..<marker.lowerBound] + RuleGuide.markdown
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try String(upToDate).write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == upToDate, "write it anew: UPDATE_DOCS=1 swift test --filter GuideTests")
    }
}
