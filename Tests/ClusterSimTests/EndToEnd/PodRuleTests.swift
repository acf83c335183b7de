import Foundation
import Testing

/// What decides over a pod beside its own program: neighbours, gates, deadlines, hooks, owners, rules of its Job.
@Suite("Rules for pods")
struct PodRuleTests {
    private func pod(_ name: String, _ spec: String = "", labels: String = "", container: String = "") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), labels: {\(labels)}}
        spec: {\(spec)\(spec.isEmpty ? "" : ", ")containers: [{name: c, image: "\(name == "badimage" ? "Foo:1" : "busybox:1.36")"\(container)}]}
        ---

        """
    }

    private func lone(_ kind: String, _ label: String) -> String {
        "affinity: {\(kind): {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {x: \(label)}}}]}}"
    }

    /// What kubectl prints of a pod by a JSONPath.
    private func read(_ lab: Lab, _ pod: String, _ path: String, _ wanted: String) async throws {
        let output = try await lab.until(10, "get", "pod", pod, "-o", "jsonpath=\(path)") { $0.stdout == wanted }
        #expect(output.stdout == wanted, "\(pod)")
    }

    @Test("ports of the host and affinities keep pods off a node, gates keep them waiting, in the scheduler's words")
    func placement() async throws {
        let port = ", ports: [{containerPort: 80, hostPort: 8080}]"
        let first =
            pod("port1", container: port) + pod("apart1", lone("podAntiAffinity", "a"), labels: "x: a")
        let second =
            pod("port2", container: port) + pod("apart2", lone("podAntiAffinity", "a"), labels: "x: a")
            + pod("guest", labels: "x: a") + pod("lonely", lone("podAffinity", "b"))
            + pod("together", lone("podAffinity", "c"), labels: "x: c")
            + pod("gated", "schedulingGates: [{name: example.com/g}]")
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: first)
            _ = try await lab.kubectl("wait", "--for=condition=Ready", "pod/port1", "pod/apart1", "--timeout=10s")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: second)
            let message = "{.status.conditions[?(@.type==\"PodScheduled\")].message}"
            for (name, reason) in [
                ("port2", "node(s) didn't have free ports for the requested pod ports"),
                ("apart2", "node(s) didn't match pod anti-affinity rules"),
                ("guest", "node(s) didn't satisfy existing pods anti-affinity rules"),
                ("lonely", "node(s) didn't match pod affinity rules"),
            ] {
                try await read(
                    lab, name, message,
                    "0/1 nodes are available: 1 \(reason). no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
                )
            }
            // The first of a group that wants to be together may begin.
            try await read(lab, "together", "{.status.phase}", "Running")
            try await read(lab, "gated", message, "Scheduling is blocked due to non-empty scheduling gates")
            let row = try await lab.kubectl("get", "pod", "gated", "--no-headers")
            #expect(row.stdout.contains("SchedulingGated"), "\(row.stdout)")
            _ = try await lab.kubectl(
                "patch", "pod", "gated", "--type=json", "-p", #"[{"op":"remove","path":"/spec/schedulingGates"}]"#)
            try await read(lab, "gated", "{.status.phase}", "Running")
            // What kept others away is gone with the pod.
            _ = try await lab.kubectl("delete", "pod", "port1", "apart1", "--force", "--grace-period=0")
            try await read(lab, "port2", "{.status.phase}", "Running")
        }
    }

    @Test("deadlines, hooks, names of images and readiness gates show as a kubelet shows them")
    func life() async throws {
        let manifest =
            pod("deadline", "activeDeadlineSeconds: 20")
            + pod("hook", container: ", lifecycle: {postStart: {exec: {command: [sh, -c, exit 3]}}}")
            + pod("badimage") + pod("waits", "readinessGates: [{conditionType: example.com/g}]")
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
            try await read(
                lab, "deadline",
                "{.status.phase} {.status.reason}: {.status.message} {.status.containerStatuses[0].state.terminated.exitCode}",
                "Failed DeadlineExceeded: Pod was active on the node longer than the specified deadline 137")
            try await read(
                lab, "badimage", "{.status.containerStatuses[0].state.waiting}",
                #"{"message":"Failed to apply default image tag \"Foo:1\": couldn't parse image name \"Foo:1\": invalid reference format: repository name (library/Foo) must be lowercase","reason":"InvalidImageName"}"#
            )
            let ready = "{.status.conditions[?(@.type==\"Ready\")]['status','reason','message']}"
            try await read(
                lab, "waits", ready,
                "False ReadinessGatesNotReady corresponding condition of pod readiness gate \"example.com/g\" does not exist."
            )
            _ = try await lab.kubectl(
                "patch", "pod", "waits", "--subresource=status", "-p",
                #"{"status":{"conditions":[{"type":"example.com/g","status":"True"}]}}"#)
            try await read(lab, "waits", ready, "True")
            try await read(lab, "hook", "{.status.containerStatuses[0].lastState.terminated.exitCode}", "137")
            let events = try await lab.kubectl(
                "get", "events", "--field-selector", "involvedObject.name=hook,reason=FailedPostStartHook", "-o",
                "jsonpath={.items[0].type} {.items[0].message}")
            #expect(events.stdout == "Warning PostStartHook failed")
        }
    }

    @Test("pods and ReplicaSets go with their labels: let go, adopted, and adopted again")
    func ownership() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--replicas=2")
            _ = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            let names = ["get", "pods", "-l", "app=web", "-o", "name"]
            let before = try await lab.run([try Tools.kubectl()] + names).stdout.split(separator: "\n").map(String.init)
            let taken = try #require(before.first)
            _ = try await lab.kubectl("label", taken, "app-")
            _ = try await lab.until(10, "get", "pods", "-l", "app=web", "-o", "name") {
                $0.stdout.split(separator: "\n").count == 2
            }
            #expect(try await lab.kubectl("get", taken, "-o", "jsonpath={.metadata.ownerReferences}").stdout.isEmpty)
            // An orphaned ReplicaSet is the next Deployment's, with its pods.
            _ = try await lab.kubectl("delete", "deployment", "web", "--cascade=orphan")
            let pods = try await lab.kubectl("get", "pods", "-l", "app=web", "-o", "name").stdout
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--replicas=2")
            _ = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            let sets = try await lab.kubectl(
                "get", "replicasets", "-o", "jsonpath={.items[*].metadata.ownerReferences[*].name}")
            #expect(sets.stdout == "web")
            #expect(try await lab.kubectl("get", "pods", "-l", "app=web", "-o", "name").stdout == pods)
            _ = try await lab.kubectl("delete", "deployment", "web")
            _ = try await lab.until(10, "get", "pods", "-l", "app=web", "-o", "name") { $0.stdout.isEmpty }
        }
    }

    @Test("a Job ends by its rules for failures, indexes and success")
    func jobs() async throws {
        func job(_ name: String, _ fields: String, _ script: String) -> String {
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: \(name)}
            spec: {\(fields), template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, '\(script)']}]}}}
            ---

            """
        }
        func rule(_ action: String) -> String {
            "podFailurePolicy: {rules: [{action: \(action), onExitCodes: {operator: In, values: [42]}}]}"
        }
        let two = "completions: 2, parallelism: 2, completionMode: Indexed"
        let isFirst = "[ $JOB_COMPLETION_INDEX = 0 ]"
        let manifest =
            job("fails", rule("FailJob"), "exit 42") + job("ignores", "backoffLimit: 0, \(rule("Ignore"))", "exit 42")
            + job("perindex", "\(two), backoffLimitPerIndex: 0", isFirst)
            + job("enough", "\(two), successPolicy: {rules: [{succeededIndexes: \"0\"}]}", "\(isFirst) || sleep 900")
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
            let state =
                "{.status.conditions[1].type} {.status.conditions[1].reason}: {.status.conditions[1].message} {.status.completedIndexes}/{.status.failedIndexes}"
            for (name, wanted) in [
                ("perindex", "Failed FailedIndexes: Job has failed indexes 0/1"),
                ("enough", "Complete SuccessPolicy: Matched rules at index 0 0/"),
            ] {
                let output = try await lab.until(10, "get", "job", name, "-o", "jsonpath=\(state)") {
                    $0.stdout == wanted
                }
                #expect(output.stdout == wanted)
            }
            let failed = try await lab.until(10, "get", "job", "fails", "-o", "jsonpath=\(state)") {
                $0.stdout.contains("Failed")
            }
            #expect(
                failed.stdout.wholeMatch(
                    of:
                        /Failed PodFailurePolicy: Container c for pod default\/fails-\w+ failed with exit code 42 matching FailJob rule at index 0 \//
                ) != nil, "\(failed.stdout)")
            // Failures that are ignored count for nothing, and pods follow in ever longer steps.
            let ignored = try await lab.kubectl("get", "job", "ignores", "-o", "jsonpath={.status.failed}")
            #expect(ignored.stdout.isEmpty)
            let pods = try await lab.kubectl("get", "pods", "-l", "job-name=ignores", "-o", "name")
            #expect((1...8).contains(pods.stdout.split(separator: "\n").count), "\(pods.stdout)")
        }
    }
}
