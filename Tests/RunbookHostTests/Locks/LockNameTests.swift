import Testing

@testable import RunbookHost

/// The names of locks as files and objects.
@Suite struct LockNameTests {
    @Test func spellingsAreValidAndDifferent() {
        let names = [
            "deploy", "deploy/shop", "deploy-shop", "Deploy", "", "/", "ü", String(repeating: "long", count: 40),
        ]
        let spelled = names.map(LockSpelling.of)
        #expect(spelled[0] == "deploy" && spelled[2] == "deploy-shop")
        #expect(spelled[1].hasPrefix("deploy-shop-") && spelled[1] != spelled[2])
        #expect(Set(spelled).count == names.count)
        for name in spelled {
            #expect(name.wholeMatch(of: /[a-z0-9][a-z0-9-]*[a-z0-9]/) != nil && name.count <= 55, "\(name)")
        }
    }
}
