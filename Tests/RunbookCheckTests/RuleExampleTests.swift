import RunbookCheck
import Testing

/// The examples in the rules' own descriptions are true.
@Suite struct RuleExampleTests {
    @Test(arguments: RuleList.all.map(\.id))
    func badExampleBreaksThisRuleOnly(id: String) throws {
        let rule = try #require(RuleList.all.first { $0.id == id })
        let findings = TestAPI.check(rule.bad, file: "bad.lua")
        #expect(Set(findings.map(\.rule)) == [id], "\(render(findings, as: .text))")
        #expect(findings.allSatisfy { $0.severity == rule.severity })
    }

    @Test(arguments: RuleList.all.map(\.id))
    func goodExampleBreaksNoRule(id: String) throws {
        let rule = try #require(RuleList.all.first { $0.id == id })
        #expect(render(TestAPI.check(rule.good, file: "good.lua"), as: .text) == "")
    }

    @Test func idsAreUniqueAndDescribed() {
        #expect(RuleList.ids.count == RuleList.all.count)
        for rule in RuleList.all {
            #expect(!rule.summary.hasSuffix("."))
            #expect(rule.rationale.hasSuffix("."))
        }
    }
}
