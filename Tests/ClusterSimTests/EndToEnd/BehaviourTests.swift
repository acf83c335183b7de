import ClusterSim
import Foundation
import Testing

/// What the tapes do not show: policies, faults of the API, namespaces, limits, bad input.
@Suite("Behaviour of the simulated cluster")
struct BehaviourTests {
    private let pods = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "busybox:1.36", resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}}]}
        """

    @Test("a quota that is used up shows in the ReplicaSet, the Deployment and the events")
    func quota() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "quota", "small", "--hard=pods=1")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods)
            let output = try await lab.until(
                10, "get", "deployment", "web", "-o",
                "jsonpath={.status.conditions[?(@.type=='ReplicaFailure')].message}"
            ) {
                !$0.stdout.isEmpty
            }
            #expect(
                output.stdout.hasSuffix(
                    "is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"))
            let used = try await lab.until(5, "get", "quota", "small", "-o", "jsonpath={.status.used.pods}") {
                $0.stdout == "1"
            }
            #expect(used.stdout == "1")
        }
    }

    @Test("faults of the API have the server's words, and end when they are to")
    func apiFaults() async throws {
        try await Lab.run(faults: ["api-500:configmaps:1", "api-conflict:deployment/web:6"]) { lab in
            let failed = try await lab.kubectl("get", "configmaps")
            #expect(
                failed.stderr
                    == "Error from server (InternalError): Internal error occurred: etcdserver: request timed out\n")
            let again = try await lab.kubectl("get", "configmaps")
            #expect(again.status == 0)
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods)
            let conflict = try await lab.kubectl("label", "deployment", "web", "a=b")
            #expect(
                conflict.stderr
                    == "Error from server (Conflict): Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please apply your changes to the latest version and try again\n"
            )
        }
    }

    @Test("too many requests are retried by the client, as it is told to")
    func tooManyRequests() async throws {
        try await Lab.run(faults: ["api-429:secrets:1"]) { lab in
            let start = Date()
            let output = try await lab.kubectl("get", "secrets")
            #expect(output.status == 0)
            #expect(Date().timeIntervalSince(start) >= 1)
        }
    }

    @Test("an API that cannot be reached cuts connections, and comes back")
    func unreachable() async throws {
        try await Lab.run(faults: ["api-unreachable:*:3s"], speed: 1) { lab in
            let output = try await lab.kubectl("get", "--raw", "/version")
            #expect(output.status == 1, "\(output.stdout)")
            #expect(output.stderr.contains("EOF") || output.stderr.contains("connection reset"), "\(output.stderr)")
            _ = try await lab.until(10, "get", "--raw", "/readyz") { $0.stdout == "ok" }
        }
    }

    @Test("an annotation asks for a fault")
    func annotation() async throws {
        try await Lab.run { lab in
            let faulty = pods.replacing(
                "metadata: {name: web}",
                with: "metadata: {name: web, annotations: {sim.runbook.dev/fault: \"crashloop:ValueError: x\"}}")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: faulty)
            _ = try await lab.until(
                15, "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}"
            ) {
                $0.stdout.contains("CrashLoopBackOff")
            }
            let log = try await lab.kubectl("logs", "deployment/web", "--previous")
            #expect(log.stdout == "Traceback (most recent call last):\nValueError: x\n")
        }
    }

    @Test(
        "bad input gets the server's words",
        arguments: [
            (
                ["create", "namespace", "Bad_Name"],
                "The Namespace \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 label must consist of"
            ),
            (["get", "pods", "--field-selector=spec.foo=1"], "field label not supported: spec.foo"),
            (
                ["patch", "namespace", "default", "--type=json", "-p", "[{\"op\":\"remove\",\"path\":\"/x\"}]"],
                "The request is invalid: the server rejected our request due to an error in our request"
            ),
            (["get", "widgets"], "error: the server doesn't have a resource type \"widgets\""),
            (["exec", "nopod", "--", "ls"], "Error from server (NotFound): pods \"nopod\" not found"),
            (["top", "pods"], "error: Metrics API not available"),
            (
                ["delete", "namespace", "kube-system"],
                "Error from server (Forbidden): namespaces \"kube-system\" is forbidden: this namespace may not be deleted"
            ),
        ])
    func badInput(_ arguments: [String], _ text: String) async throws {
        try await Lab.run { lab in
            let output = try await lab.run([try Tools.kubectl()] + arguments)
            #expect(output.status == 1)
            #expect(output.stderr.contains(text), "\(output.stderr)")
        }
    }

    @Test("a field that the schema lacks is refused, also by server-side apply; a selector cannot change")
    func fields() async throws {
        try await Lab.run { lab in
            let bad = "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {prots: [{port: 1}]}\n"
            let applied = try await lab.kubectl("apply", "-f", "-", stdin: bad)
            #expect(
                applied.stderr
                    == "Error from server (BadRequest): error when creating \"STDIN\": Service in version \"v1\" cannot be handled as a Service: strict decoding error: unknown field \"spec.prots\"\n"
            )
            let server = try await lab.kubectl("apply", "--server-side", "-f", "-", stdin: bad)
            #expect(
                server.stderr
                    == "Error from server: failed to create typed patch object (default/svc; /v1, Kind=Service): .spec.prots: field not declared in schema\n"
            )
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods)
            let changed = try await lab.kubectl(
                "apply", "-f", "-", stdin: pods.replacing("app: web", with: "app: other"))
            #expect(
                changed.stderr.contains("spec.selector: Invalid value") && changed.stderr.contains("field is immutable")
            )
        }
    }

    @Test("a namespace waits for finalizers, and says so")
    func namespaces() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "namespace", "held")
            let object =
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: held, finalizers: [example.com/hold]}\n"
            _ = try await lab.kubectl("apply", "-f", "-", stdin: object)
            _ = try await lab.kubectl("delete", "namespace", "held", "--wait=false")
            _ = try await lab.until(10, "get", "namespace", "held", "-o", "jsonpath={.status.conditions[*].message}") {
                $0.stdout.contains("example.com/hold in 1 resource instances")
            }
            let refused = try await lab.kubectl("-n", "held", "create", "configmap", "d")
            #expect(
                refused.stderr.contains("unable to create new content in namespace held because it is being terminated")
            )
            _ = try await lab.kubectl(
                "-n", "held", "patch", "configmap", "c", "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#)
            _ = try await lab.until(10, "get", "namespace", "held") { $0.status == 1 }
        }
    }

    @Test("with metrics, top answers and an autoscaler scales")
    func metrics() async throws {
        try await Lab.run(metrics: true) { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods)
            _ = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            let top = try await lab.kubectl("top", "pods")
            #expect(top.status == 0 && top.stdout.contains("50m"), "\(top.stdout)\(top.stderr)")
            _ = try await lab.kubectl("autoscale", "deployment/web", "--min=1", "--max=4", "--cpu=25%")
            _ = try await lab.until(10, "get", "deployment", "web", "-o", "jsonpath={.spec.replicas}") {
                $0.stdout == "4"
            }
        }
    }

    @Test("the fault of a quota shows the quota, and a pending claim says what its provisioner lacks")
    func faultsWithObjects() async throws {
        try await Lab.run(faults: ["quota:deployment/web", "pvc-pending:*"]) { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods)
            let used = try await lab.until(
                10, "get", "quota", "compute", "-o", "jsonpath={.status.used.pods}/{.status.hard.pods}"
            ) {
                $0.stdout == "0/0"
            }
            #expect(used.stdout == "0/0")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: pods.replacing("name: web", with: "name: other"))
            _ = try await lab.kubectl("rollout", "status", "deployment/other", "--timeout=20s")
            _ = try await lab.kubectl(
                "apply", "-f", "-",
                stdin:
                    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
            )
            let events = try await lab.until(
                10, "get", "events", "--field-selector", "reason=ProvisioningFailed", "-o",
                "jsonpath={.items[*].message}"
            ) {
                !$0.stdout.isEmpty
            }
            #expect(
                events.stdout
                    == "failed to provision volume with StorageClass \"standard\": mkdir /tmp/hostpath-provisioner/default/data: no space left on device"
            )
            #expect(try await lab.kubectl("get", "pvc", "data", "-o", "jsonpath={.status.phase}").stdout == "Pending")
        }
    }

    @Test("a custom resource definition brings its kind, which ends with it")
    func customResources() async throws {
        let definition = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
              - {name: v1beta1, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            """
        func widget(_ size: Int) -> String {
            "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: \(size)}\n"
        }
        try await Lab.run { lab in
            let early = try await lab.kubectl("apply", "-f", "-", stdin: widget(1))
            #expect(
                early.status == 1
                    && early.stderr.contains("no matches for kind \"Widget\" in version \"example.com/v1\""))
            _ = try await lab.kubectl("apply", "-f", "-", stdin: definition)
            let established = try await lab.kubectl(
                "wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=10s")
            #expect(established.status == 0, "\(established.stderr)")
            #expect(
                try await lab.kubectl("apply", "-f", "-", stdin: widget(1)).stdout == "widget.example.com/w created\n")
            #expect(
                try await lab.kubectl("apply", "-f", "-", stdin: widget(2)).stdout
                    == "widget.example.com/w configured\n")
            #expect(try await lab.kubectl("diff", "-f", "-", stdin: widget(2)).status == 0)
            #expect(try await lab.kubectl("diff", "-f", "-", stdin: widget(3)).status == 1)
            let served = try await lab.kubectl(
                "apply", "--server-side", "--force-conflicts", "-f", "-", stdin: widget(4))
            #expect(served.status == 0, "\(served.stderr)")
            #expect(
                try await lab.kubectl("get", "wd", "w", "-o", "jsonpath={.spec.size} {.metadata.generation}").stdout
                    == "4 3")
            let other = try await lab.kubectl("get", "widgets.v1beta1.example.com", "w", "-o", "jsonpath={.apiVersion}")
            #expect(other.stdout == "example.com/v1beta1", "\(other.stderr)")
            _ = try await lab.kubectl("delete", "crd", "widgets.example.com")
            let gone = try await lab.until(10, "get", "--raw", "/apis/example.com/v1") { $0.status == 1 }
            #expect(gone.stderr.contains("NotFound"))
        }
    }

    @Test("a port in use, a missing snapshot and missing documents are errors that say what is wrong")
    func startErrors() async throws {
        try await Lab.run { lab in
            let kubeconfig = try lab.simulator.kubeconfig()
            let port = try #require(kubeconfig.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) })
            let second = try ClusterSimulator(SimulatorConfiguration(apiDocuments: Fixtures.documents, port: port))
            await #expect { try await second.start() } throws: {
                "\($0)" == "cannot listen on 127.0.0.1:\(port): the port is in use; take another, or 0 for a free one"
            }
        }
        #expect {
            try ClusterSimulator(SimulatorConfiguration(apiDocuments: Fixtures.documents, port: 99_999))
        } throws: {
            "\($0)" == "the port 99999 is not between 0 and 65535"
        }
        #expect {
            try ClusterSimulator(SimulatorConfiguration(apiDocuments: Fixtures.documents, snapshot: "/nowhere"))
        } throws: {
            "\($0)" == "/nowhere/objects.json: cannot be read"
        }
        #expect { try ClusterSimulator(SimulatorConfiguration(apiDocuments: "/nowhere")) } throws: {
            "\($0)" == "/nowhere/api/aggregated-v2.json: cannot be read; it is one of the API's documents"
        }
    }

    @Test("many workloads are created and listed in little time")
    func scale() async throws {
        // A debug build of the simulator is many times slower than what ships.
        #if DEBUG
            let (count, limit) = (100, 60.0)
        #else
            let (count, limit) = (1000, 20.0)
        #endif
        try await Lab.run(speed: 100) { lab in
            let manifest = (0..<count).map { number in
                pods.replacing("name: web", with: "name: web-\(number)").replacing(
                    "app: web", with: "app: web-\(number)"
                )
                .replacing("replicas: 2", with: "replicas: 5").replacing(
                    "requests: {cpu: 100m}", with: "requests: {cpu: 1m}")
            }.joined(separator: "\n---\n")
            let start = Date()
            let applied = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
            #expect(applied.status == 0, "\(applied.stderr.prefix(500))")
            _ = try await lab.until(limit, "get", "pods", "--field-selector=status.phase=Running", "-o", "name") {
                output in
                output.stdout.split(separator: "\n").count == count * 5
            }
            #expect(Date().timeIntervalSince(start) < limit)
        }
    }
}
