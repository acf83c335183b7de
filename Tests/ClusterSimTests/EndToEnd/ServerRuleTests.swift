import ClusterSim
import Foundation
import Testing

/// Rules of the server and habits of controllers that a demanding user comes across.
@Suite("Rules of the server")
struct ServerRuleTests {
    @Test("every node has a Lease, so that describe finds it, and the namespaces of a cluster are there")
    func leases() async throws {
        try await Lab.run { lab in
            let described = try await lab.kubectl("describe", "node", "minikube")
            #expect(
                described.status == 0 && described.stdout.contains("HolderIdentity:  minikube"), "\(described.stdout)")
            #expect(!(described.stdout + described.stderr).contains("Failed to get lease"))
            let namespaces = try await lab.kubectl("get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}")
            #expect(namespaces.stdout == "default kube-node-lease kube-public kube-system")
        }
        // A recorded node has one of its own time.
        try await Lab.run(snapshot: "\(Fixtures.snapshots)/healthy") { lab in
            let described = try await lab.kubectl("describe", "node", "minikube")
            #expect(!(described.stdout + described.stderr).contains("Failed to get lease"))
            let renewed = try await lab.kubectl(
                "get", "lease", "minikube", "-n", "kube-node-lease", "-o", "jsonpath={.spec.renewTime}")
            #expect(renewed.stdout.hasPrefix("2026-11-21T"), "\(renewed.stdout)")
        }
    }

    @Test("events are gone after an hour of the simulated cluster", .timeLimit(.minutes(1)))
    func events() async throws {
        try await Lab.run(speed: 1800) { lab in
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--", "sleep", "infinity")
            _ = try await lab.until(5, "get", "events", "-o", "name") { !$0.stdout.isEmpty }
            _ = try await lab.until(10, "get", "events", "-o", "name") { $0.stdout.isEmpty }
            #expect(try await lab.kubectl("get", "deployment", "web", "-o", "name").status == 0)
        }
        // What was recorded stays as it was.
        try await Lab.run(snapshot: "\(Fixtures.snapshots)/oomkilled", speed: 3600) { lab in
            try await Task.sleep(for: .seconds(3))
            let events = try await lab.kubectl("get", "events", "-n", "oomkilled", "-o", "name")
            #expect(events.stdout.split(separator: "\n").count > 5)
        }
    }

    @Test("a pending claim of one workload leaves those of others bound")
    func claims() async throws {
        func workload(_ name: String) -> String {
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: \(name)-data}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: \(name)}
            spec:
              selector: {matchLabels: {app: \(name)}}
              template:
                metadata: {labels: {app: \(name)}}
                spec:
                  volumes: [{name: d, persistentVolumeClaim: {claimName: \(name)-data}}]
                  containers: [{name: c, image: "busybox:1.36"}]
            ---

            """
        }
        let set = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: NAME}
            spec:
              serviceName: NAME
              selector: {matchLabels: {app: NAME}}
              template:
                metadata: {labels: {app: NAME}}
                spec: {containers: [{name: c, image: "busybox:1.36"}]}
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            ---

            """
        let loose =
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: loose}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
        try await Lab.run(faults: ["pvc-pending:deployment/bad", "pvc-pending:statefulset/held"]) { lab in
            let manifest =
                workload("bad") + workload("good") + set.replacing("NAME", with: "held")
                + set.replacing("NAME", with: "free") + loose
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
            _ = try await lab.kubectl("rollout", "status", "deployment/good", "--timeout=20s")
            // A claim that nobody asks for is bound once it is plain that none of those workloads will.
            let bound = try await lab.until(
                15, "get", "pvc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}"
            ) {
                $0.stdout.contains("loose=Bound") && $0.stdout.contains("data-held-0")
                    && $0.stdout.contains("data-free-0=Bound")
            }
            #expect(
                bound.stdout
                    == "bad-data=Pending data-free-0=Bound data-held-0=Pending good-data=Bound loose=Bound ")
            let pods = try await lab.kubectl("get", "pods", "-l", "app=bad", "-o", "jsonpath={.items[*].status.phase}")
            #expect(pods.stdout == "Pending")
        }
    }

    @Test("below the partition of a StatefulSet, pods keep the revision before, also those that are made again")
    func partition() async throws {
        let set = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              updateStrategy: {rollingUpdate: {partition: 2}}
              template:
                metadata: {labels: {app: db}}
                spec: {containers: [{name: c, image: "busybox:1.36"}]}
            """
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: set)
            _ = try await lab.kubectl("rollout", "status", "sts/db", "--timeout=20s")
            _ = try await lab.kubectl("set", "image", "sts/db", "c=busybox:1.37")
            _ = try await lab.kubectl("rollout", "status", "sts/db", "--timeout=20s")
            _ = try await lab.kubectl("delete", "pod", "db-0")
            let images = [
                "get", "pods", "-l", "app=db", "-o",
                "jsonpath={range .items[*]}{.metadata.name}={.spec.containers[0].image} {end}",
            ]
            let kept = try await lab.until(10, images[0], images[1], images[2], images[3], images[4], images[5]) {
                $0.stdout.contains("db-0=")
            }
            #expect(kept.stdout == "db-0=busybox:1.36 db-1=busybox:1.36 db-2=busybox:1.37 ")
            _ = try await lab.kubectl(
                "patch", "sts", "db", "-p", "{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0}}}}")
            let all = try await lab.until(20, images[0], images[1], images[2], images[3], images[4], images[5]) {
                $0.stdout.components(separatedBy: "1.37").count == 4
            }
            #expect(all.stdout == "db-0=busybox:1.37 db-1=busybox:1.37 db-2=busybox:1.37 ")
        }
    }

    @Test("a Job with indexes gives each pod one; a queue of work ends with the first success; suspended Jobs wait")
    func jobs() async throws {
        func job(_ name: String, _ spec: String, _ command: String) -> String {
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: \(name)}\nspec: {\(spec), template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, \"\(command)\"]}]}}}\n---\n"
        }
        try await Lab.run(speed: 50) { lab in
            let manifest =
                job(
                    "indexed", "completions: 3, parallelism: 2, completionMode: Indexed",
                    "echo index $JOB_COMPLETION_INDEX")
                + job("queue", "parallelism: 2", "exit 0") + job("still", "suspend: true", "exit 0")
                + job("late", "activeDeadlineSeconds: 5", "sleep 1000")
                + job("bad", "backoffLimit: 1", "exit 3") + job("short", "ttlSecondsAfterFinished: 20", "exit 0")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
            for name in ["indexed", "queue"] {
                let done = try await lab.kubectl("wait", "--for=condition=complete", "job/\(name)", "--timeout=20s")
                #expect(done.status == 0, "\(name): \(done.stderr)")
            }
            let indexes = try await lab.kubectl(
                "get", "job", "indexed", "-o", "jsonpath={.status.completedIndexes} {.status.succeeded}")
            #expect(indexes.stdout == "0-2 3")
            let logs = try await lab.kubectl("logs", "-l", "job-name=indexed")
            #expect(Set(logs.stdout.split(separator: "\n")) == ["index 0", "index 1", "index 2"])
            for (name, reason) in [("late", "DeadlineExceeded"), ("bad", "BackoffLimitExceeded")] {
                let failed = try await lab.until(
                    20, "get", "job", name, "-o", "jsonpath={.status.conditions[?(@.type=='Failed')].reason}"
                ) {
                    !$0.stdout.isEmpty
                }
                #expect(failed.stdout == reason)
            }
            let failures = try await lab.kubectl("get", "job", "bad", "-o", "jsonpath={.status.failed}")
            #expect(failures.stdout == "2")
            _ = try await lab.until(20, "get", "job", "short", "-o", "name") { $0.stderr.contains("NotFound") }
            #expect(try await lab.kubectl("get", "pods", "-l", "job-name=still", "-o", "name").stdout.isEmpty)
            _ = try await lab.kubectl("patch", "job", "still", "-p", "{\"spec\":{\"suspend\":false}}")
            #expect(try await lab.kubectl("wait", "--for=condition=complete", "job/still", "--timeout=20s").status == 0)
            let labels = try await lab.kubectl("get", "job", "queue", "-o", "jsonpath={.metadata.labels.job-name}")
            #expect(labels.stdout == "queue")
        }
    }

    @Test("a quota with scopes counts the pods of its scopes only")
    func scopes() async throws {
        let quotas = """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: best}
            spec: {hard: {pods: "1"}, scopes: [BestEffort]}
            ---
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: other}
            spec: {hard: {requests.cpu: "1"}, scopes: [NotBestEffort]}
            """
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: quotas)
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Lab.pod("a") + Lab.pod("b", "{requests: {cpu: 600m}}"))
            let second = try await lab.kubectl("apply", "-f", "-", stdin: Lab.pod("c"))
            #expect(second.stderr.contains("exceeded quota: best, requested: pods=1, used: pods=1, limited: pods=1"))
            let large = try await lab.kubectl("apply", "-f", "-", stdin: Lab.pod("d", "{requests: {cpu: 600m}}"))
            #expect(
                large.stderr.contains(
                    "exceeded quota: other, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1"
                ), "\(large.stderr)")
            let used = try await lab.kubectl("get", "quota", "-o", "jsonpath={.items[*].status.used}")
            #expect(used.stdout == #"{"pods":"1"} {"requests.cpu":"600m"}"#)
        }
    }

    @Test("a Service takes addresses and node ports that are free, and drops them with its type")
    func allocations() async throws {
        func service(_ name: String, _ spec: String) -> String {
            "apiVersion: v1\nkind: Service\nmetadata: {name: \(name)}\nspec: {\(spec)}\n"
        }
        try await Lab.run { lab in
            let made = try await lab.kubectl(
                "create", "-f", "-", stdin: service("a", "type: NodePort, ports: [{port: 80, nodePort: 30080}]"))
            #expect(made.status == 0, "\(made.stderr)")
            for (spec, text) in [
                (
                    "type: NodePort, ports: [{port: 80, nodePort: 30080}]",
                    "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated"
                ),
                (
                    "type: NodePort, ports: [{port: 80, nodePort: 80}]",
                    "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"
                ),
                (
                    "clusterIP: 10.96.0.1, ports: [{port: 80}]",
                    "spec.clusterIPs: Invalid value: [\"10.96.0.1\"]: failed to allocate IP 10.96.0.1: provided IP is already allocated"
                ),
                (
                    "clusterIP: 1.2.3.4, ports: [{port: 80}]",
                    "failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12"
                ),
            ] {
                let output = try await lab.kubectl("create", "-f", "-", stdin: service("b", spec))
                #expect(output.status == 1 && output.stderr.contains(text), "\(spec): \(output.stderr)")
            }
            let spec = "jsonpath={.spec.ports[0].nodePort},{.spec.externalTrafficPolicy},{.spec.clusterIP}"
            _ = try await lab.kubectl("patch", "service", "a", "-p", "{\"spec\":{\"type\":\"ClusterIP\"}}")
            let inside = try await lab.kubectl("get", "service", "a", "-o", spec)
            #expect(inside.stdout.hasPrefix(",,10."), "\(inside.stdout)")
            _ = try await lab.kubectl(
                "patch", "service", "a", "--type=merge", "-p",
                "{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"a.example.com\"}}")
            #expect(try await lab.kubectl("get", "service", "a", "-o", spec).stdout == ",,")
        }
    }

    @Test("a taint with NoExecute puts out the pods that do not tolerate it, and lets the others stay")
    func taints() async throws {
        let tolerant = Lab.pod("stays").replacing(
            "spec: {", with: "spec: {tolerations: [{key: k, operator: Exists, effect: NoExecute}], ")
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Lab.pod("goes") + tolerant)
            _ = try await lab.kubectl("wait", "--for=condition=Ready", "pod/goes", "pod/stays", "--timeout=20s")
            let generation = try await lab.kubectl("get", "pod", "stays", "-o", "jsonpath={.metadata.generation}")
            #expect(generation.stdout == "1", "a node was chosen, which is no change of what is wanted")
            _ = try await lab.kubectl("taint", "nodes", "minikube", "k=v:NoExecute")
            _ = try await lab.until(10, "get", "pods", "-o", "name") { $0.stdout == "pod/stays\n" }
            let event = try await lab.kubectl(
                "get", "events", "--field-selector", "reason=TaintManagerEviction", "-o", "jsonpath={.items[*].message}"
            )
            #expect(event.stdout == "Marking for deletion Pod default/goes")
        }
    }

    @Test("an unknown fault in an annotation is warned of")
    func annotation() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36")
            let output = try await lab.kubectl("annotate", "deployment", "web", "sim.runbook.dev/fault=crash")
            #expect(
                output.stderr.hasPrefix(
                    "Warning: sim: unknown fault \"crash\" in the annotation sim.runbook.dev/fault; known faults: crashloop, "
                ))
        }
    }

    @Test("a fault comes to a pod that runs, and a remedy or the end of the annotation heals it")
    func remedies() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--", "sleep", "infinity")
            _ = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            let state = [
                "get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.containerStatuses[*].state}",
            ]
            _ = try await lab.kubectl("annotate", "deployment", "web", "sim.runbook.dev/fault=oom")
            _ = try await lab.until(20, state[0], state[1], state[2], state[3], state[4], state[5]) {
                $0.stdout.contains("CrashLoopBackOff")
            }
            _ = try await lab.kubectl("annotate", "deployment", "web", "sim.runbook.dev/fault-")
            _ = try await lab.until(20, state[0], state[1], state[2], state[3], state[4], state[5]) {
                $0.stdout.contains("running")
            }
        }
        // The Secret was there when the pod came: the fault takes it away. One that is made anew is the remedy.
        try await Lab.run(faults: ["missing-secret:deployment/web"], speed: 20) { lab in
            _ = try await lab.kubectl("create", "secret", "generic", "keys", "--from-literal=A=1")
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--", "sleep", "infinity")
            _ = try await lab.kubectl("set", "env", "deployment/web", "--from=secret/keys")
            let waiting = try await lab.until(
                20, "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].state.waiting.message}"
            ) { $0.stdout.contains("secret \"keys\" not found") }
            #expect(waiting.status == 0)
            _ = try await lab.kubectl("label", "secret", "keys", "made=again")
            let healed = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            #expect(healed.status == 0, "\(healed.stderr)")
        }
    }
}
