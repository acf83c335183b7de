import Foundation
import Testing

@testable import ClusterSim

/// Every fault has the form of its recorded twin.
@Suite("Faults and their recorded twins", .serialized)
struct FaultTwinTests {
    /// A fault, the recording that it is to look like, and when it is fully there.
    struct Twin: CustomStringConvertible, Sendable {
        let fault: String?
        let recording: String
        /// The reason that the container, or the condition of the pod, shows.
        let reason: String
        var description: String { fault ?? "applied: \(recording)" }
    }

    static let twins = [
        Twin(
            fault: "crashloop:deployment/backend:KeyError: DATABASE_URL", recording: "crashloop-missing-env",
            reason: "Error"),
        Twin(fault: "oom:deployment/backend", recording: "oomkilled", reason: "OOMKilled"),
        Twin(fault: "image-pull:deployment/frontend", recording: "imagepullbackoff", reason: "ImagePullBackOff"),
        Twin(
            fault: "image-never-pull:deployment/frontend", recording: "image-never-pulled", reason: "ErrImageNeverPull"),
        Twin(
            fault: "missing-secret:deployment/backend:todo-secrets", recording: "missing-secret",
            reason: "CreateContainerConfigError"),
        Twin(fault: "unschedulable:deployment/backend", recording: "unschedulable-cpu", reason: "Unschedulable"),
        Twin(fault: "readiness:deployment/backend", recording: "readiness-failing", reason: "Unhealthy"),
        Twin(fault: "liveness:deployment/backend", recording: "liveness-failing", reason: "Error"),
        Twin(
            fault: "missing-configmap:deployment/backend:todo-config", recording: "missing-configmap-key",
            reason: "CreateContainerConfigError"),
        Twin(fault: "init-failing:deployment/backend", recording: "init-migration-failing", reason: "Error"),
    ]

    static let applied = SnapshotTests.names.map { Twin(fault: nil, recording: $0, reason: "") }

    /// How a fault is asked for.
    enum Way: String, CaseIterable, Sendable { case flag, annotation }

    @Test(
        "a healthy workload takes the fields of the fault's twin", .timeLimit(.minutes(1)), arguments: twins,
        Way.allCases)
    func resembles(_ twin: Twin, _ way: Way) async throws { try await compare(twin, way) }

    /// The manifest of the recorded healthy namespace, for the workload that the fault is to befall.
    private func healthy(_ twin: Twin, _ way: Way) throws -> String {
        let parts = (twin.fault ?? "").split(separator: ":", maxSplits: 2).map(String.init)
        let name = parts[1].split(separator: "/").last.map(String.init) ?? ""
        var text = try String(contentsOfFile: "\(Fixtures.snapshots)/healthy/applied.yaml", encoding: .utf8)
            .replacing("backend", with: name)
        // Only a container with a limit can exceed it.
        if parts[0] == "oom" {
            text = text.replacing(
                "        imagePullPolicy: IfNotPresent\n",
                with:
                    "        imagePullPolicy: IfNotPresent\n        resources: {limits: {memory: 24Mi}, requests: {memory: 16Mi}}\n"
            )
        }
        guard way == .annotation else { return text }
        let fault = ([parts[0]] + parts.dropFirst(2)).joined(separator: ":")
        return text.replacing(
            "metadata:\n  name: \(name)\n  labels:",
            with: "metadata:\n  name: \(name)\n  annotations: {sim.runbook.dev/fault: '\(fault)'}\n  labels:")
    }

    @Test(
        "the manifest of a recording gives the fields of the recording, with no fault asked for",
        .timeLimit(.minutes(1)), arguments: applied)
    func applies(_ twin: Twin) async throws { try await compare(twin) }

    @Test("the comparison tells one fault from another", .timeLimit(.minutes(1)))
    func canFail() async throws {
        let folder = "\(Fixtures.snapshots)/crashloop-missing-env"
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder)/objects.json")))
                as? [String: Any])
        let crashed = try #require((list["items"] as? [[String: Any]])?.first { $0["kind"] as? String == "Pod" })
        // A healthy workload takes the form of the recorded one by the fault that is meant, and by no other.
        for (fault, agrees) in [("crashloop:deployment/backend", true), ("oom:deployment/backend", false)] {
            try await Lab.run(faults: [fault], speed: 5, images: ["busybox:1.36"]) { lab in
                _ = try await lab.kubectl("apply", "-f", "\(Fixtures.snapshots)/healthy/applied.yaml")
                var nearest = 1000
                let end = Date().addingTimeInterval(agrees ? 25 : 6)
                while nearest > 0, Date() < end {
                    let output = try await lab.kubectl("get", "pods", "-o", "json")
                    for pod in (output.json as? [String: Any])?["items"] as? [[String: Any]] ?? [] {
                        nearest = min(nearest, statusPaths(pod).symmetricDifference(statusPaths(crashed)).count)
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect((nearest == 0) == agrees, "\(fault): \(nearest) differences")
            }
        }
    }

    private func compare(_ twin: Twin, _ way: Way = .flag) async throws {
        let folder = "\(Fixtures.snapshots)/\(twin.recording)"
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder)/objects.json")))
                as? [String: Any])
        let recorded = try #require(list["items"] as? [[String: Any]])
        let wantedPod = try #require(recorded.first { $0["kind"] as? String == "Pod" })
        let name = twin.recording
        let images: Set<String> = ["busybox:1.36"]
        let manifest =
            twin.fault == nil
            ? try String(contentsOfFile: "\(folder)/applied.yaml", encoding: .utf8) : try healthy(twin, way)
        let faults = way == .flag ? twin.fault.map { [$0] } ?? [] : []
        try await Lab.run(faults: faults, speed: 2, images: images) { lab in
            _ = try await lab.kubectl("create", "namespace", name)
            let applied = try await lab.kubectl("-n", name, "apply", "-f", "-", stdin: manifest)
            #expect(applied.status == 0, "\(applied.stderr)")
            // The recording shows one moment; the simulated pod must pass through one of the same form.
            let wantedStatus = statusPaths(wantedPod)
            var nearest: Set<String> = ["nothing yet"]
            let end = Date().addingTimeInterval(25)
            while !nearest.isEmpty, Date() < end {
                let output = try await lab.kubectl("-n", name, "get", "pods", "-o", "json")
                for pod in (output.json as? [String: Any])?["items"] as? [[String: Any]] ?? [] {
                    let difference = statusPaths(pod).symmetricDifference(wantedStatus)
                    if difference.count < nearest.count || nearest == ["nothing yet"] { nearest = difference }
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(nearest.isEmpty, "the pod's status differs in \(nearest.sorted())")
            try await compareEvents(recorded, lab, name)
        }
    }

    private func compareEvents(_ recorded: [[String: Any]], _ lab: Lab, _ name: String) async throws {
        // What came from the recording machine's own lack of a DNS server is no part of the fault.
        let wanted = recorded.filter {
            $0["kind"] as? String == "Event" && $0["reason"] as? String != "MissingClusterDNS"
                && $0["reason"] as? String != "FailedMount"
        }
        let needed = Set(wanted.compactMap(identity))
        let output = try await lab.until(15, "-n", name, "get", "events", "-o", "json") { output in
            let events = (output.json as? [String: Any])?["items"] as? [[String: Any]] ?? []
            return needed.isSubset(of: Set(events.compactMap(identity)))
                && wanted.allSatisfy { one in
                    events.contains { identity($0) == identity(one) && Shape.paths($0) == Shape.paths(one) }
                }
        }
        #expect(output.status == 0)
    }

    private func identity(_ event: [String: Any]) -> String? {
        guard let reason = event["reason"] as? String, let type = event["type"] as? String,
            let object = event["involvedObject"] as? [String: Any],
            let kind = object["kind"] as? String, let component = event["reportingComponent"] as? String
        else { return nil }
        // An init container that the fault brings has another name than the recorded one.
        let place = ((object["fieldPath"] as? String) ?? "").replacing(/initContainers\{.*\}/, with: "initContainers")
        return "\(type) \(reason) \(kind) \(component) \(place)"
    }

    /// The form of a pod's status, with the reasons and states that make the fault.
    private func statusPaths(_ pod: [String: Any]) -> Set<String> {
        let status = pod["status"] as? [String: Any] ?? [:]
        var result = Shape.paths(status, ignored: ["resources", "volumeMounts"])
        for field in ["containerStatuses", "initContainerStatuses"] {
            for container in status[field] as? [[String: Any]] ?? [] {
                for (state, detail) in container["state"] as? [String: [String: Any]] ?? [:] {
                    result.insert("\(field) \(state) \(detail["reason"] as? String ?? "")")
                }
            }
        }
        for condition in status["conditions"] as? [[String: Any]] ?? [] {
            result.insert(
                "\(condition["type"] ?? "") \(condition["status"] ?? "") \(condition["reason"] as? String ?? "")")
        }
        return result
    }
}
