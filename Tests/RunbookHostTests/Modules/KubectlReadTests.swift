import Testing

@testable import RunbookHost

/// The reads of `kubectl`, against stand-ins that answer as the real one does.
@Suite struct KubectlReadTests {
    @Test func everyCallNamesContextAndNamespaceAndSwitchesPreferencesOff() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get pods *", stdout: #"{"kind":"List","items":[]}"#)
        let outcome = await tools.run(#"kubectl.get { resource = "pods", namespace = "shop" }"#)
        #expect(outcome.message == "")
        let call = try #require(try tools.calls().first)
        #expect(
            call.argv == ["kubectl", "get", "pods", "--output", "json", "--namespace", "shop", "--context", "minikube"])
        #expect(call.environment["KUBERC"] == "off")
    }

    @Test func theNamespaceOfTheContextIsTheDefault() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl config view --minify *", stdout: "team-a")
        try tools.answer("kubectl get pods *", stdout: #"{"items":[]}"#)
        _ = await tools.run(#"kubectl.get { resource = "pods" }  kubectl.get { resource = "pods" }"#)
        #expect(try tools.lines().allSatisfy { $0.hasSuffix("--namespace team-a --context minikube") })
    }

    @Test func listGivesTheItemsOnly() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get *",
            stdout: #"{"metadata":{"note":"\"items\":[1]"},"items":[{"a":[1,{"b":"]"}]},{"c":2}],"kind":"List"}"#)
        let outcome = await tools.run(
            #"local items = kubectl.list { resource = "pods" }  return #items .. items[1].a[2].b .. items[2].c"#)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "2]2")
    }

    @Test func aMissingObjectIsNilWhenThatIsAllowed() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/nope --ignore-not-found *")
        let outcome = await tools.run(
            #"return tostring(kubectl.get { resource = "deployment", name = "nope", missing_ok = true })"#)
        #expect(outcome.summary.result.stringValue == "nil")
    }

    @Test func withoutCheckTheResultTellsWhatCouldBeRead() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get pods,widgets *", stdout: #"{"kind":"List","items":[{"kind":"Pod"}]}"#,
            stderr: "error: the server doesn't have a resource type \"widgets\"\n", status: 1)
        let outcome = await tools.run(
            """
            local a = kubectl.get { resource = "pods,widgets", check = false }
            return a.status .. #a.value.items .. a.stderr
            """)
        #expect(outcome.summary.result.stringValue == "11error: the server doesn't have a resource type \"widgets\"")
    }

    @Test func aTemplateGivesText() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get pods --output go-template={{range .items}}x{{end}} *", stdout: "xx")
        let outcome = await tools.run(
            #"return kubectl.get { resource = "pods", template = "{{range .items}}x{{end}}" }"#)
        #expect(outcome.summary.result.stringValue == "xx")
    }

    @Test func theValuesOfASecretCannotBeSeen() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get secret/todo-secrets *",
            stdout:
                #"{"kind":"Secret","metadata":{"name":"todo-secrets","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"aHVudGVyMi1sb25n"}},"data":{"PASSWORD":"aHVudGVyMi1sb25n"}}"#
        )
        let outcome = await tools.run(
            """
            local s = kubectl.get { resource = "secret", name = "todo-secrets" }
            print(tostring(s.data.PASSWORD), json.encode(s))
            print(exec.run({ "echo", "hunter2-long" }, { read = true }).stdout)
            """)
        #expect(outcome.message == "")
        let printed = outcome.notes(.print).joined(separator: "\n")
        #expect(printed.contains("‹secret todo-secrets/PASSWORD›"))
        #expect(!printed.contains("hunter2-long"))
        #expect(!printed.contains("aHVudGVyMi1sb25n"))
    }

    @Test func anOptionThatIsNoNameIsRefused() async throws {
        let tools = try ToolScript()
        let outcome = await tools.run(#"kubectl.get { resource = "--raw=/" }"#)
        #expect(outcome.message == "`kubectl.get`: `resource` is \"--raw=/\", which is no name")
    }

    @Test(arguments: ["--context=prod", "--kubeconfig", "--server", "-s", "--namespace=kube-system", "-n", "--token=x"])
    func argumentsCannotTakeACallElsewhere(argument: String) async throws {
        let tools = try ToolScript()
        let outcome = await tools.run("kubectl.get { resource = \"pods\", args = { \"\(argument)\" } }")
        let name = argument.prefix { $0 != "=" }
        #expect(outcome.message == "`kubectl.get`: `args` may not hold \(name), which would take the call elsewhere")
        #expect(try tools.lines().isEmpty)
    }

    @Test func anUnreachableClusterEndsTheRunAsMissing() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get *",
            stderr: "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n",
            status: 1)
        let outcome = await tools.run(#"kubectl.get { resource = "pods" }"#)
        #expect(outcome.summary.exitCode == 3)
        let preview = await tools.run(
            #"local p = kubectl.get { resource = "pods" }  print(p.items[1])"#, dryRun: .preview)
        #expect(preview.summary.exitCode == 0)
        #expect(preview.summary.missing.count == 1)
    }

    @Test func logsAskForWhatIsWanted() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl logs *", stdout: "one\ntwo\n")
        let outcome = await tools.run(
            #"return kubectl.logs { pod = "backend-1", container = "app", previous = true, tail = 5, since = "2m", namespace = "shop" }"#
        )
        #expect(outcome.summary.result.stringValue == "one\ntwo\n")
        #expect(
            try tools.lines() == [
                "kubectl logs backend-1 --container app --previous --tail 5 --since 120s --namespace shop --context minikube"
            ])
        let both = await tools.run(#"kubectl.logs { pod = "a", selector = "app=b" }"#)
        #expect(both.message == "`kubectl.logs` needs one of `pod`, `resource` and `selector`")
    }

    /// tools.md 6: events of the newer API have null times in the older view.
    @Test func trapEventsAreSortedByWhenTheyWereLastSeen() async throws {
        let tools = try ToolScript()
        func event(_ name: String, _ times: String) -> String {
            #"{"type":"Warning","reason":"R","message":"\#(name)","involvedObject":{"kind":"Pod","name":"a","namespace":"shop"},\#(times)}"#
        }
        let items = [
            event(
                "third",
                #""lastTimestamp":null,"eventTime":"2026-11-21T08:00:03.5Z","metadata":{"creationTimestamp":"2026-11-21T08:00:09Z"}"#
            ),
            event("first", #""lastTimestamp":"2026-11-21T08:00:01Z","count":7,"metadata":{}"#),
            event(
                "fourth",
                #""eventTime":"2026-11-21T07:00:00.000000Z","series":{"count":3,"lastObservedTime":"2026-11-21T08:00:04.000000Z"},"metadata":{}"#
            ),
            event(
                "second",
                #""firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"metadata":{"creationTimestamp":"2026-11-21T08:00:02Z"}"#
            ),
        ]
        try tools.answer("kubectl get events *", stdout: #"{"items":["# + items.joined(separator: ",") + "]}")
        let outcome = await tools.run(
            """
            local words = {}
            for _, e in ipairs(kubectl.events { namespace = "shop", object = "po/a" }) do words[#words + 1] = e.message .. e.count .. e.object end
            return table.concat(words, " ")
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "first7pod/a second1pod/a third1pod/a fourth3pod/a")
    }

    /// tools.md 1.5: `kubectl top` has no JSON.
    @Test func trapUsageComesFromTheMetricsAPI() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get --raw /apis/metrics.k8s.io/v1beta1/namespaces/shop/pods *",
            stdout:
                #"{"items":[{"metadata":{"name":"a","namespace":"shop"},"containers":[{"name":"x","usage":{"cpu":"250m","memory":"64Mi"}},{"name":"y","usage":{"cpu":"1500000n","memory":"1Ki"}}]}]}"#
        )
        let outcome = await tools.run(
            #"local p = kubectl.top { namespace = "shop" }[1]  return string.format("%s %.4f %d %s", p.name, p.cpu, p.memory, p.containers[2].name)"#
        )
        #expect(outcome.summary.result.stringValue == "a 0.2515 67109888 y")
        let none = try ToolScript()
        try none.answer(
            "kubectl get --raw *",
            stderr: "Error from server (NotFound): the server could not find the requested resource\n", status: 1)
        let failed = await none.run(#"kubectl.top {}"#)
        #expect(failed.message == "the cluster has no metrics: its metrics server does not answer")
    }

    /// tools.md 1.5: the exit code of `auth can-i` is 1 for "no" and for any error.
    @Test func trapCanITellsNoFromAnError() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl auth can-i delete pods *", stdout: "no\n", status: 1)
        try tools.answer("kubectl auth can-i create pods *", stdout: "yes\n")
        try tools.answer(
            "kubectl auth can-i get pods *",
            stderr: "Error from server (Forbidden): selfsubjectaccessreviews is forbidden: User\n", status: 1)
        let outcome = await tools.run(
            #"return tostring(kubectl.can_i { verb = "delete", resource = "pods" }) .. tostring(kubectl.can_i { verb = "create", resource = "pods" })"#
        )
        #expect(outcome.summary.result.stringValue == "falsetrue")
        let failed = await tools.run(#"kubectl.can_i { verb = "get", resource = "pods" }"#)
        #expect(failed.message.hasSuffix("selfsubjectaccessreviews is forbidden: User"))
    }

    /// tools.md 1.1: without a server the exit code is 1 and the client's half is there.
    @Test func trapVersionWithoutAServerGivesTheClient() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl version *", stdout: #"{"clientVersion":{"minor":"32+","gitVersion":"v1.32.4"}}"#,
            stderr: "refused", status: 1)
        let outcome = await tools.run("local v = kubectl.version()  return v.client .. tostring(v.server)")
        #expect(outcome.summary.result.stringValue == "v1.32.4nil")
    }

    /// tools.md 1.1: without a kubeconfig kubectl asks localhost:8080.
    @Test func trapWithoutAContextNoServerIsAsked() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl config current-context", stderr: "error: current-context is not set\n", status: 1)
        try tools.answer("kubectl get *", stderr: "The connection to the server localhost:8080 was refused", status: 1)
        let outcome = await tools.run(#"kubectl.get { resource = "pods" }"#)
        #expect(outcome.message == "no kube context is set")
        #expect(outcome.summary.exitCode == 3)
        #expect(try tools.lines().isEmpty)
    }

    /// tools.md 1.5: `delete` and `rollout status` wait for ever, and `wait` for 30 seconds.
    @Test func trapEveryWaitHasALimit() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get *", stdout: #"{"kind":"ConfigMap","metadata":{"name":"a"}}"#)
        try tools.answer("kubectl delete *")
        try tools.answer("kubectl rollout status *", stdout: "successfully rolled out\n")
        try tools.answer("kubectl wait *", stdout: "condition met\n")
        let outcome = await tools.run(
            """
            kubectl.delete { resource = "configmap/a" }
            kubectl.rollout_status { resource = "deployment/a" }
            kubectl.wait { resource = "deployment/a", condition = "Available" }
            """)
        #expect(outcome.message == "")
        for verb in ["delete", "rollout status", "wait"] {
            let line = try tools.lines().first { $0.hasPrefix("kubectl \(verb)") }
            #expect(line?.contains(" --timeout ") == true, "\(line ?? verb)")
        }
    }

    /// tools.md 1.5: `diff` exits 1 for a difference, and more for a failure.
    @Test func trapADiffThatFailsIsNoDifference() async throws {
        let tools = try ToolScript()
        let call = #"kubectl.diff { text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" }"#
        try tools.answer(
            "kubectl diff *", stdout: "diff -u -N a b\n--- a\n+++ b\n@@ -1 +1 @@\n-a: 1\n+a: 2\n", status: 1)
        #expect(await tools.run("return \(call).changed").summary.result.booleanValue == true)
        try tools.answer("kubectl diff *", stderr: "error: the server is busy\n", status: 2)
        let failed = await tools.run(call)
        #expect(failed.message.contains("the server is busy"))
    }

    @Test func aRolloutThatDoesNotEndSaysWhatItWaitedFor() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl rollout status deployment/backend *",
            stdout: "Waiting for deployment \"backend\" rollout to finish: 1 of 2 updated replicas are available...\n",
            stderr: "error: timed out waiting for the condition\n", status: 1)
        let outcome = await tools.run(#"kubectl.rollout_status { resource = "deploy/backend", timeout = "90s" }"#)
        #expect(outcome.message.contains("no answer"), "the short name is passed on")
        let full = await tools.run(#"kubectl.rollout_status { resource = "deployment/backend", timeout = "90s" }"#)
        #expect(
            full.message
                == "deployment/backend did not become ready within 1m 30s: Waiting for deployment \"backend\" rollout to finish: 1 of 2 updated replicas are available..."
        )
        let unchecked = await tools.run(
            #"return kubectl.rollout_status { resource = "deployment/backend", timeout = "1s", check = false }.ready"#)
        #expect(unchecked.summary.result.booleanValue == false)
    }

    /// tools.md 1.5: exec's exit code is that of the program, and 1 for kubectl's own failures.
    @Test func trapExecTellsAProgramsFailureFromKubectls() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl exec deployment/a *", stdout: "out\n", stderr: "err\ncommand terminated with exit code 7\n",
            status: 7)
        try tools.answer(
            "kubectl exec deployment/b *", stderr: "error: Internal error occurred: no such container\n", status: 1)
        let outcome = await tools.run(
            #"return kubectl.exec { resource = "deployment/a", command = { "x", "--y" }, check = false, read = true }.status"#
        )
        #expect(outcome.summary.result.integerValue == 7)
        #expect(try tools.lines().last == "kubectl exec deployment/a --namespace default --context minikube -- x --y")
        let failed = await tools.run(#"kubectl.exec { resource = "deployment/b", command = { "x" }, check = false }"#)
        #expect(failed.message.hasSuffix("Internal error occurred: no such container"))
    }
}

/// Forwarding, with a stand-in that goes on until it is interrupted.
@Suite struct KubectlPortForwardTests {
    private func tools(_ script: String) throws -> ToolScript {
        let tools = try ToolScript()
        try tools.run.write(
            "stand-ins/bin/kubectl",
            """
            #!/bin/sh
            [ "$1 $2" = "config current-context" ] && echo minikube
            [ "$1" = config ] && exit 0
            echo "$*" > "$(dirname "$0")/../argv"
            \(script)

            """, mode: 0o755)
        return tools
    }

    private static let blocking = """
        trap 'echo ended > "$(dirname "$0")/../ended"; exit 130' INT
        echo "Forwarding from 127.0.0.1:40123 -> 8000"
        while :; do sleep 0.1; done
        """

    @Test func theFunctionHasThePortAndTheForwardingEndsWithIt() async throws {
        let tools = try tools(Self.blocking)
        let outcome = await tools.run(
            """
            return kubectl.port_forward({ resource = "service/backend", port = 8000, namespace = "shop" }, function(port)
              assert(not fs.exists("stand-ins/ended"))
              return port + 1
            end) .. tostring(fs.exists("stand-ins/ended")) .. fs.read("stand-ins/argv")
            """)
        #expect(outcome.message == "")
        #expect(
            outcome.summary.result.stringValue
                == "40124trueport-forward service/backend :8000 --address 127.0.0.1 --namespace shop --context minikube\n"
        )
    }

    @Test func anErrorInTheFunctionEndsItToo() async throws {
        let tools = try tools(Self.blocking)
        let outcome = await tools.run(
            """
            local ok, err = pcall(kubectl.port_forward, { resource = "service/backend", port = 8000 }, function() error("no luck", 0) end)
            exec.run({ "sleep", "0.5" }, { read = true })
            return tostring(ok) .. tostring(err) .. tostring(fs.exists("stand-ins/ended"))
            """)
        #expect(outcome.summary.result.stringValue == "falseno lucktrue")
    }

    @Test func aForwardingThatFailsSaysWhy() async throws {
        let tools = try tools("echo 'Error from server (NotFound): services \"backend\" not found' >&2; exit 1")
        let outcome = await tools.run(
            #"kubectl.port_forward({ resource = "service/backend", port = 8000 }, function() error("never") end)"#)
        #expect(outcome.message.hasSuffix("Error from server (NotFound): services \"backend\" not found"))
    }
}
