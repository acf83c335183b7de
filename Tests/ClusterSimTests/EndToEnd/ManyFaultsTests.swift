import ClusterSim
import Foundation
import Testing

/// Every kind of fault at the same time: the cluster settles, and goes on to answer.
@Suite("Many faults at once")
struct ManyFaultsTests {
    @Test("controllers come to rest, though none of their pods can be made well", .timeLimit(.minutes(1)))
    func settles() async throws {
        let kinds = Fault.Kind.allCases.filter { !$0.rawValue.hasPrefix("api-") }
        let faults = kinds.map { "\($0.rawValue):deployment/\($0.rawValue)" }
        let kindsOfOwner = [
            ("apps/v1", "Deployment", "replicas: 2"), ("apps/v1", "StatefulSet", "replicas: 2, serviceName: x"),
            ("apps/v1", "DaemonSet", ""),
        ]
        try await Lab.run(faults: faults, speed: 5) { lab in
            for kind in kinds {
                _ = try await lab.kubectl(
                    "apply", "-f", "-", stdin: workload("Deployment", kind.rawValue, "replicas: 2"))
            }
            for (_, kind, detail) in kindsOfOwner.dropFirst() {
                _ = try await lab.kubectl(
                    "apply", "-f", "-", stdin: workload(kind, "\(kind.lowercased())-quota", detail, fault: "quota"))
            }
            _ = try await lab.until(20, "get", "rs", "-o", "jsonpath={.items[*].status.conditions[*].reason}") {
                $0.stdout.contains("FailedCreate")
            }
            try await Task.sleep(for: .seconds(2))
            let before = try await version(lab)
            try await Task.sleep(for: .seconds(2))
            let changes = try await version(lab) - before
            // Back-offs and probes go on for ever; a controller that works for itself makes thousands.
            #expect(changes < 400, "\(changes) changes in 2 s")
            let events = try await lab.kubectl("get", "events", "-o", "json")
            let list = (events.json as? [String: Any])?["items"] as? [[String: Any]] ?? []
            let refusals = list.filter { $0["reason"] as? String == "FailedCreate" }
            #expect(
                refusals.contains { ($0["message"] as? String ?? "").hasPrefix("(combined from similar events): ") })
            #expect(refusals.count <= 10 * 3)
        }
    }

    private func version(_ lab: Lab) async throws -> Int {
        let list = try await lab.kubectl("get", "--raw", "/api/v1/namespaces")
        let metadata = (list.json as? [String: Any])?["metadata"] as? [String: Any]
        return try #require(Int(metadata?["resourceVersion"] as? String ?? ""))
    }

    private func workload(_ kind: String, _ name: String, _ detail: String, fault: String? = nil) -> String {
        """
        apiVersion: apps/v1
        kind: \(kind)
        metadata: {name: \(name), annotations: {sim.runbook.dev/fault: \(fault ?? "''")}}
        spec:
          selector: {matchLabels: {app: \(name)}}
          \(detail.split(separator: ", ").joined(separator: "\n  "))
          template:
            metadata: {labels: {app: \(name)}}
            spec:
              initContainers: [{name: first, image: "busybox:1.36", command: ["true"]}]
              containers: [{name: app, image: "busybox:1.36"}]
        """
    }
}
