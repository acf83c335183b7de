import RunbookSecrets
import Testing

@testable import RunbookHost

/// How a resume recognises steps and writes.
@Suite struct PositionTests {
    @Test func stepsOfOneNameAreToldApart() {
        let root = Position()
        #expect([root.step("a"), root.step("a"), root.step("b")] == ["/a", "/a#2", "/b"])
        #expect(Position(key: "/a").step("x/y") == "/a/x\\/y", "a slash in a name makes no other step")
    }

    @Test func branchesCountForThemselves() {
        let root = Position()
        let first = root.parallel()
        let second = root.parallel()
        #expect([first.step("s"), second.step("s")] == ["/parallel#1/s", "/parallel#2/s"])
        #expect(first.branch(2).step("s") == "/parallel#1/[2]/s")
    }

    @Test func aFingerprintTellsActionsApart() {
        func command(_ argv: [String], _ input: SensitiveText? = nil) -> String {
            Fingerprint.of(.process(Command(argv, input: input)))
        }
        #expect(command(["a", "b"]) == command(["a", "b"]))
        #expect(command(["a", "b"]) != command(["ab"]) && command(["a", "b"]) != command(["a b"]))
        #expect(command(["a"], "x") != command(["a"]))
        #expect(
            Fingerprint.of(.file(.write("/a", "x", mode: 0o644)))
                != Fingerprint.of(.file(.write("/a", "x", mode: 0o600))))
    }

    @Test func aSecretCountsByItsNameOnly() {
        let vault = SecretVault()
        let other = SecretVault()
        let one = SensitiveText(vault.load(name: "T", text: "first-value-1"))
        let two = SensitiveText(other.load(name: "T", text: "second-value-2"))
        #expect(
            Fingerprint.of(.process(Command(["x"], input: one))) == Fingerprint.of(.process(Command(["x"], input: two)))
        )
    }
}
