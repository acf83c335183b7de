import ClusterSim
import Foundation
import Testing

/// Requests that a real server does not take, and the words in which it says so.
@Suite("What the server refuses")
struct RefusalTests {
    @Test("what is immutable stays, in the server's words")
    func immutable() async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "secret", "generic", "s", "--from-literal=a=1")
            _ = try await lab.kubectl("create", "service", "clusterip", "web", "--tcp=80")
            _ = try await lab.kubectl("patch", "secret", "s", "-p", "{\"immutable\":true}")
            for (arguments, text) in [
                (
                    ["secret", "s", "-p", "{\"stringData\":{\"a\":\"2\"}}"],
                    "data: Forbidden: field is immutable when `immutable` is set"
                ),
                (
                    ["secret", "s", "-p", "{\"immutable\":false}"],
                    "immutable: Forbidden: field is immutable when `immutable` is set"
                ),
                (
                    ["service", "web", "-p", "{\"spec\":{\"clusterIP\":\"10.96.9.9\"}}"],
                    "spec.clusterIPs[0]: Invalid value: [\"10.96.9.9\"]: may not change once set"
                ),
                (
                    ["service", "web", "-p", "{\"metadata\":{\"name\":\"other\"}}"],
                    "the name of the object (other) does not match the name on the URL (web)"
                ),
                (
                    ["service", "web", "-p", "{\"metadata\":{\"namespace\":\"other\"}}"],
                    "the namespace of the object (other) does not match the namespace on the request (default)"
                ),
                (
                    ["service", "web", "--type=merge", "-p", "[]"],
                    "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
                ),
                (["service", "web", "-p", "{\"spec\":{\"type\":\"Odd\"}}"], "spec.type: Unsupported value: \"Odd\""),
                (
                    ["secret", "s", "-p", "{\"metadata\":{\"finalizers\":[\"bad\"]}}"],
                    "metadata.finalizers[0]: Invalid value: \"bad\": name is neither a standard finalizer name nor is it fully qualified"
                ),
            ] {
                let output = try await lab.run([try Tools.kubectl(), "patch"] + arguments)
                #expect(output.status == 1 && output.stderr.contains(text), "\(arguments): \(output.stderr)")
            }
        }
    }

    @Test("limit ranges bound containers, pods and claims; options of logs and lists have bounds too")
    func bounds() async throws {
        let range = """
            apiVersion: v1
            kind: LimitRange
            metadata: {name: l}
            spec:
              limits:
              - {type: Container, max: {cpu: 500m}, min: {memory: 10Mi}, defaultRequest: {cpu: 100m, memory: 10Mi}, maxLimitRequestRatio: {cpu: 2}}
              - {type: Pod, max: {cpu: 600m}}
              - {type: PersistentVolumeClaim, max: {storage: 1Gi}}
            """
        let claim =
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}\n"
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Lab.pod("ok"))
            _ = try await lab.kubectl("wait", "--for=condition=Ready", "pod/ok", "--timeout=10s")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: range)
            for (manifest, text) in [
                (
                    Lab.pod("a", "{limits: {cpu: 1}, requests: {cpu: 1, memory: 1Mi}}"),
                    "pods \"a\" is forbidden: [minimum memory usage per Container is 10Mi, but request is 1Mi, maximum cpu usage per Container is 500m, but limit is 1, maximum cpu usage per Pod is 600m, but limit is 1]"
                ),
                (
                    Lab.pod("b", "{limits: {cpu: 500m}, requests: {cpu: 100m}}"),
                    "cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000"
                ),
                (
                    claim,
                    "persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 5Gi"
                ),
            ] {
                let output = try await lab.kubectl("apply", "-f", "-", stdin: manifest)
                #expect(output.status == 1 && output.stderr.contains(text), "\(output.stderr)")
            }
            for (path, text) in [
                ("/ok/log?sinceSeconds=0", "sinceSeconds: Invalid value: 0: must be greater than 0"),
                (
                    "/ok/log?sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z",
                    "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
                ),
                ("?limit=x", "strconv.ParseInt: parsing \"x\": invalid syntax"),
            ] {
                let output = try await lab.kubectl("get", "--raw", "/api/v1/namespaces/default/pods\(path)")
                #expect(output.status == 1 && output.stderr.contains(text), "\(path): \(output.stderr)")
            }
            let classes = try await lab.kubectl("get", "priorityclasses", "-o", "name")
            #expect(classes.stdout.split(separator: "\n").count == 2)
            let unknown = try await lab.kubectl(
                "run", "x", "--image=i", "--overrides={\"spec\":{\"priorityClassName\":\"n\"}}")
            #expect(unknown.stderr.contains("pods \"x\" is forbidden: no PriorityClass with name n was found"))
        }
    }

    @Test("values that are none of a field's are refused with those that are")
    func enumerations() async throws {
        let policy =
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}, policyTypes: [Foo]}\n"
        try await Lab.run { lab in
            let output = try await lab.kubectl("apply", "-f", "-", stdin: policy)
            #expect(
                output.stderr
                    == "The NetworkPolicy \"p\" is invalid: spec.policyTypes[0]: Unsupported value: \"Foo\": supported values: \"Egress\", \"Ingress\"\n"
            )
        }
    }

    @Test(
        "what no real server understands is refused as one does: tokens, media types, ingresses, ports, values of maps")
    func understood() async throws {
        try await Lab.run { lab in
            let token = try await lab.kubectl("create", "token", "default").stdout.trimmingCharacters(in: .newlines)
            #expect(!token.contains("=") && token.split(separator: ".").count == 3)
            let brief = try await lab.kubectl("create", "token", "default", "--duration=1m")
            #expect(brief.stderr.contains("may not specify a duration less than 10 minutes"), "\(brief.stderr)")
            let port = try #require(try lab.simulator.kubeconfig().firstMatch(of: /127\.0\.0\.1:(\d+)/)).1
            let pods = "http://127.0.0.1:\(port)/api/v1/namespaces/default/pods"
            for (method, path) in [("POST", pods), ("PATCH", "\(pods)/x")] {
                let answer = try await Tools.run(
                    ["/usr/bin/env", "curl", "-s", "-X", method, "-H", "Content-Type: text/html", "-d", "{}", path],
                    environment: [:])
                #expect((answer.json as? [String: Any])?["code"] as? Int == 415, "\(answer.stdout)")
            }
            for (manifest, text) in [
                (
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{http: {paths: [{path: x, backend: {service: {name: a}}}]}}]}\n",
                    "The Ingress \"i\" is invalid: \n* spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified\n* spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required\n"
                ),
                (
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: x, livenessProbe: {httpGet: {port: 0}}}]}\n",
                    "The Pod \"a\" is invalid: spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive\n"
                ),
                (
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a.b: 1}\n",
                    "Error from server (BadRequest): error when creating \"STDIN\": ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string\n"
                ),
            ] {
                #expect(try await lab.kubectl("apply", "-f", "-", stdin: manifest).stderr == text)
            }
        }
    }

    @Test("a watch from a version that is too old says so, and a list can be begun again")
    func expired() async throws {
        try await Lab.run { lab in
            let output = try await lab.kubectl(
                "get", "--raw", "/api/v1/pods?watch=1&resourceVersion=1&timeoutSeconds=5")
            let event = try #require(output.json as? [String: Any], "\(output.stdout)")
            let status = try #require(event["object"] as? [String: Any])
            #expect(event["type"] as? String == "ERROR")
            #expect(status["reason"] as? String == "Expired" && status["code"] as? Int == 410)
            #expect((status["message"] as? String)?.hasPrefix("too old resource version: 1 (") == true)
        }
    }
}
