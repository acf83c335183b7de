import Foundation
import RunbookCheck
import Testing

/// The three forms in which findings are written out.
@Suite struct RenderingTests {
    private let findings = TestAPI.checker.check(
        source: "local x = 1\nprint(nmae) -- é\n", file: "runbooks/a b.lua")

    @Test func textIsALineEach() {
        #expect(
            render(findings, as: .text) == """
                runbooks/a b.lua:1:7: unused-local: local `x` is never used; remove it, or begin its name with `_`
                runbooks/a b.lua:2:7: unknown-global: unknown global `nmae`

                """)
        #expect(render([], as: .text) == "")
    }

    @Test func jsonHoldsEveryField() throws {
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(render(findings, as: .json).utf8)) as? [String: Any])
        let list = try #require(document["findings"] as? [[String: Any]])
        #expect(list.count == 2)
        #expect(list[0]["file"] as? String == "runbooks/a b.lua")
        #expect(list[0]["rule"] as? String == "unused-local")
        #expect(list[0]["severity"] as? String == "warning")
        #expect(list[0]["line"] as? Int == 1)
        #expect(list[0]["column"] as? Int == 7)
        #expect(list[0]["end_column"] as? Int == 8)
        #expect(list[0]["message"] as? String == "local `x` is never used")
        #expect(list[0]["fix"] as? String == "remove it, or begin its name with `_`")
        #expect(list[1]["fix"] == nil)
        #expect(render([], as: .json).contains("\"findings\" : ["))
    }

    @Test func sarifHasTheStructureOfVersion210() throws {
        let log = try #require(
            JSONSerialization.jsonObject(with: Data(render(findings, as: .sarif).utf8)) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        #expect((log["$schema"] as? String)?.hasSuffix("sarif-2.1.0.json") == true)
        let runs = try #require(log["runs"] as? [[String: Any]])
        let run = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        #expect(driver["name"] as? String == "runbook check")
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.count == RuleList.all.count)
        for rule in rules {
            #expect((rule["shortDescription"] as? [String: Any])?["text"] is String)
            #expect((rule["fullDescription"] as? [String: Any])?["text"] is String)
            let level = (rule["defaultConfiguration"] as? [String: Any])?["level"] as? String
            #expect(["error", "warning"].contains(level))
        }
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.count == findings.count)
        for (result, finding) in zip(results, findings) {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == finding.rule)
            #expect(result["ruleId"] as? String == finding.rule)
            #expect(result["level"] as? String == finding.severity.rawValue)
            #expect((result["message"] as? [String: Any])?["text"] as? String == finding.text)
            let locations = try #require(result["locations"] as? [[String: Any]])
            let place = try #require(locations.first?["physicalLocation"] as? [String: Any])
            #expect((place["artifactLocation"] as? [String: Any])?["uri"] as? String == "runbooks/a%20b.lua")
            let region = try #require(place["region"] as? [String: Int])
            #expect(
                region == [
                    "startLine": finding.line, "startColumn": finding.column,
                    "endLine": finding.endLine, "endColumn": finding.endColumn,
                ])
        }
    }

    @Test func sarifWithoutFindingsHasAnEmptyListOfResults() throws {
        let log = try #require(JSONSerialization.jsonObject(with: Data(render([], as: .sarif).utf8)) as? [String: Any])
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        #expect((run["results"] as? [Any])?.isEmpty == true)
    }

    @Test func columnsCountCharactersAndNotBytes() {
        let findings = TestAPI.checker.check(source: "log(\"é漢🙂\" .. nmae)", file: "a.lua")
        #expect(findings.map(\.column) == [14])
    }
}
