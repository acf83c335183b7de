import Testing

@testable import RunbookHost

/// Pods of one's own, copies and what is added to pods, against stand-ins.
@Suite struct KubectlPodsTests {
    private static func pod(_ list: String, _ name: String, _ state: String) -> String {
        #"{"kind":"Pod","metadata":{"name":"p"},"status":{"\#(list)":[{"name":"other","state":{}},{"name":"\#(name)","state":\#(state)}]}}"#
    }

    @Test func aProgramRunsInAPodThatIsRemoved() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl create --filename - *", stdout: "pod/probe created\n")
        try tools.answer(
            "kubectl get pod/probe *", stdout: Self.pod("containerStatuses", "probe", #"{"terminated":{"exitCode":3}}"#)
        )
        try tools.answer(
            "kubectl get pod/probe *", stdout: Self.pod("containerStatuses", "probe", #"{"running":{}}"#), once: true)
        try tools.answer("kubectl logs probe --container probe *", stdout: "one\nbad luck\n")
        try tools.answer("kubectl delete pod/probe *", stdout: "pod \"probe\" deleted\n")
        let lua =
            #"kubectl.run { name = "probe", image = "busybox", command = { "sh", "-c", "x" }, env_from = { "todo" }, namespace = "shop", "#
        let outcome = await tools.run("local r = " + lua + "check = false }  return r.status .. r.stdout")
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "3one\nbad luck\n")
        let calls = try tools.calls()
        #expect(calls.map { $0.argv[1] } == ["create", "get", "get", "logs", "delete"])
        #expect(calls[0].stdin.contains(#""envFrom":[{"secretRef":{"name":"todo"}}]"#))
        let failed = await tools.run(lua + "}")
        #expect(failed.message == "`kubectl.run`: sh -c x exited 3: bad luck")
    }

    @Test func aPodThatCannotStartIsTold() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl debug *")
        try tools.answer(
            "kubectl get pod/backend-1 *",
            stdout: Self.pod(
                "ephemeralContainerStatuses", "debug",
                #"{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}"#))
        let outcome = await tools.run(
            #"kubectl.debug { pod = "backend-1", image = "nope", command = { "ls" }, target = "app" }"#)
        #expect(outcome.message == "pod/backend-1: the container debug cannot start: ImagePullBackOff")
        #expect(
            try tools.lines()[0]
                == "kubectl debug backend-1 --image nope --container debug --attach=false --target app --profile general --namespace default --context minikube -- ls"
        )
        try tools.answer(
            "kubectl get pod/backend-1 *", stdout: Self.pod("ephemeralContainerStatuses", "debug", #"{"running":{}}"#))
        let slow = await tools.run(
            #"kubectl.debug { pod = "backend-1", image = "nope", command = { "ls" }, timeout = "1s" }"#)
        #expect(slow.message == "pod/backend-1: the container debug did not end within 1.0s")
    }

    @Test func aCopyHasOneSideInAPod() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl cp *")
        let outcome = await tools.run(
            #"kubectl.cp { from = "backend-1:/tmp/a", to = "a", container = "app", namespace = "shop" }"#)
        #expect(outcome.message == "")
        #expect(
            try tools.lines() == ["kubectl cp backend-1:/tmp/a a --container app --namespace shop --context minikube"])
        let both = await tools.run(#"kubectl.cp { from = "a", to = "b" }"#)
        #expect(both.message == "`kubectl.cp`: one of `from` and `to` must be in a pod, written as \"POD:PATH\"")
    }

    @Test func aDrainLeavesAWayBackOnlyWhereItClosedTheNode() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get node/n1 *")
        let lua = #"kubectl.drain { node = "n1", timeout = "2m", grace = "5s" }"#
        let preview = await tools.run(lua, dryRun: .preview)
        #expect(preview.summary.plan.first?.undo == "kubectl uncordon n1")
        #expect(
            preview.summary.plan.first?.command.joined(separator: " ")
                == "kubectl drain n1 --timeout 120s --ignore-daemonsets --grace-period 5 --namespace default --context minikube"
        )
        try tools.answer("kubectl get node/n1 *", stdout: "true")
        let closed = await tools.run(lua, dryRun: .preview)
        #expect(closed.summary.plan.first?.undo == nil)
    }
}
