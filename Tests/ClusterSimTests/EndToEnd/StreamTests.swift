import ClusterSim
import Foundation
import Testing

/// Commands in containers, copies, forwarded ports and the API server's proxy, with the real kubectl.
@Suite("Streams to containers")
struct StreamTests {
    private static let manifest = """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {DATABASE_URL: "postgresql://db", file.txt: "from a secret"}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              volumes: [{name: keys, secret: {secretName: keys}}]
              containers:
              - name: app
                image: busybox:1.36
                command: [sh, -c, "mkdir -p /www; echo good > /www/health; httpd -f -p 8000 -h /www"]
                ports: [{name: http, containerPort: 8000}]
                env:
                - {name: PLAIN, value: "1"}
                - {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: keys, key: DATABASE_URL}}}
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                volumeMounts: [{name: keys, mountPath: /keys}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
        """

    private func withWeb(_ faults: [String] = [], _ body: (Lab) async throws -> Void) async throws {
        try await Lab.run(faults: faults) { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Self.manifest)
            _ = try await lab.until(
                20, "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].state.running.startedAt}"
            ) { !$0.stdout.isEmpty }
            try await body(lab)
        }
    }

    @Test("a command gives its output, its errors and its exit code; files stay until the container ends")
    func exec() async throws {
        try await withWeb { lab in
            func sh(_ script: String, stdin: String? = nil) async throws -> Tools.Output {
                try await lab.run(
                    [try Tools.kubectl(), "exec"] + (stdin == nil ? [] : ["-i"]) + [
                        "deploy/web", "--", "sh", "-c", script,
                    ],
                    stdin: stdin)
            }
            let both = try await sh("echo out; echo err >&2; exit 7")
            #expect(both.stdout == "out\n")
            #expect(both.stderr == "err\ncommand terminated with exit code 7\n")
            #expect(both.status == 7)
            #expect(
                try await sh("echo $DATABASE_URL $PLAIN; cat /keys/file.txt").stdout
                    == "postgresql://db 1\nfrom a secret")
            #expect(try await sh("test -n \"$NOTHING\" && echo a || echo b").stdout == "b\n")
            #expect(try await sh("cat > /tmp/in; wc -c /tmp/in", stdin: "12345").stdout == "5\n")
            #expect(try await sh("cat /tmp/in; echo x | grep -v y").stdout == "12345x\n")
            #expect(try await sh("wget -qO- http://localhost:8000/health").stdout == "good\n")
            // One that never ends is left by its client, and the simulator lives on.
            let left = try await Tools.run(
                ["/usr/bin/env", "timeout", "1", try Tools.kubectl(), "exec", "deploy/web", "--", "sleep", "infinity"],
                environment: ["KUBECONFIG": "\(lab.folder)/kubeconfig", "HOME": lab.folder])
            #expect(left.status == 124)
            let missing = try await sh("nosuch")
            #expect(missing.status == 127 && missing.stderr.hasPrefix("sh: nosuch: not found\n"))
            let pod = try await lab.kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}").stdout
            #expect(try await sh("echo $POD $(hostname)").stdout == "\(pod) \(pod)\n")
            let large = String(repeating: "0123456789", count: 20_000)
            #expect(try await sh("cat", stdin: large).stdout == large)
        }
    }

    @Test(
        "what cannot be run is refused in the words of a node",
        arguments: [
            (
                ["exec", "deploy/web", "--", "nosuch"],
                "unable to start container process: exec: \"nosuch\": executable file not found in $PATH: unknown"
            ),
            (["exec", "deploy/web", "-c", "other", "--", "ls"], "container other is not valid for pod web-"),
        ])
    func refused(_ arguments: [String], _ text: String) async throws {
        try await withWeb { lab in
            let output = try await lab.run([try Tools.kubectl()] + arguments)
            #expect(output.status == 1)
            #expect(output.stderr.contains(text), "\(output.stderr)")
        }
    }

    @Test("in a container that does not run, nothing can be run")
    func notRunning() async throws {
        try await Lab.run(faults: ["image-pull:deployment/web"]) { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Self.manifest)
            _ = try await lab.until(20, "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].state}") {
                $0.stdout.contains("ErrImagePull") || $0.stdout.contains("BackOff")
            }
            let output = try await lab.kubectl("exec", "deploy/web", "--", "ls")
            #expect(output.status == 1)
            #expect(output.stderr.contains("container not found (\"app\")"), "\(output.stderr)")
        }
    }

    @Test("older clients get the same over SPDY")
    func spdy() async throws {
        try await withWeb { lab in
            let output = try await Tools.run(
                [
                    try Tools.kubectl(), "--kubeconfig", "\(lab.folder)/kubeconfig", "exec", "-i", "deploy/web", "--",
                    "sh", "-c",
                    "cat; echo err >&2; exit 3",
                ], stdin: "hello", environment: ["KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false", "HOME": lab.folder])
            #expect(output.stdout == "hello")
            #expect(output.stderr == "err\ncommand terminated with exit code 3\n")
            #expect(output.status == 3)
        }
    }

    @Test("files are copied in and out")
    func copies() async throws {
        try await withWeb { lab in
            let pod = try await lab.kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}").stdout
            try "a text\n".write(toFile: "\(lab.folder)/a.txt", atomically: true, encoding: .utf8)
            let there = try await lab.kubectl("cp", "a.txt", "\(pod):/tmp/b.txt")
            #expect(there.status == 0, "\(there.stderr)")
            let back = try await lab.kubectl("cp", "\(pod):/tmp/b.txt", "c.txt")
            #expect(back.status == 0, "\(back.stderr)")
            #expect(try String(contentsOfFile: "\(lab.folder)/c.txt", encoding: .utf8) == "a text\n")
            let none = try await lab.kubectl("cp", "\(pod):/tmp/none", "d.txt")
            #expect(none.status != 0)
        }
    }

    @Test("the proxy asks the pod behind a service, and says why there is none")
    func proxy() async throws {
        try await withWeb { lab in
            _ = try await lab.kubectl("rollout", "status", "deploy/web", "--timeout=20s")
            func get(_ path: String) async throws -> Tools.Output {
                try await lab.kubectl("get", "--raw", "/api/v1/namespaces/default/\(path)")
            }
            #expect(try await get("services/web:80/proxy/health").stdout == "good\n")
            #expect(try await get("services/http:web:http/proxy/health").stdout == "good\n")
            let pod = try await lab.kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}").stdout
            #expect(try await get("pods/\(pod):8000/proxy/health").stdout == "good\n")
            let wrong = try await get("services/web:81/proxy/")
            #expect(
                wrong.stderr
                    == "Error from server (ServiceUnavailable): no service port \"81\" found for service \"web\"\n")
            let closed = try await get("pods/\(pod):9000/proxy/")
            #expect(
                closed.stderr.contains("error trying to reach service: dial tcp 10.244.")
                    && closed.stderr.contains("connection refused"))
            #expect(try await get("services/web:80/proxy/none").status == 1)
            _ = try await lab.kubectl("scale", "deploy/web", "--replicas=0")
            _ = try await lab.until(20, "get", "pods", "-o", "name") { $0.stdout.isEmpty }
            #expect(
                try await get("services/web:80/proxy/health").stderr
                    == "Error from server (ServiceUnavailable): no endpoints available for service \"web\"\n")
        }
    }

    @Test("a forwarded port carries requests; one that nothing listens on is refused", arguments: ["true", "false"])
    func portForward(_ overWebSocket: String) async throws {
        try await withWeb { lab in
            let script = """
                kubectl=$1 config=$2 path=$3 port=$4
                "$kubectl" --kubeconfig "$config" port-forward "$path" ":$port" --address 127.0.0.1 >out 2>err &
                pid=$!
                for _ in $(seq 100); do grep -q Forwarding out && break; sleep 0.1; done
                local=$(grep -o '127.0.0.1:[0-9]*' out | head -n 1)
                curl -s --max-time 10 "http://$local/health" "http://$local/health"; echo "curl $?"
                sleep 0.3
                kill $pid; wait $pid; cat err
                """
            func forward(_ target: String, _ port: String) async throws -> String {
                try await Tools.run(
                    [
                        "/bin/bash", "-c", script, "forward", try Tools.kubectl(), "\(lab.folder)/kubeconfig", target,
                        port,
                    ],
                    environment: ["KUBECTL_PORT_FORWARD_WEBSOCKETS": overWebSocket, "HOME": lab.folder],
                    folder: lab.folder
                ).stdout
            }
            #expect(try await forward("service/web", "80").hasPrefix("good\ngood\ncurl 0\n"))
            let refused = try await forward("deploy/web", "9000")
            #expect(!refused.contains("curl 0"), "\(refused)")
            #expect(refused.contains("failed to connect to localhost:9000 inside namespace"), "\(refused)")
        }
    }

    @Test("connections that never ask for anything do not keep the simulator from its end", .timeLimit(.minutes(1)))
    func idleConnections() async throws {
        try await Lab.run { lab in
            let port = try #require(try lab.simulator.kubeconfig().firstMatch(of: /127\.0\.0\.1:(\d+)/)).1
            let number = try #require(UInt16(port))
            // One is closed by its client; the other is open when the simulator ends.
            close(try connection(number))
            _ = try connection(number)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func connection(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        return descriptor
    }
}
