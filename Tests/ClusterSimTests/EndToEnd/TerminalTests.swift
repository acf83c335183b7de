import Foundation
import RunbookTestSupport
import Testing

/// A person at a terminal in a container, with the real kubectl.
@Suite("Terminals in containers")
struct TerminalTests {
    private func withPod(
        _ body: (Lab, (_ arguments: [String], _ steps: [PseudoTerminal.Step]) throws -> PseudoTerminal.Result)
            async throws -> Void
    ) async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("create", "deployment", "web", "--image=busybox:1.36", "--port=8000")
            _ = try await lab.kubectl("expose", "deployment", "web", "--port=80", "--target-port=8000")
            _ = try await lab.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
            let kubectl = try Tools.kubectl()
            let environment = ProcessInfo.processInfo.environment.merging(
                ["KUBECONFIG": "\(lab.folder)/kubeconfig", "HOME": lab.folder, "TERM": "xterm"]) { $1 }
            try await body(lab) { arguments, steps in
                let result = try PseudoTerminal.run([kubectl] + arguments, environment: environment, steps)
                #expect(result.missed == nil, "\(result.screen)")
                return result
            }
        }
    }

    @Test("a shell echoes, runs what is typed, goes on where a command is not complete, and gives its exit code")
    func shell() async throws {
        try await withPod { _, terminal in
            let result = try terminal(
                ["exec", "-it", "deploy/web", "--", "sh"],
                [
                    .init("/ # ", "echo hi $((1 + 2))\r"), .init("hi 3\r\n/ # ", "for i in 1 2\r"),
                    .init("> ", "do echo n$i; done\r"), .init("n1\r\nn2\r\n/ # ", "cd /tmp\r"),
                    // Backspace, an arrow key that does nothing, and an interrupted line.
                    .init("/tmp # ", "ex\u{7F}\u{1B}[Acho z\r"), .init("z\r\n/tmp # ", "half\u{3}"),
                    .init("^C\r\n/tmp # ", "exit 3\r"),
                ])
            #expect(result.status == 3)
            #expect(result.screen.hasSuffix("exit 3\r\ncommand terminated with exit code 3\r\n"), "\(result.screen)")
        }
    }

    @Test("kubectl run -it gives a shell that reaches services, and goes with its pod")
    func run() async throws {
        try await withPod { lab, terminal in
            let result = try terminal(
                ["run", "-it", "--rm", "look", "--image=busybox:1.36", "--restart=Never", "--", "sh"],
                [
                    .init("/ # ", "wget -qO- http://web/x\r"), .init("\"path\":\"/x\"", "nslookup nosuch\r"),
                    .init("can't find nosuch: NXDOMAIN", "\u{4}"),
                ])
            #expect(result.status == 1, "the status of the last command: \(result.screen)")
            #expect(result.screen.contains("pod \"look\" deleted"), "\(result.screen)")
            #expect(try await lab.kubectl("get", "pod", "look").status == 1)
        }
    }

    @Test("kubectl debug adds a container to a running pod, whose end stands in its status")
    func debug() async throws {
        try await withPod { lab, terminal in
            let pod = try await lab.kubectl("get", "pods", "-o", "name").stdout.trimmingCharacters(in: .newlines)
            let result = try terminal(
                ["debug", "-it", pod, "--image=busybox:1.36", "--container=look"],
                [.init("/ # ", "hostname\r"), .init("\(pod.dropFirst(4))\r\n/ # ", "exit\r")])
            #expect(result.status == 0, "\(result.screen)")
            let ended = try await lab.until(
                5, "get", pod, "-o", "jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}"
            ) { $0.stdout == "0" }
            #expect(ended.stdout == "0")
            let ready = try await lab.kubectl(
                "get", pod, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}")
            #expect(ready.stdout == "True", "the pod is as it was")
        }
    }

    @Test("attaching to a program without a terminal is said, and follows its output until it is left")
    func attach() async throws {
        try await withPod { _, terminal in
            let result = try terminal(["attach", "-it", "deploy/web"], [.init("try pressing enter", "\u{3}\u{4}")])
            #expect(result.screen.contains("Unable to use a TTY - container busybox did not allocate one"))
        }
    }

    @Test("a pod that is run once gives its output and its exit code")
    func once() async throws {
        try await withPod { lab, _ in
            let fetched = try await lab.kubectl(
                "run", "-i", "--rm", "-q", "a", "--image=busybox:1.36", "--restart=Never", "--", "wget", "-qO-",
                "http://web/health")
            #expect(fetched.status == 0 && fetched.stdout.contains("\"path\":\"/health\""), "\(fetched)")
            let failed = try await lab.kubectl(
                "run", "-i", "--rm", "-q", "b", "--image=busybox:1.36", "--restart=Never", "--", "sh",
                stdin: "echo from a pipe; exit 5\n")
            #expect(failed.status == 5 && failed.stdout.contains("from a pipe"), "\(failed)")
        }
    }
}
