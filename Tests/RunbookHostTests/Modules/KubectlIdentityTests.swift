import Testing

@testable import RunbookHost

/// Who may do something in the cluster: by a stand-in, since the simulator knows nobody.
@Suite struct KubectlIdentityTests {
    @Test func whoamiTellsUserAndGroups() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl auth whoami *",
            stdout:
                #"{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"ops","groups":["admins","system:authenticated"]}}}"#
        )
        let outcome = await tools.run("return kubectl.whoami()")
        #expect(outcome.summary.result["user"].stringValue == "ops")
        #expect(outcome.summary.result["groups"].listValue?.count == 2)
        #expect(try tools.lines() == ["kubectl auth whoami --output json --context minikube"])
    }

    @Test func aTokenIsASecretFromTheStart() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl create token *", stdout: "eyJhbGciOi.J9.c2lnbmF0dXJl\n")
        let outcome = await tools.run(
            """
            local token = kubectl.create_token { service_account = "ci", duration = "10m", audience = "vault", namespace = "shop" }
            print(token)
            exec.run({ "cat" }, { stdin = token })
            """)
        #expect(outcome.message == "")
        #expect(outcome.notes(.print) == ["‹secret token of ci›"])
        #expect(
            outcome.lines == ["‹secret token of ci›"], "what a child prints of it is masked, and no line break is in it"
        )
        #expect(
            try tools.lines() == [
                "kubectl create token ci --duration 600s --audience vault --namespace shop --context minikube"
            ])
        let kept = outcome.events.map { "\($0)" }.joined()
        #expect(!kept.contains("eyJhbGciOi"))
    }

    @Test func aTokenThatIsRefusedIsTold() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl create token *", stderr: "error: failed to create token: serviceaccounts \"ci\" not found\n",
            status: 1)
        let outcome = await tools.run("kubectl.create_token { service_account = \"ci\" }")
        #expect(outcome.message.contains("not found"))
    }

    @Test func certificatesAreGrantedAndRefused() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl certificate *", stdout: "certificatesigningrequest.certificates.k8s.io/node-7 approved\n")
        let outcome = await tools.run(
            "kubectl.certificate_approve { name = \"node-7\" }\nkubectl.certificate_deny { name = \"node-8\" }")
        #expect(outcome.message == "")
        #expect(
            try tools.lines() == [
                "kubectl certificate approve node-7 --namespace default --context minikube",
                "kubectl certificate deny node-8 --namespace default --context minikube",
            ])
    }
}
