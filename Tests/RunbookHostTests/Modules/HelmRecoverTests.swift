import Testing

@testable import RunbookHost

/// `helm.recover`, against stand-ins: releases that are stuck in a pending state.
@Suite struct HelmRecoverTests {
    private static func stuck(_ updated: String, _ statuses: [String] = ["deployed", "pending-upgrade"]) -> String {
        "["
            + statuses.enumerated().map {
                #"{"revision":\#($0 + 1),"updated":"\#(updated)","status":"\#($1)","chart":"c"}"#
            }.joined(separator: ",") + "]"
    }

    @Test func aStuckReleaseIsExplainedBeforeHelmRefuses() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stdout: Self.stuck("2026-01-01T00:00:00Z"))
        let outcome = await tools.run(#"helm.upgrade { release = "todo", chart = "c", namespace = "shop" }"#)
        #expect(
            outcome.message
                == "release todo is stuck in pending-upgrade at revision 2: another helm works on it, or was killed while it did"
        )
        #expect(
            outcome.remedy
                == "make sure that no other helm runs, then helm.recover { release = \"todo\", namespace = \"shop\" }")
    }

    @Test func aStuckUpgradeGoesBackToWhatServedAfterAQuestion() async throws {
        let tools = try ToolScript(tools: ["kubectl", "helm", "pgrep"])
        try tools.answer("pgrep -x helm", status: 1)
        try tools.answer("helm history todo *", stdout: Self.stuck("2026-01-01T00:00:00.123456789Z"))
        try tools.answer("helm rollback *", stdout: "Rollback was a success!\n")
        let lua = #"local r = helm.recover { release = "todo", namespace = "shop" }  return r.action .. r.to"#
        let asked = await tools.run(lua, yes: false)
        #expect(asked.summary.exitCode == 6)
        let outcome = await tools.run(lua)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "rollback1")
        #expect(
            try tools.lines().last
                == "helm rollback todo 1 --wait --timeout 300s --namespace shop --kube-context minikube")
    }

    @Test func aStuckFirstInstallIsRemoved() async throws {
        let tools = try ToolScript(tools: ["kubectl", "helm", "pgrep"])
        try tools.answer("pgrep -x helm", status: 1)
        try tools.answer("helm history todo *", stdout: Self.stuck("2026-01-01T00:00:00Z", ["pending-install"]))
        try tools.answer("helm uninstall *", stdout: "release \"todo\" uninstalled\n")
        let outcome = await tools.run(#"return helm.recover { release = "todo" }.action"#)
        #expect(outcome.summary.result.stringValue == "uninstall")
    }

    @Test func recoveryIsRefusedWhileAnotherHelmMayWork() async throws {
        let tools = try ToolScript(tools: ["kubectl", "helm", "pgrep"])
        try tools.answer("pgrep -x helm", stdout: "4711\n")
        try tools.answer("helm history todo *", stdout: Self.stuck("2026-01-01T00:00:00Z"))
        let running = await tools.run(#"helm.recover { release = "todo" }"#)
        #expect(running.message == "helm runs on this machine (process 4711) and may be at work on the release")
        try tools.answer("pgrep -x helm", status: 1)
        try tools.answer("helm history todo *", stdout: Self.stuck(SystemClock.text(SystemClock.now() - 60)))
        let young = await tools.run(#"helm.recover { release = "todo" }"#)
        #expect(young.message.hasPrefix("the operation on the release began 1m 0"))
        #expect(young.remedy == "wait until it is 10m 00s old, or give `min_age`")
        try tools.answer("helm history todo *", stdout: HelmTests.history3)
        let fine = await tools.run(#"return helm.recover { release = "todo" }.recovered"#)
        #expect(fine.summary.result.booleanValue == false)
    }

    @Test func timesOfHelmAreRead() {
        #expect(HelmRecover.seconds("1970-01-02T00:00:01Z") == 86_401)
        #expect(HelmRecover.seconds("2026-11-21T07:52:44.062761261Z") == 1_795_247_564)
        #expect(HelmRecover.seconds("2026-11-21T08:52:44+01:00") == 1_795_247_564)
        #expect(HelmRecover.seconds("2024-02-29T12:00:00Z") == 1_709_208_000)
        #expect(HelmRecover.seconds("yesterday") == nil)
    }
}
